// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/task/create_task.hpp"
#include "ouro/task/detail/done_entry.hpp"

#include <source_location>
#include <utility>

namespace ouro::inline v0 {
namespace detail {

/// Shows the outcome of another future, but keeps requests to cancel to itself.
class shield_state final : public proxy_future {
 public:
  shield_state(event_loop& loop, intrusive_ptr<future_base> inner, std::source_location place)
      : proxy_future(loop, inner, place), entry_(this) {
    entry_.watch(std::move(inner));
  }

  bool cancel(std::string_view message, cancel_mode) noexcept override {
    if (done()) return false;
    entry_.release();
    return future_base::cancel(message);
  }

  void on_child_done(done_entry&) noexcept {
    if (inner().cancelled() || inner().failed()) {
      complete_with(inner().failure(), inner().cancelled() ? outcome::cancelled : outcome::error);
    } else {
      complete(outcome::value);
    }
  }

 private:
  done_entry_of<shield_state> entry_;
};

}  // namespace detail

/// Protects a task or coroutine from the cancellation of who awaits it: the awaiter gets
/// cancelled_error at once, the task goes on. Its outcome comes through. What it throws after the
/// awaiter has gone is reported, unless somebody reads it. asyncio: shield().
template <awaitable Awaitable>
[[nodiscard]] auto shield(Awaitable&& awaitable,
                          std::source_location place = std::source_location::current()) {
  auto inner = ensure_future(std::forward<Awaitable>(awaitable));
  using T = typename decltype(inner)::value_type;
  if (inner.done()) return future<T>(inner.state());
  return future<T>(detail::intrusive_ptr<detail::future_base>::adopt(
      new detail::shield_state(inner.get_loop(), inner.state(), place)));
}
template <not_awaitable T>
void shield(T&&) = delete;  // pass what can be awaited: work(), not work

}  // namespace ouro::inline v0
