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

std::pair<std::optional<exception_group>, std::optional<exception_group>> exception_group::split_by(
    matcher matches) const {
  std::vector<std::exception_ptr> matching;
  std::vector<std::exception_ptr> rest;
  for (const std::exception_ptr& error : exceptions_) {
    if (matches(error)) {
      matching.push_back(error);
    } else if (const exception_group* nested = group_in(error)) {
      auto [inner_matching, inner_rest] = nested->split_by(matches);
      if (inner_matching) matching.push_back(std::make_exception_ptr(*std::move(inner_matching)));
      if (inner_rest) rest.push_back(std::make_exception_ptr(*std::move(inner_rest)));
    } else {
      rest.push_back(error);
    }
  }
  return {make(std::move(matching)), make(std::move(rest))};
}

std::optional<exception_group> exception_group::make(std::vector<std::exception_ptr> part) const {
  if (part.empty()) return std::nullopt;
  return exception_group(message_, std::move(part));
}

const exception_group* exception_group::group_in(const std::exception_ptr& error) noexcept {
  try {
    std::rethrow_exception(error);
  } catch (const exception_group& group) {
    return &group;
  } catch (...) {
    return nullptr;
  }
}

}  // namespace ouro::inline v0
