// SPDX-License-Identifier: BSL-1.0
#include "ouro/base/errors.hpp"

#include "tests/support/catch.hpp"

#include <cerrno>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>
#include <type_traits>

namespace {

/// The error that throw_os_error() makes of `code`.
std::system_error os_error(int code, const char* call = "call") {
  try {
    ouro::throw_os_error(code, call);
  } catch (const std::system_error& error) {
    return error;
  }
}

template <class Exception>
std::string description_of(const Exception& exception) {
  return ouro::detail::describe(std::make_exception_ptr(exception));
}

struct odd_thing {};

}  // namespace

TEST_CASE("errors: a handler for ordinary errors does not catch a cancellation", "[base][errors]") {
  static_assert(!std::is_base_of_v<std::exception, ouro::cancelled_error>);
  static_assert(!std::is_base_of_v<std::exception, ouro::keyboard_interrupt>);
  bool swallowed = false;
  try {
    try {
      throw ouro::cancelled_error{};
    } catch (const std::exception&) {
      swallowed = true;
    }
  } catch (const ouro::cancelled_error&) {
  }
  CHECK(!swallowed);
}

TEST_CASE("errors: each is the kind of standard exception that is documented", "[base][errors]") {
  CHECK(std::is_base_of_v<std::runtime_error, ouro::timeout_error>);
  CHECK(std::is_base_of_v<std::logic_error, ouro::invalid_state_error>);
  CHECK(std::is_base_of_v<std::logic_error, ouro::usage_error>);
}

TEST_CASE("errors: a cancelled_error carries its message", "[base][errors]") {
  CHECK(ouro::cancelled_error{}.message() == "");
  CHECK(ouro::cancelled_error("enough").message() == "enough");
}

TEST_CASE("errors: a timeout_error tells its scope", "[base][errors]") {
  const int scope = 0;
  CHECK(ouro::timeout_error().scope() == nullptr);
  CHECK(ouro::timeout_error("text").scope() == nullptr);
  CHECK(ouro::timeout_error("text", &scope).scope() == &scope);
  CHECK(std::string(ouro::timeout_error("text", &scope).what()) == "text");
}

TEST_CASE("errors: throw_os_error() takes an errno with either sign", "[base][errors]") {
  CHECK(os_error(ENOENT).code() == std::errc::no_such_file_or_directory);
  CHECK(os_error(-ECONNREFUSED).code() == std::errc::connection_refused);
}

TEST_CASE("errors: throw_os_error() names the call first", "[base][errors]") {
  CHECK(std::string(os_error(-EPIPE, "sendmsg").what()).starts_with("sendmsg: "));
}

TEST_CASE("errors: a restart code of the kernel becomes EINTR", "[base][errors]") {
  for (const int code : {-512, 513, -516}) {
    CHECK(os_error(code).code() == std::errc::interrupted);
  }
  CHECK(os_error(EHWPOISON).code().value() == EHWPOISON);  // the last errno of Linux stays
}

TEST_CASE("errors: describe() gives type and text", "[base][errors]") {
  CHECK(description_of(std::domain_error("bad")) == "std::domain_error: bad");
  CHECK(description_of(ouro::cancelled_error{}) == "cancelled_error");
  CHECK(description_of(ouro::cancelled_error("enough")) == "cancelled_error: enough");
  CHECK(description_of(ouro::keyboard_interrupt{}) == "keyboard_interrupt");
}

TEST_CASE("errors: describe() knows what is thrown without being an exception", "[base][errors]") {
  CHECK(description_of(7) == "int");
  CHECK(description_of(odd_thing{}).ends_with("odd_thing"));
  CHECK(ouro::detail::describe(nullptr) == "no exception");
}

TEST_CASE("errors: incomplete_read_error says how much came and how much was asked for",
          "[base][errors]") {
  const ouro::incomplete_read_error exactly("abc", 10);
  const ouro::incomplete_read_error until("abc");

  CHECK(std::string(exactly.what()) == "3 bytes read on a total of 10 expected bytes");
  CHECK(exactly.partial == "abc");
  CHECK(exactly.expected == 10U);
  CHECK(std::string(until.what()) == "3 bytes read on a total of undefined expected bytes");
  CHECK_FALSE(until.expected.has_value());
}
