// SPDX-License-Identifier: BSL-1.0
#include "ouro/base/exception_group.hpp"

#include "ouro/base/errors.hpp"

namespace ouro::inline v0 {

exception_group::exception_group(std::string message, std::vector<std::exception_ptr> exceptions)
    : message_(std::move(message)),
      exceptions_(std::move(exceptions)) {  // NOLINT(bugprone-throw-keyword-missing): members
  if (exceptions_.empty()) throw std::invalid_argument("an exception_group needs an exception");
  what_ = message_ + " (" + std::to_string(exceptions_.size()) +
          (exceptions_.size() == 1 ? " sub-exception): " : " sub-exceptions): ");
  for (std::size_t i = 0; i < exceptions_.size(); ++i) {
    if (i > 0) what_ += "; ";
    what_ += detail::describe(exceptions_[i]);
  }
}

}  // namespace ouro::inline v0
