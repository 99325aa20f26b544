// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/loop/context.hpp"
#include "ouro/loop/event_loop.hpp"
#include "ouro/task/detail/future_base.hpp"

#include <concepts>
#include <cstdint>
#include <exception>
#include <source_location>
#include <type_traits>
#include <utility>

namespace ouro::inline v0 {

/// Names one done callback; see add_done_callback().
enum class done_callback_token : std::uint64_t {};

namespace detail {

inline std::exception_ptr to_exception_ptr(std::exception_ptr error) noexcept { return error; }
template <class Exception>
  requires(!std::convertible_to<Exception, std::exception_ptr>)
std::exception_ptr to_exception_ptr(Exception&& exception) noexcept {
  return std::make_exception_ptr(std::forward<Exception>(exception));
}

/// A callback in a completion list, later in the ready queue. Owns itself.
class done_callback : public completion, public ready_node, public pooled {
 public:
  done_callback(event_loop& loop, context_slot slot, std::source_location place) noexcept
      : loop_(&loop), slot_(std::move(slot)), place_(place), token_(next_token()) {}

  std::uint64_t token() const noexcept final { return token_; }
  void attach(future_base& state) {
    state_ = &state;
    if (state.done()) {
      on_completed();
    } else {
      state.completions().push_back(*this);
    }
  }
  void discard() noexcept final { delete this; }

 protected:
  virtual ~done_callback() = default;
  future_base& state() const noexcept { return *state_; }

 private:
  static std::uint64_t next_token() noexcept;
  virtual void call() = 0;
  void on_completed() noexcept final {
    state_->add_reference();  // for the time in the queue
    loop_->make_ready(*this);
  }
  void run() noexcept final;
  void drop() noexcept final;
  std::string describe() const final { return "done callback " + detail::describe(place_); }

  event_loop* loop_;
  context_slot slot_;
  std::source_location place_;
  std::uint64_t token_;
  future_base* state_ = nullptr;
};

template <class Handle, class Function>
class done_callback_of final : public done_callback {
 public:
  template <class From>
  done_callback_of(event_loop& loop, context_slot slot, std::source_location place, From&& function)
      : done_callback(loop, std::move(slot), place), function_(std::forward<From>(function)) {}

 private:
  void call() override {
    if constexpr (std::invocable<Function&, const Handle&>) {
      static_cast<void>(function_(Handle(intrusive_ptr<future_base>(&state()))));
    } else {
      static_cast<void>(function_());
    }
  }

  Function function_;
};

template <class Handle, class Function>
done_callback_token add_done_callback(future_base& state, Function&& function,
                                      const callback_options& options, std::source_location place) {
  using callable = std::decay_t<Function>;
  static_assert(std::invocable<callable&, const Handle&> || std::invocable<callable&>,
                "a done callback takes the future or nothing");
  auto* callback =
      new done_callback_of<Handle, callable>(state.loop(), context_slot::for_new(options.context),
                                             place, std::forward<Function>(function));
  const auto token = static_cast<done_callback_token>(callback->token());
  callback->attach(state);
  return token;
}

}  // namespace detail
}  // namespace ouro::inline v0
