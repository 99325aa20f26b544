// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/errors.hpp"
#include "ouro/base/frame_pool.hpp"
#include "ouro/base/intrusive_list.hpp"
#include "ouro/base/intrusive_ptr.hpp"
#include "ouro/loop/event_loop.hpp"
#include "ouro/loop/ready_queue.hpp"
#include "ouro/task/detail/storage.hpp"

#include <cstdint>
#include <exception>
#include <string_view>
#include <type_traits>
#include <utility>

namespace ouro::inline v0::detail {

enum class outcome : std::uint8_t { pending, value, error, cancelled };

/// Whether a cancelled combinator may leave before its children have ended.
enum class cancel_mode : std::uint8_t { request, join };

/// An entry in the completion list of a future: an awaiter, a done callback or a combinator's entry.
class completion : public list_hook {
 public:
  /// Called when the future is done, with this entry out of the list. Only queues.
  virtual void on_completed() noexcept = 0;
  /// The number by which remove_done_callback() finds it; 0 is none.
  virtual std::uint64_t token() const noexcept { return 0; }
  /// Destroys an entry that owns itself.
  virtual void discard() noexcept {}

 protected:
  ~completion() = default;
};

using completion_list = intrusive_list<completion>;

/// What a future and a task share: an outcome, who waits for it, who holds it.
class future_base : public ready_node, public pooled {
 public:
  void add_reference() noexcept { ++references_; }
  void drop_reference() noexcept {
    if (--references_ == 0) last_reference_dropped();
  }
  bool sole_owner() const noexcept { return references_ == 1; }

  event_loop& loop() const noexcept { return *loop_; }
  bool done() const noexcept { return outcome_ != outcome::pending; }
  bool cancelled() const noexcept { return outcome_ == outcome::cancelled; }
  bool failed() const noexcept { return outcome_ == outcome::error; }
  bool is_task() const noexcept { return storage_ == storage::task; }
  bool is_proxy() const noexcept { return storage_ == storage::proxy; }
  const std::source_location& place() const noexcept { return place_; }

  /// Requests the end; false if it is done or nobody is left to take the request.
  virtual bool cancel(std::string_view message, cancel_mode mode = cancel_mode::request) noexcept;

  void set_error(std::exception_ptr error);  // throws invalid_state_error if done
  void check_pending() const {
    if (done()) [[unlikely]] throw_invalid_state("the future is done already");
  }

  /// Makes the outcome final and everything in the completion list ready.
  void complete(outcome how) noexcept;
  void complete_with(std::exception_ptr error, outcome how) noexcept {
    error_ = std::move(error);
    complete(how);
  }

  /// The error of a failed future; counts as retrieved. Throws if pending or cancelled.
  std::exception_ptr exception();
  /// The error or the cancellation of a done future as an exception; null for a value.
  std::exception_ptr failure() noexcept;
  /// Throws what failed or cancelled it; does nothing for a value. Must be done.
  void check_value() {
    if (outcome_ != outcome::value) [[unlikely]] throw_failure();
  }
  /// As check_value(), but throws invalid_state_error while pending.
  void check_result() {
    if (!done()) throw_invalid_state("Result is not set.");
    check_value();
  }
  void mark_retrieved() noexcept { retrieved_ = true; }

  completion_list& completions() noexcept { return completions_; }
  std::size_t remove_completion(std::uint64_t token) noexcept;

  void run() noexcept override {}

 protected:
  enum class storage : std::uint8_t { plain, task, proxy };

  future_base(event_loop& loop, storage kind, std::source_location place) noexcept
      : loop_(&loop), place_(place), storage_(kind) {}
  virtual ~future_base();

  [[noreturn]] void throw_failure();
  void last_reference_dropped() noexcept;
  virtual void report_never_retrieved() noexcept;

  event_loop* loop_;
  completion_list completions_;
  std::exception_ptr error_;  // of a failed one; of a cancelled one if there is more than "cancelled"
  std::source_location place_;
  std::uint32_t references_ = 1;
  outcome outcome_ = outcome::pending;
  const storage storage_;
  bool retrieved_ = false;     // somebody has seen the error
  bool holds_value_ = false;   // the value is constructed
};

/// A future or task together with the place of its value.
template <class T, class Base>
class value_state : public Base {
 public:
  using Base::Base;

  template <class... Arguments>
  void emplace(Arguments&&... arguments) {
    value_.emplace(std::forward<Arguments>(arguments)...);
    this->holds_value_ = true;
  }
  stored_t<T>& value() noexcept { return value_.get(); }

  /// The value was made, but the task ends otherwise.
  void discard_value() noexcept {
    if (std::exchange(this->holds_value_, false)) value_.destroy();
  }

 protected:
  ~value_state() override { discard_value(); }

 private:
  storage_of<T> value_;
};

/// The state of a future made by create_future() or by a combinator.
class plain_future : public future_base {
 public:
  plain_future(event_loop& loop, std::source_location place) noexcept
      : future_base(loop, storage::plain, place) {}
};

/// A future whose value is that of another one.
class proxy_future : public future_base {
 public:
  proxy_future(event_loop& loop, intrusive_ptr<future_base> inner,
               std::source_location place) noexcept
      : future_base(loop, storage::proxy, place), inner_(std::move(inner)) {}
  future_base& inner() const noexcept { return *inner_; }

 protected:
  intrusive_ptr<future_base> inner_;
};

}  // namespace ouro::inline v0::detail
