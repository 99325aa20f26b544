// SPDX-License-Identifier: BSL-1.0
#include "ouro/net/gai_error.hpp"

#include <netdb.h>
#include <string>

namespace ouro::inline v0 {
namespace {

class gai_error_category final : public std::error_category {
 public:
  const char* name() const noexcept override { return "gai"; }
  std::string message(int code) const override { return ::gai_strerror(code); }
  std::error_condition default_error_condition(int code) const noexcept override {
    switch (code) {
      case EAI_MEMORY:
        return std::make_error_condition(std::errc::not_enough_memory);
      case EAI_FAMILY:
        return std::make_error_condition(std::errc::address_family_not_supported);
      default:
        return {code, *this};
    }
  }
};

}  // namespace

const std::error_category& gai_category() noexcept {
  static const gai_error_category category;
  return category;
}

namespace detail {

std::error_code make_gai_error(int code, int os_error) noexcept {
  if (code == EAI_SYSTEM) return {os_error, std::system_category()};
  return {code, gai_category()};
}

}  // namespace detail
}  // namespace ouro::inline v0
