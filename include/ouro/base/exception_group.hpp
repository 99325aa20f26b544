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
    return split_by(&is_a<Exception>);
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
  using matcher = bool (*)(const std::exception_ptr& error);

  template <class Exception>
  static bool is_a(const std::exception_ptr& error) {
    try {
      std::rethrow_exception(error);
    } catch (const Exception&) {
      return true;
    } catch (...) {
      return false;
    }
  }

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

  std::pair<std::optional<exception_group>, std::optional<exception_group>> split_by(
      matcher matches) const;
  std::optional<exception_group> make(std::vector<std::exception_ptr> part) const;
  /// The group that `error` is, which lives as long as it; null if it is none.
  static const exception_group* group_in(const std::exception_ptr& error) noexcept;

  std::string message_;
  std::string what_;
  std::vector<std::exception_ptr> exceptions_;
};

}  // namespace ouro::inline v0
