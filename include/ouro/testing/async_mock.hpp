// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/errors.hpp"
#include "ouro/base/unique_function.hpp"
#include "ouro/task/awaitable.hpp"
#include "ouro/task/task.hpp"
#include "ouro/testing/assertion_error.hpp"
#include "ouro/testing/detail/mock_arguments.hpp"

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <deque>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace ouro::inline v0::testing {

/// A mock's sequence of side effects has come to its end. Python: StopAsyncIteration.
class side_effects_exhausted : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

/// What reset_mock() resets beside the records.
struct reset_mock_options {
  bool return_value = false;
  bool side_effect = false;
};
static_assert(std::is_trivially_destructible_v<reset_mock_options>);

template <class Signature>
class async_mock;

/// A stand-in for a coroutine function `task<T>(Args...)` that records how it is called and
/// awaited. What it gives is scripted with return_value() and side_effect(); unscripted it gives
/// `T()`.
///
/// A call is counted when it is made, an await when the coroutine begins to run. Copies of the
/// arguments are recorded: text as std::string; in place of what cannot be copied, which is passed
/// on all the same,
/// stands `not_recorded`. The mock must outlive its calls. asyncio: unittest.mock.AsyncMock.
template <class T, class... Args>
class async_mock<T(Args...)> {
  using stored = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

 public:
  /// The arguments of one call.
  using arguments = std::tuple<detail::recorded_t<Args>...>;

  /// What a call gives: a value or an exception.
  class effect {
   public:
    template <class Value>
      requires(!std::is_void_v<T> && std::convertible_to<Value &&, stored> &&
               !std::same_as<std::remove_cvref_t<Value>, effect>)
    explicit(false) effect(Value&& value) : value_(std::forward<Value>(value)) {}
    template <class Exception>
      requires std::derived_from<std::remove_cvref_t<Exception>, std::exception> ||
               std::same_as<std::remove_cvref_t<Exception>, cancelled_error>
    explicit(false) effect(Exception&& error)
        : error_(std::make_exception_ptr(std::forward<Exception>(error))) {}
    explicit(false) effect(std::exception_ptr error) : error_(std::move(error)) {}
    /// The call succeeds, without a value.
    explicit(false) effect(std::nullopt_t)
      requires(std::is_void_v<T>)
        : value_(std::nullopt) {}

   private:
    friend class async_mock;
    std::optional<stored> value_;
    std::exception_ptr error_;
  };

  async_mock() = default;
  async_mock(const async_mock&) = delete;
  async_mock& operator=(const async_mock&) = delete;

  /// Records a call; the result, awaited, records an await and does what was scripted.
  task<T> operator()(Args... args) {
    calls_.push_back(arguments(detail::record(args)...));
    return answer(calls_.back(), std::forward<Args>(args)...);
  }

  // What it does
  // ------------------------------------------------------------------------------------

  /// Every call gives `value`, unless a side effect is set. One that cannot be copied is given
  /// once.
  template <class Value>
    requires(!std::is_void_v<T> && std::constructible_from<stored, Value>)
  void return_value(Value&& value) {
    value_.emplace(std::forward<Value>(value));
  }

  /// Every call calls `function` with its arguments, and gives its result; what it gives may be
  /// something to await.
  template <class Function>
    requires std::invocable<std::decay_t<Function>&, Args...>
  void side_effect(Function&& function) {
    clear_effects();
    function_ = [function = std::forward<Function>(function)](Args... args) mutable {
      return invoke(function, std::forward<Args>(args)...);
    };
  }
  /// Every call throws `error`.
  template <class Exception>
    requires std::derived_from<std::remove_cvref_t<Exception>, std::exception> ||
             std::same_as<std::remove_cvref_t<Exception>, cancelled_error>
  void side_effect(Exception&& error) {
    side_effect(std::make_exception_ptr(std::forward<Exception>(error)));
  }
  void side_effect(std::exception_ptr error) {
    clear_effects();
    error_ = std::move(error);
  }
  /// Each call takes the next of `effects`. Once they are used up, calls throw
  /// side_effects_exhausted.
  void side_effect(std::vector<effect> effects) {
    clear_effects();
    sequence_.emplace(std::make_move_iterator(effects.begin()),
                      std::make_move_iterator(effects.end()));
  }
  template <class... Effects>
    requires(sizeof...(Effects) >= 2 && (std::constructible_from<effect, Effects> && ...))
  void side_effect(Effects&&... effects) {
    std::vector<effect> sequence;
    (sequence.emplace_back(std::forward<Effects>(effects)), ...);
    side_effect(std::move(sequence));
  }
  /// No side effect.
  void side_effect(std::nullptr_t) { clear_effects(); }

  // What has happened
  // -------------------------------------------------------------------------------

  bool called() const noexcept { return !calls_.empty(); }
  std::size_t call_count() const noexcept { return calls_.size(); }
  std::size_t await_count() const noexcept { return awaits_.size(); }
  /// The arguments of the last call, or nothing.
  std::optional<arguments> call_args() const { return last_of(calls_); }
  std::optional<arguments> await_args() const { return last_of(awaits_); }
  const std::vector<arguments>& call_args_list() const noexcept { return calls_; }
  const std::vector<arguments>& await_args_list() const noexcept { return awaits_; }

  // Each throws assertion_error unless it holds; `any` stands for any argument.

  void assert_awaited() const {
    if (awaits_.empty()) fail("expected the mock to have been awaited");
  }
  void assert_awaited_once() const {
    if (awaits_.size() != 1) fail("expected the mock to have been awaited once");
  }
  void assert_not_awaited() const {
    if (!awaits_.empty()) fail("expected the mock not to have been awaited");
  }
  /// The last await had these arguments.
  template <class... Expected>
  void assert_awaited_with(const Expected&... expected) const {
    if (awaits_.empty()) fail("expected an await with " + text_of(expected...));
    if (!matches(awaits_.back(), expected...)) {
      fail("expected the last await to be with " + text_of(expected...));
    }
  }
  template <class... Expected>
  void assert_awaited_once_with(const Expected&... expected) const {
    assert_awaited_once();
    assert_awaited_with(expected...);
  }
  /// Some await had these arguments.
  template <class... Expected>
  void assert_any_await(const Expected&... expected) const {
    const bool found = std::any_of(awaits_.begin(), awaits_.end(), [&](const arguments& each) {
      return matches(each, expected...);
    });
    if (!found) fail("expected some await with " + text_of(expected...));
  }
  /// These awaits happened one after the other, others before or after them; with `any_order`, in
  /// any order and with others between.
  void assert_has_awaits(const std::vector<arguments>& expected, bool any_order = false) const {
    const auto same = [](const arguments& a, const arguments& b) {
      return detail::same_arguments(a, b);
    };
    if (!any_order) {
      if (std::search(awaits_.begin(), awaits_.end(), expected.begin(), expected.end(), same) !=
              awaits_.end() ||
          expected.empty()) {
        return;
      }
    } else if (contains_all(expected, same)) {
      return;
    }
    std::string text = "expected the awaits";
    for (const arguments& each : expected) text += ' ' + detail::print_arguments(each);
    fail(text + (any_order ? " in any order" : " one after the other"));
  }

  /// Forgets calls and awaits; on demand also what was scripted.
  void reset_mock(reset_mock_options options = {}) {
    calls_.clear();
    awaits_.clear();
    if (options.return_value) value_.reset();
    if (options.side_effect) clear_effects();
  }

 private:
  template <class Function>
  static task<T> invoke(Function& function, Args... args) {
    using result = std::invoke_result_t<Function&, Args...>;
    if constexpr (awaitable<result>) {
      co_return co_await function(std::forward<Args>(args)...);
    } else {
      co_return function(std::forward<Args>(args)...);
    }
  }

  task<T> answer(arguments recorded, Args... args) {
    awaits_.push_back(std::move(recorded));
    if (error_) std::rethrow_exception(error_);
    if (function_) co_return co_await function_(std::forward<Args>(args)...);
    if (sequence_) {
      effect next = next_effect();
      if constexpr (!std::is_void_v<T>) {
        co_return std::move(*next.value_);
      } else {
        co_return;
      }
    }
    if constexpr (!std::is_void_v<T>) co_return scripted_value();
  }

  effect next_effect() {
    if (sequence_->empty()) {
      throw side_effects_exhausted("async_mock: the sequence of side effects is used up");
    }
    effect next = std::move(sequence_->front());
    sequence_->pop_front();
    if (next.error_) std::rethrow_exception(next.error_);
    return next;
  }

  stored scripted_value() {
    if (value_) {
      if constexpr (std::copy_constructible<stored>) {
        return *value_;
      } else {
        stored only = std::move(*value_);
        value_.reset();
        return only;
      }
    }
    if constexpr (std::default_initializable<stored>) {
      return stored();
    } else {
      detail::throw_usage_error("async_mock: set return_value() or side_effect() first");
    }
  }

  void clear_effects() {
    error_ = nullptr;
    function_ = nullptr;
    sequence_.reset();
  }

  static std::optional<arguments> last_of(const std::vector<arguments>& list) {
    return list.empty() ? std::nullopt : std::optional<arguments>(list.back());
  }

  template <class... Expected>
  static bool matches(const arguments& recorded, const Expected&... expected) {
    return detail::same_arguments(recorded, std::tuple<const Expected&...>(expected...));
  }

  template <class... Expected>
  static std::string text_of(const Expected&... expected) {
    return detail::print_arguments(std::tuple<const Expected&...>(expected...));
  }

  template <class Same>
  bool contains_all(const std::vector<arguments>& expected, const Same& same) const {
    std::vector<arguments> left = awaits_;
    for (const arguments& each : expected) {
      const auto found = std::find_if(left.begin(), left.end(),
                                      [&](const arguments& other) { return same(other, each); });
      if (found == left.end()) return false;
      left.erase(found);
    }
    return true;
  }

  [[noreturn]] void fail(const std::string& text) const {
    std::string all = "async_mock: " + text + "; it was called " + std::to_string(calls_.size()) +
                      " and awaited " + std::to_string(awaits_.size()) + " time(s)";
    for (const arguments& each : awaits_)
      all += "\n  awaited with " + detail::print_arguments(each);
    throw assertion_error(all);
  }

  std::optional<stored> value_;
  // At most one of these three is set.
  std::exception_ptr error_;
  unique_function<task<T>(Args...)> function_;
  std::optional<std::deque<effect>> sequence_;

  std::vector<arguments> calls_;
  std::vector<arguments> awaits_;
};

}  // namespace ouro::inline v0::testing
