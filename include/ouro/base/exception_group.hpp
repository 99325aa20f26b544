// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ouro::inline v0 {

/// Several exceptions thrown together, in the order in which they came. Groups nest.
/// asyncio: ExceptionGroup.
class exception_group : public std::exception {
 public:
  /// Errors: std::invalid_argument if there are no exceptions.
  exception_group(std::string message, std::vector<std::exception_ptr> exceptions);

  const char* what() const noexcept override { return what_.c_str(); }
  const std::string& message() const noexcept { return message_; }
  const std::vector<std::exception_ptr>& exceptions() const noexcept { return exceptions_; }

  /// The part whose exceptions are an `Exception`, and the rest. Nested groups are split too and
  /// keep their shape. asyncio: ExceptionGroup.split().
  template <class Exception>
  std::pair<std::optional<exception_group>, std::optional<exception_group>> split() const {
    std::vector<std::exception_ptr> matching;
    std::vector<std::exception_ptr> rest;
    for (const std::exception_ptr& error : exceptions_) sort_out<Exception>(error, matching, rest);
    return {make(std::move(matching)), make(std::move(rest))};
  }

  /// Calls `function` with each `Exception` in the group, nested ones too, then throws the rest, if
  /// any, as a group. Python: except*.
  template <class Exception, class Function>
  void handle(Function&& function) const {
    auto [matching, rest] = split<Exception>();
    if (matching) matching->template each<Exception>(function);
    if (rest) throw *std::move(rest);
  }

 private:
  template <class Exception, class Function>
  void each(Function& function) const {
    for (const std::exception_ptr& error : exceptions_) {
      try {
        std::rethrow_exception(error);
      } catch (const Exception& matching) {
        function(matching);
      } catch (...) {
        group_in(error)->template each<Exception>(function);
      }
    }
  }

  template <class Exception>
  static void sort_out(const std::exception_ptr& error, std::vector<std::exception_ptr>& matching,
                       std::vector<std::exception_ptr>& rest) {
    try {
      std::rethrow_exception(error);
    } catch (const Exception&) {
      matching.push_back(error);
    } catch (...) {
      const exception_group* nested = group_in(error);
      if (nested == nullptr) return rest.push_back(error);
      auto [inner_matching, inner_rest] = nested->split<Exception>();
      if (inner_matching) matching.push_back(std::make_exception_ptr(*std::move(inner_matching)));
      if (inner_rest) rest.push_back(std::make_exception_ptr(*std::move(inner_rest)));
    }
  }

  /// The group that `error` is, which lives as long as it; null if it is none.
  static const exception_group* group_in(const std::exception_ptr& error) noexcept {
    try {
      std::rethrow_exception(error);
    } catch (const exception_group& group) {
      return &group;
    } catch (...) {
      return nullptr;
    }
  }

  std::optional<exception_group> make(std::vector<std::exception_ptr> part) const {
    if (part.empty()) return std::nullopt;
    return exception_group(message_, std::move(part));
  }

  std::string message_;
  std::string what_;
  std::vector<std::exception_ptr> exceptions_;
};

}  // namespace ouro::inline v0
