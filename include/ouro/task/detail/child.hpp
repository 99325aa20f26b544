// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/task/detail/storage.hpp"
#include "ouro/task/detail/task_base.hpp"

#include <exception>
#include <utility>

namespace ouro::inline v0::detail {

/// An awaited coroutine, seen from the frame that awaits it: owns its frame and receives its
/// outcome.
class child_base {
 public:
  explicit child_base(promise_base* frame) noexcept : frame_(frame) {}
  child_base(child_base&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {
    OURO_ASSERT(other.outcome_ == outcome::pending && other.parent_ == nullptr);
  }
  child_base& operator=(const child_base&) = delete;

  promise_base* parent() const noexcept { return parent_; }
  outcome how() const noexcept { return outcome_; }
  bool cancelled() const noexcept { return outcome_ == outcome::cancelled; }
  bool failed() const noexcept { return outcome_ != outcome::value; }
  const std::exception_ptr& error() const noexcept { return error_; }

  /// Starts the coroutine inside the running step. False if it has ended already.
  bool start(const await_point& at) noexcept {
    parent_ = &at.promise();
    frame_->set_child(this);
    return task_base::current().start_child(*frame_, *parent_);
  }
  void set_outcome(outcome how) noexcept { outcome_ = how; }
  void set_outcome(outcome how, std::exception_ptr error) noexcept {
    outcome_ = how;
    error_ = std::move(error);
  }

  /// Ends the life of the coroutine's frame: its parameters go.
  void destroy_frame() noexcept {
    if (promise_base* frame = std::exchange(frame_, nullptr)) frame->frame().destroy();
  }

  /// Somebody else destroys the frame.
  void forget_frame() noexcept { frame_ = nullptr; }

  /// Destroys the frame, then throws what the coroutine threw, if anything.
  void finish() {
    destroy_frame();
    if (outcome_ != outcome::value) [[unlikely]]
      std::rethrow_exception(std::move(error_));
  }

  /// A coroutine that is dropped before it was started counts as never awaited.
  ~child_base() {
    if (frame_ != nullptr) drop_frame();
  }

 private:
  void drop_frame() noexcept;

  promise_base* parent_ = nullptr;  // set by start()
  promise_base* frame_;
  std::exception_ptr error_;
  outcome outcome_ = outcome::pending;
};

template <class T>
class child : public child_base {
 public:
  using child_base::child_base;
  child(child&& other) noexcept : child_base(std::move(other)) {}
  ~child() {
    if (how() == outcome::value) value_.destroy();
  }

  template <class... Arguments>
  void emplace(Arguments&&... arguments) {
    value_.emplace(std::forward<Arguments>(arguments)...);
    set_outcome(outcome::value);
  }

  /// The value, or what the coroutine threw. Once.
  T take() {
    finish();
    if constexpr (std::is_reference_v<T>) {
      return *value_.get();
    } else if constexpr (!std::is_void_v<T>) {
      return std::move(value_.get());
    }
  }

 private:
  [[no_unique_address]] storage_of<T> value_;
};

inline void final_awaiter::finished(promise_base& promise) noexcept {
  if (promise.is_root()) {
    promise.root()->root_finished(promise);
  } else {
    task_base::current().continue_with(*promise.child()->parent());
  }
}

/// co_await of a coroutine.
template <class T>
class child_awaiter : public child<T> {
 public:
  using child<T>::child;
  bool await_ready() const noexcept { return false; }
  bool await_suspend(await_point at) noexcept { return this->start(at); }
  T await_resume() { return this->take(); }
};

}  // namespace ouro::inline v0::detail
