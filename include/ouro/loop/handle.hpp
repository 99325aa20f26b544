// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/frame_pool.hpp"
#include "ouro/base/intrusive_ptr.hpp"
#include "ouro/base/light_std.hpp"
#include "ouro/base/time.hpp"
#include "ouro/loop/context.hpp"
#include "ouro/loop/fwd.hpp"
#include "ouro/loop/timer_heap.hpp"

#include <atomic>
#include <cstdint>
#include <exception>
#include <source_location>
#include <string>
#include <type_traits>
#include <utility>

namespace ouro::inline v0 {

/// Options of call_soon() and its family.
struct callback_options {
  /// The context to run in; null copies the current one.
  const ouro::context* context = nullptr;
};
static_assert(std::is_trivially_destructible_v<callback_options>);

namespace detail {

/// A callback and what its handle needs. Counted: one reference for the queue or heap it is in, one
/// for each handle. Counting is atomic only for callbacks posted from other threads.
class callback_state : public timer_node {
 public:
  callback_state(event_loop& loop, context_slot slot, std::source_location place,
                 bool posted) noexcept
      : loop_(&loop), slot_(std::move(slot)), place_(place), posted_(posted) {}

  void add_reference() noexcept {
    if (posted_) {
      references_.fetch_add(1, std::memory_order_relaxed);
    } else {
      references_.store(references_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    }
  }
  void drop_reference() noexcept {
    if (posted_) {
      if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy();
      return;
    }
    const std::uint32_t left = references_.load(std::memory_order_relaxed) - 1;
    references_.store(left, std::memory_order_relaxed);
    if (left == 0) destroy();
  }

  void cancel() noexcept;
  bool cancelled() const noexcept { return cancelled_.load(std::memory_order_relaxed); }
  context copy_slot() const;
  const std::source_location& place() const noexcept { return place_; }

  void run() noexcept final;
  void drop() noexcept final;
  std::string describe() const final;

  time_point when{};  // of timers

 protected:
  ~callback_state() = default;

 private:
  virtual void call() = 0;
  virtual void forget() noexcept = 0;  // destroys the function and its captures
  virtual void destroy() noexcept = 0;

  event_loop* loop_;
  context_slot slot_;
  std::source_location place_;
  std::atomic<std::uint32_t> references_{1};
  std::atomic<bool> cancelled_{false};
  const bool posted_;
};

template <class T>
inline constexpr bool is_unstarted = false;
template <class T>
inline constexpr bool is_unstarted<task<T>> = true;

template <class Function>
class callback_of final : public callback_state, public pooled {
 public:
  template <class From>
  callback_of(event_loop& loop, context_slot slot, std::source_location place, bool posted,
              From&& function)
      : callback_state(loop, std::move(slot), place, posted) {
    ::new (static_cast<void*>(std::addressof(function_))) Function(std::forward<From>(function));
    alive_ = true;
  }

 private:
  ~callback_of() { forget(); }

  void call() override {
    static_assert(!is_unstarted<decltype(function_())>,
                  "nobody would await the coroutine that this callback makes: use create_task()");
    static_cast<void>(function_());
  }
  void forget() noexcept override {
    if (std::exchange(alive_, false)) function_.~Function();
  }
  void destroy() noexcept override { delete this; }

  union {
    Function function_;
  };
  bool alive_ = false;
};

}  // namespace detail

/// A scheduled callback. Dropping the handle cancels nothing. asyncio: Handle.
class handle {
 public:
  /// An empty handle.
  handle() noexcept = default;

  /// Keeps the callback from running; does nothing if it has run. Its captures are destroyed at
  /// once, for callbacks posted from another thread when their turn comes.
  void cancel() noexcept { state_->cancel(); }
  bool cancelled() const noexcept { return state_->cancelled(); }

  /// The context that the callback runs in.
  context get_context() const { return state_->copy_slot(); }

  explicit operator bool() const noexcept { return static_cast<bool>(state_); }
  bool operator==(const handle&) const noexcept = default;

 protected:
  friend class event_loop;
  friend class detail::callback_state;
  explicit handle(detail::intrusive_ptr<detail::callback_state> state) noexcept
      : state_(std::move(state)) {}

  detail::intrusive_ptr<detail::callback_state> state_;
};

/// A callback scheduled for a time. asyncio: TimerHandle.
class timer_handle : public handle {
 public:
  timer_handle() noexcept = default;

  /// The deadline, on the clock of event_loop::time().
  time_point when() const noexcept { return state_->when; }

 private:
  friend class event_loop;
  using handle::handle;
};

}  // namespace ouro::inline v0
