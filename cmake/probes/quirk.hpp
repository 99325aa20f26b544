// SPDX-License-Identifier: BSL-1.0
//
// What the programs quirk_*.cpp share. Each ends with 1 where the compiler has the trap, else with
// 0.
#pragma once

#include <coroutine>
#include <exception>
#include <utility>

namespace quirk {

inline int alive = 0;

/// Counts itself; below zero when something was destroyed twice.
struct counted {
  counted() { ++alive; }
  counted(const counted&) { ++alive; }
  counted(counted&&) noexcept { ++alive; }
  counted& operator=(const counted&) = default;
  ~counted() { --alive; }
};

/// Runs at once, up to its end.
struct coroutine {
  struct promise_type {
    coroutine get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }
  };
};

/// Suspends and goes on.
template <class T>
struct pause {
  explicit pause(T given) : value(std::move(given)) {}
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<>) const noexcept { return false; }
  T await_resume() const { return value; }

  T value;
};

}  // namespace quirk
