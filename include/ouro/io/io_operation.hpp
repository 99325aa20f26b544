// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/detail/guarded_fd.hpp"
#include "ouro/loop/event_loop.hpp"
#include "ouro/ring/operation.hpp"
#include "ouro/task/waiter.hpp"

#include <cstdint>
#include <utility>

namespace ouro::inline v0 {

/// Awaits one request to the kernel: the base of recv(), send() and all the others, and of your
/// own. A derived class says what to ask and what the answer means:
///
///     void prepare(io_uring_sqe& sqe) noexcept override;          // the io_uring_prep_… function
///     std::size_t await_resume() {
///       return static_cast<std::size_t>(take_result("recv"));  // the call, as in its man page
///     }
///
/// and, if an answer is more than a number, its destructor gives back an untaken_result(). Each
/// object is awaited once.
///
/// Cancellation: an interruption that is pending when the await begins is thrown at once, and nothing
/// is asked of the kernel. One that comes later cancels the request, and the task waits on until
/// the kernel is done with it. What the kernel delivers in spite of that, a value or an error, is
/// what the await gives (`nothing_lost`): the interruption is thrown at the next suspension
/// instead.
class io_operation : public waiter, private operation {
 public:
  using operation::in_flight;

  bool await_ready() const {
    if (owner_ != nullptr) owner_->check_free(direction_);
    return false;
  }

  bool await_suspend(detail::await_point at) noexcept {
    detail::task_base& current = detail::task_base::current();
    if (current.interrupt_pending()) [[unlikely]] {
      set_task(current);
      return false;
    }
    park(at);
    if (owner_ != nullptr) owner_->begin(*this);
    current.loop().io().submit(*this);
    return true;
  }

 protected:
  /// What a request to end early does to one that is in flight.
  enum class when_aborted : std::uint8_t { cancel, finish };

  explicit io_operation(when_aborted action = when_aborted::cancel) noexcept : action_(action) {}

  /// A request that uses `owner`, which then knows of it. Null is nobody.
  io_operation(detail::guarded_fd* owner, detail::io_direction direction) noexcept
      : owner_(owner), direction_(direction) {}

  /// Moves an operation that has not begun.
  io_operation(io_operation&& other) noexcept
      : waiter(static_cast<waiter&&>(other)),
        operation(static_cast<operation&&>(other)),
        owner_(other.owner_),
        direction_(other.direction_),
        action_(other.action_) {}

  ~io_operation() = default;

  /// The kernel's answer, which is not negative; or throws what await_resume() has to throw.
  ///
  /// Errors: std::system_error with `call` as its text.
  int take_result(const char* call) {
    if (!completed_ || aborted_ || result_ < 0) [[unlikely]]
      settle(call);
    completed_ = false;
    return result_;
  }

  /// An answer that came and that nobody has taken, because the waiting coroutine was destroyed;
  /// else negative.
  int untaken_result() const noexcept { return completed_ ? result_ : -1; }

  /// Whether the wait was asked to end early.
  bool aborted() const noexcept { return aborted_; }

  /// Whoever has given its descriptor; null if nobody, and once the request is over.
  detail::guarded_fd* owner() const noexcept { return owner_; }

  /// From on_complete(), instead of the base class's: asks the kernel again.
  void resubmit() noexcept { task()->loop().io().submit(*this); }

  /// From prepare(): the request ends without anybody's help, so a virtual clock stands still until
  /// it has.
  void hold_virtual_clock() noexcept;
  /// The same if `fd` is a file, not something that others write to.
  void hold_virtual_clock_for_file(int fd) noexcept;

  /// Ends the wait with `result`, the kernel's answer.
  void on_complete(int result, unsigned flags) noexcept override;

 private:
  friend class detail::guarded_fd;

  bool abort(detail::cancel_mode mode) noexcept final;
  void detach() noexcept final;
  void settle(const char* call);
  void leave_owner() noexcept;

  detail::guarded_fd* owner_ = nullptr;
  int result_ = 0;  // valid while completed_
  detail::io_direction direction_ = detail::io_direction::in;
  when_aborted action_ = when_aborted::cancel;
  bool in_owner_ = false;   // owner_ knows of this
  bool completed_ = false;  // an answer is here and was not taken
  bool aborted_ = false;
  bool holds_clock_ = false;
};

namespace detail {

inline bool guarded_fd::busy(io_direction direction) const noexcept {
  const io_operation* request = user(direction);
  return request != nullptr && request->in_flight();
}

inline void guarded_fd::begin(io_operation& request) noexcept {
  user(request.direction_) = &request;
  request.in_owner_ = true;
}

inline void guarded_fd::end(io_operation& request) noexcept {
  user(request.direction_) = nullptr;
  request.in_owner_ = false;
}

}  // namespace detail
}  // namespace ouro::inline v0
