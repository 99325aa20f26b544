// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/light_std.hpp"
#include "ouro/task/detail/child.hpp"
#include "ouro/task/detail/future_base.hpp"
#include "ouro/task/detail/promise_base.hpp"
#include "ouro/task/detail/task_base.hpp"

#include <source_location>
#include <type_traits>
#include <utility>

namespace ouro::inline v0::detail {

/// The state of a task with its value.
template <class T>
class task_state final : public value_state<T, task_base> {
 public:
  task_state(event_loop& loop, promise_base& root, context_slot slot, std::source_location place)
      : value_state<T, task_base>(loop, root, std::move(slot), place) {}

  void start(bool eagerly) { this->schedule_first_step(eagerly); }

 private:
  void discard_result() noexcept override { this->discard_value(); }
};

/// The promise of task<T>.
template <class T>
class promise : public promise_base {
 public:
  explicit promise(std::source_location place = std::source_location::current()) noexcept
      : promise_base(place) {}

  task<T> get_return_object() noexcept;

  template <class U = T>
    requires std::is_convertible_v<U&&, T> || std::is_constructible_v<T, U&&>
  void return_value(U&& value) {
    if constexpr (std::is_reference_v<T>) {
      T result = static_cast<U&&>(value);
      deliver(std::addressof(result));
    } else {
      deliver(std::forward<U>(value));
    }
  }

 private:
  template <class U>
  void deliver(U&& value) {
    if (is_root()) {
      auto& state = static_cast<task_state<T>&>(*root());
      state.emplace(std::forward<U>(value));
      state.set_result_outcome(outcome::value);
    } else {
      static_cast<detail::child<T>*>(child())->emplace(std::forward<U>(value));
    }
  }
};

template <>
class promise<void> : public promise_base {
 public:
  explicit promise(std::source_location place = std::source_location::current()) noexcept
      : promise_base(place) {}

  task<void> get_return_object() noexcept;

  void return_void() noexcept {
    if (is_root()) {
      root()->set_result_outcome(outcome::value);
    } else {
      child()->set_outcome(outcome::value);
    }
  }
};

}  // namespace ouro::inline v0::detail
