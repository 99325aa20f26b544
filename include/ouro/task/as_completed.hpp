// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/owned.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/detail/done_entry.hpp"
#include "ouro/task/wait_list.hpp"

#include <cstddef>
#include <optional>
#include <source_location>
#include <type_traits>
#include <utility>
#include <vector>

namespace ouro::inline v0 {

/// Options of as_completed().
struct as_completed_options {
  /// Counts from the call; nothing is for ever.
  optional_duration timeout = std::nullopt;
};
static_assert(std::is_trivially_destructible_v<as_completed_options>);

namespace detail {

/// Collects children in the order in which they are done.
class completion_queue final : private timer_node {
 public:
  completion_queue(std::vector<intrusive_ptr<future_base>> children,
                   const as_completed_options& options, std::source_location place);
  completion_queue(const completion_queue&) = delete;
  completion_queue& operator=(const completion_queue&) = delete;
  ~completion_queue();

  bool exhausted() const noexcept { return taken_ == count_; }
  bool has_next() const noexcept { return taken_ < done_.size(); }
  bool over() const noexcept { return over_; }
  /// The next child that is done; has_next() must hold.
  intrusive_ptr<future_base> take() noexcept {
    intrusive_ptr<future_base> child = std::move(done_[taken_++]);
    if (exhausted()) waiting_.wake_all();  // nothing will come for the others
    return child;
  }
  /// Gives a wake-up that its task cannot use any more to the next one.
  void pass_on() noexcept {
    if (has_next()) waiting_.wake_one();
  }
  wait_list& waiting() noexcept { return waiting_; }
  [[noreturn]] void throw_timeout() const;

 private:
  friend class done_entry_of<completion_queue>;
  void on_child_done(done_entry& child) noexcept;
  void run() noexcept override;
  std::string describe() const override { return "time-out of as_completed()"; }

  event_loop* loop_;
  std::source_location place_;
  optional_duration limit_;
  std::size_t count_;
  std::size_t taken_ = 0;
  std::vector<intrusive_ptr<future_base>> done_;  // room for all, so that adding cannot fail
  owned_array<done_entry_of<completion_queue>> entries_;
  wait_list waiting_;
  bool over_ = false;
};

}  // namespace detail

/// Gives the awaited ones as they are done; see as_completed().
template <class Handle>
class as_completed_iterator {
 public:
  explicit as_completed_iterator(detail::owned<detail::completion_queue> queue) noexcept
      : queue_(std::move(queue)) {}

  /// The next task or future that is done, nothing after the last.
  ///
  /// Errors: timeout_error once the time is over and nothing that was done before is left.
  /// Cancellation: loses nothing; the tasks go on.
  task<std::optional<Handle>> anext() {
    while (!queue_->has_next()) {
      if (queue_->exhausted()) co_return std::nullopt;
      if (queue_->over()) queue_->throw_timeout();
      try {
        co_await queue_->waiting().wait();
      } catch (...) {
        queue_->pass_on();
        throw;
      }
    }
    co_return Handle(queue_->take());
  }

 private:
  detail::owned<detail::completion_queue> queue_;
};

/// Gives tasks in the order in which they are done: `while (auto handle = co_await
/// results.anext())`. Coroutines become tasks at once. Leaving early, or the time-out, cancels
/// nothing.
/// asyncio: as_completed(), as an asynchronous iterator.
template <awaitable Awaitable>
[[nodiscard]] auto as_completed(std::vector<Awaitable> awaitables,
                                const as_completed_options& options = {},
                                std::source_location place = std::source_location::current()) {
  using handle_type = decltype(ensure_future(std::declval<Awaitable>()));
  std::vector<detail::intrusive_ptr<detail::future_base>> children;
  children.reserve(awaitables.size());
  for (Awaitable& awaitable : awaitables) {
    children.push_back(ensure_future(std::move(awaitable)).state());
  }
  return as_completed_iterator<handle_type>(
      detail::make_owned<detail::completion_queue>(std::move(children), options, place));
}

}  // namespace ouro::inline v0
