// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/owned.hpp"
#include "ouro/task/awaitable.hpp"
#include "ouro/task/detail/done_entry.hpp"
#include "ouro/task/task_handle.hpp"
#include "ouro/task/waiter.hpp"

#include <cstddef>
#include <source_location>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace ouro::inline v0 {

/// When wait() returns. asyncio: ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION.
enum class return_when { all_completed, first_completed, first_exception };
inline constexpr return_when all_completed = return_when::all_completed;
inline constexpr return_when first_completed = return_when::first_completed;
inline constexpr return_when first_exception = return_when::first_exception;

/// Options of wait().
struct wait_options {
  /// Returns after this long whatever is done; nothing waits for ever.
  optional_duration timeout = std::nullopt;
  ouro::return_when return_when = all_completed;
};
static_assert(std::is_trivially_destructible_v<wait_options>);

/// What wait() returns: each list in the order given.
template <class Handle>
struct wait_result {
  std::vector<Handle> done;
  std::vector<Handle> pending;
};

namespace detail {

/// The part of wait() that does not depend on what is waited for.
class wait_core : public leaving_waiter, private timer_node {
 public:
  bool await_ready() const noexcept { return false; }

 protected:
  explicit wait_core(const wait_options& options) noexcept : options_(options) {}
  wait_core(wait_core&& other) noexcept
      : leaving_waiter(static_cast<leaving_waiter&&>(other)),
        timer_node(),
        options_(other.options_) {}
  ~wait_core() { stop(); }

  static void check(std::size_t count, const wait_options& options);
  bool start(const await_point& at, std::size_t count);
  void watch(std::size_t index, intrusive_ptr<future_base> child) {
    entries_[index].watch(std::move(child));
  }
  void stop() noexcept;

 private:
  friend class done_entry_of<wait_core>;
  using entry = done_entry_of<wait_core>;

  void on_child_done(done_entry& child) noexcept;
  void run() noexcept override {
    if (parked()) wake();
  }
  void leave() noexcept override { stop(); }
  std::string describe() const override { return "time-out of wait()"; }

  wait_options options_;
  owned_array<entry> entries_;
  std::size_t left_ = 0;
};

template <class Handle>
class wait_operation final : public wait_core {
 public:
  wait_operation(std::vector<Handle> handles, const wait_options& options)
      : wait_core(options), handles_(std::move(handles)) {
    check(handles_.size(), options);
  }
  wait_operation(wait_operation&&) noexcept = default;

  bool await_suspend(await_point at) {
    if (!start(at, handles_.size())) return false;
    for (std::size_t i = 0; i < handles_.size(); ++i) watch(i, handles_[i].state());
    return true;
  }

  wait_result<Handle> await_resume() {
    stop();
    finish_wait();
    wait_result<Handle> result;
    for (Handle& handle : handles_) {
      (handle.done() ? result.done : result.pending).push_back(std::move(handle));
    }
    return result;
  }

 private:
  std::vector<Handle> handles_;
};

template <class Handle>
concept future_like = is_future<std::remove_cvref_t<Handle>>;

}  // namespace detail

/// Waits until all of `handles` are done, or the first, or the first that fails, or the time is
/// over. Never throws what they throw, never cancels them. Suspends at least two turns.
///
/// Errors: std::invalid_argument if there is nothing to wait for. Coroutines are not taken: make
/// tasks of them first.
/// Cancellation: the tasks waited for go on. asyncio: wait().
template <detail::future_like Handle>
[[nodiscard]] auto wait(std::vector<Handle> handles, const wait_options& options = {}) {
  return detail::wait_operation<Handle>(std::move(handles), options);
}
template <detail::future_like Handle>
[[nodiscard]] auto wait(std::span<const Handle> handles, const wait_options& options = {}) {
  return detail::wait_operation<Handle>({handles.begin(), handles.end()}, options);
}

template <class T>
void wait(std::vector<task<T>>, const wait_options& = {}) = delete;  // make tasks of them first

}  // namespace ouro::inline v0
