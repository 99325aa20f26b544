// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/intrusive_list.hpp"
#include "ouro/task/waiter.hpp"

#include <cstddef>
#include <utility>

namespace ouro::inline v0 {

/// Tasks that wait for something to happen, in the order in which they came. What a synchronisation
/// primitive is made of.
class wait_list {
 public:
  /// One wait in the list; `co_await` gives `true`.
  class [[nodiscard]] awaiter final : public leaving_waiter, private list_hook {
   public:
    awaiter(awaiter&& other) noexcept
        : leaving_waiter(static_cast<leaving_waiter&&>(other)),
          list_hook(),
          list_(other.list_),
          ready_(other.ready_) {}

    bool await_ready() const noexcept { return *ready_; }
    bool await_suspend(detail::await_point at) {
      if (!begin_wait(at)) return false;
      list_->waiting_.push_back(*this);
      return true;
    }
    bool await_resume() const {
      finish_wait();
      return true;
    }

   private:
    friend class wait_list;
    friend class intrusive_list<awaiter>;
    awaiter(wait_list& list, const bool& ready) noexcept : list_(&list), ready_(&ready) {}
    void leave() noexcept override { unlink(); }

    wait_list* list_;
    const bool* ready_;
  };

  bool empty() const noexcept { return waiting_.empty(); }

  /// Waits for a wake-up; with `ready`, not at all.
  ///
  /// Cancellation: throws cancelled_error or timeout_error; the task is in no list then, and the
  /// others stay. A wake-up that it had got already is lost: whoever hands something on by
  /// wake_one() must see to that.
  awaiter wait(bool ready = false) noexcept { return awaiter(*this, ready ? always : never); }
  /// As wait(), unless `flag` is true when the wait begins. `flag` must outlive the wait.
  awaiter wait_unless(const bool& flag) noexcept { return awaiter(*this, flag); }
  void wait_unless(const bool&& flag) = delete;

  /// Makes the task that has waited longest ready; false if there is none.
  bool wake_one() noexcept {
    if (waiting_.empty()) return false;
    waiting_.pop_front().wake();
    return true;
  }

  void wake_all() noexcept {
    while (wake_one()) {
    }
  }

 private:
  static constexpr bool always = true;
  static constexpr bool never = false;

  intrusive_list<awaiter> waiting_;
};

}  // namespace ouro::inline v0
