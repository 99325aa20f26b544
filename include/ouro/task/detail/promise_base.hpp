// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/frame_pool.hpp"
#include "ouro/loop/fwd.hpp"

#include <concepts>
#include <coroutine>
#include <cstdint>
#include <exception>
#include <source_location>

namespace ouro::inline v0::detail {

class child_base;
struct final_awaiter;

/// The part of a coroutine's frame that does not depend on its result: who continues after it, and
/// where it stands. Its result is written straight to where it is wanted: into the awaiting frame
/// or into the task.
class promise_base {
 public:
  explicit promise_base(std::source_location place) noexcept : place_(place) {}

  static void* operator new(std::size_t bytes) { return frame_pool::allocate(bytes); }
  static void operator delete(void* frame, std::size_t bytes) noexcept {
    frame_pool::free(frame, bytes);
  }

  std::suspend_always initial_suspend() const noexcept { return {}; }
  template <class T>
  void yield_value(T&&) = delete;  // a task gives one value, and that with co_return
  final_awaiter final_suspend() const noexcept;
  void unhandled_exception() noexcept;

  std::coroutine_handle<promise_base> frame() noexcept {
    return std::coroutine_handle<promise_base>::from_promise(*this);
  }

  // The analyzer does not know that the constructor of a promise has run.
  // NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult)
  bool is_root() const noexcept { return (link_ & 1) != 0; }
  child_base* child() const noexcept { return reinterpret_cast<child_base*>(link_); }
  task_base* root() const noexcept {
    return reinterpret_cast<task_base*>(link_ & ~std::uintptr_t{1});
  }
  void set_child(child_base* awaiter) noexcept {
    link_ = reinterpret_cast<std::uintptr_t>(awaiter);
  }
  void set_root(task_base* task) noexcept { link_ = reinterpret_cast<std::uintptr_t>(task) | 1; }

  /// The coroutine that awaits this one; null for the outermost of a task.
  promise_base* parent() const noexcept;

  /// Where it is suspended; before the first time, where its function is.
  const std::source_location& place() const noexcept { return place_; }
  void set_place(const std::source_location& here) noexcept { place_ = here; }

 private:
  // A child_base* in the awaiting frame, or a task_base* with the lowest bit set.
  std::uintptr_t link_ = 0;
  std::source_location place_;
};

/// A promise whose frame `promise_base::frame()` finds.
template <class Promise>
concept awaiting_promise = std::derived_from<Promise, promise_base>;

/// Where a coroutine of this library is suspended: what `await_suspend` takes instead of a handle.
/// Made by the conversion from the handle, which notes the line of the `co_await`.
class await_point {
 public:
  template <awaiting_promise Promise>
  explicit(false) await_point(std::coroutine_handle<Promise> frame,
                              std::source_location here = std::source_location::current()) noexcept
      : promise_(&frame.promise()) {
    static_assert(alignof(Promise) == alignof(promise_base));
    promise_->set_place(here);
  }

  promise_base& promise() const noexcept { return *promise_; }

 private:
  promise_base* promise_;
};

/// Hands over to the parent or ends the task, once the frame is suspended for good.
struct final_awaiter {
  bool await_ready() const noexcept { return false; }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> frame) const noexcept {
    finished(frame.promise());
  }
  void await_resume() const noexcept {}

 private:
  static void finished(promise_base& promise) noexcept;
};

inline final_awaiter promise_base::final_suspend() const noexcept { return {}; }

}  // namespace ouro::inline v0::detail
