// SPDX-License-Identifier: BSL-1.0
#include "ouro/base/errors.hpp"

#include <cerrno>
#include <cstdlib>
#include <cxxabi.h>
#include <memory>

namespace ouro::inline v0 {
namespace {

constexpr int last_errno = 511;  // the kernel's ERESTART* codes begin above

std::string demangled(const char* name) {
  int status = 0;
  std::unique_ptr<char, decltype(&std::free)> text(
      abi::__cxa_demangle(name, nullptr, nullptr, &status), &std::free);
  return status == 0 ? std::string(text.get()) : std::string(name);
}

}  // namespace

incomplete_read_error::incomplete_read_error(std::string partial_read,
                                             std::optional<std::size_t> wanted)
    : std::runtime_error(std::to_string(partial_read.size()) + " bytes read on a total of " +
                         (wanted ? std::to_string(*wanted) : "undefined") + " expected bytes"),
      partial(std::move(partial_read)),
      expected(wanted) {}

void throw_os_error(int code, const char* call) {
  int value = code < 0 ? -code : code;
  if (value > last_errno) value = EINTR;
  throw std::system_error(value, std::system_category(), call);
}

namespace detail {

void throw_usage_error(const char* text) { throw usage_error(text); }

void throw_invalid_state(const char* text) { throw invalid_state_error(text); }

std::string describe(const std::exception_ptr& error) {
  if (!error) return "no exception";
  try {
    std::rethrow_exception(error);
  } catch (const cancelled_error& cancelled) {
    return cancelled.message().empty() ? "cancelled_error"
                                       : "cancelled_error: " + cancelled.message();
  } catch (const keyboard_interrupt&) {
    return "keyboard_interrupt";
  } catch (const std::exception& exception) {
    return demangled(typeid(exception).name()) + ": " + exception.what();
  } catch (...) {
    const std::type_info* type = abi::__cxa_current_exception_type();
    return type == nullptr ? std::string("unknown exception") : demangled(type->name());
  }
}

}  // namespace detail
}  // namespace ouro::inline v0
