// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/task/detail/copyable.hpp"
#include "ouro/task/detail/future_base.hpp"
#include "ouro/task/waiter.hpp"

#include <type_traits>
#include <utility>

namespace ouro::inline v0::detail {

/// Where the value of a future is, whatever kind of future it is.
template <class T>
decltype(auto) value_of(future_base& state) noexcept {
  future_base* at = &state;
  while (at->is_proxy()) at = &static_cast<proxy_future*>(at)->inner();
  auto& value = at->is_task() ? static_cast<value_state<T, task_base>*>(at)->value()
                              : static_cast<value_state<T, plain_future>*>(at)->value();
  if constexpr (std::is_reference_v<T>) {
    return static_cast<T&>(*value);
  } else {
    return static_cast<T&>(value);
  }
}

/// Takes the value out of a future that nobody else will read. The value that a proxy shows is
/// copied unless the proxy is its last owner.
template <class T>
T extract_value(future_base& state) {
  if constexpr (std::is_reference_v<T>) {
    return value_of<T>(state);
  } else if constexpr (!std::is_void_v<T>) {
    if constexpr (is_copyable<T>) {
      if (state.is_proxy() && !static_cast<proxy_future&>(state).inner().sole_owner()) {
        return value_of<T>(state);
      }
    }
    return std::move(value_of<T>(state));
  }
}

/// What the await of a future that has a value gives: the value itself if it is moved out, else a
/// reference that cannot change it.
template <class T, bool Move>
decltype(auto) deliver_value(future_base& state) {
  if constexpr (Move) {
    return extract_value<T>(state);
  } else if constexpr (std::is_reference_v<T>) {
    return value_of<T>(state);
  } else if constexpr (!std::is_void_v<T>) {
    return std::as_const(value_of<T>(state));
  }
}

inline future_base& checked(const intrusive_ptr<future_base>& state) {
  if (!state) [[unlikely]]
    throw_usage_error("this future or task handle is empty");
  return *state;
}

/// A forwarding wait: a request to cancel goes on to the future, and what becomes of it decides.
class future_wait : public waiter, private completion {
 public:
  explicit future_wait(intrusive_ptr<future_base> state) : state_(std::move(state)) {
    checked(state_);
  }
  future_wait(future_wait&& other) noexcept
      : waiter(static_cast<waiter&&>(other)), completion(), state_(std::move(other.state_)) {}
  future_wait& operator=(const future_wait&) = delete;

  bool await_ready() const noexcept { return state_->done(); }
  bool await_suspend(await_point at) {
    const task_base& current = task_base::current();
    if (&current.loop() != &state_->loop() || waits_already(current)) [[unlikely]] {
      check_awaitable();
    }
    park(at);
    state_->completions().push_back(*this);
    if (task()->interrupt_pending()) [[unlikely]]
      task()->forward_pending();
    return true;
  }

  future_base* awaited() const noexcept final { return state_.get(); }
  future_base& state() const noexcept { return *state_; }

 protected:
  ~future_wait() = default;

  /// Throws if the wait was cancelled; the outcome of the future is the caller's.
  void settle() {
    if (task() != nullptr) task()->settle_forwarded(*state_);
  }

 private:
  /// A task that awaits itself, or one that waits for a future, which may be a task, which …
  bool waits_already(const task_base& current) const noexcept {
    if (!state_->is_task()) return false;
    const waiter* next = static_cast<const task_base&>(*state_).blocked_on();
    return state_.get() == &current || (next != nullptr && next->awaited() != nullptr);
  }
  void check_awaitable() const;
  void on_completed() noexcept final { wake(); }
  bool abort(cancel_mode mode) noexcept final;
  void detach() noexcept final { unlink(); }

  intrusive_ptr<future_base> state_;
};

/// co_await of a future or task handle; `Move` takes the value out.
template <class T, bool Move>
class future_awaiter final : public future_wait {
 public:
  using future_wait::future_wait;

  decltype(auto) await_resume() {
    settle();
    state().check_value();
    return deliver_value<T, Move>(state());
  }
};

}  // namespace ouro::inline v0::detail
