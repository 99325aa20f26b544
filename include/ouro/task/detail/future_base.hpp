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

class completion_list;

/// An entry in the completion list of a future: an awaiter, a done callback or a combinator's
/// entry.
class completion {
 public:
  completion() noexcept = default;
  completion(const completion&) = delete;
  completion& operator=(const completion&) = delete;

  bool linked() const noexcept { return at_ != nullptr; }

  /// Leaves its list; must be in one.
  void unlink() noexcept {
    OURO_ASSERT(linked());
    *at_ = earlier_;
    if (earlier_ != nullptr) earlier_->at_ = at_;
    at_ = nullptr;
  }

  /// Called when the future is done, with this entry out of the list. Only queues.
  virtual void on_completed() noexcept = 0;
  /// The number by which remove_done_callback() finds it; 0 is none.
  virtual std::uint64_t token() const noexcept { return 0; }
  /// Destroys an entry that owns itself.
  virtual void discard() noexcept {}

 protected:
  ~completion() { OURO_ASSERT(!linked()); }

 private:
  friend class completion_list;
  completion* earlier_ = nullptr;  // valid while linked
  completion** at_ = nullptr;      // what points to this; null while in no list
};

/// Who waits for a future. One word, as most have at most one: linked from the latest to the
/// earliest, and turned round when the future is done.
class completion_list {
 public:
  completion_list() noexcept = default;
  completion_list(const completion_list&) = delete;
  completion_list& operator=(const completion_list&) = delete;

  bool empty() const noexcept { return latest_ == nullptr; }

  void push_back(completion& entry) noexcept {
    OURO_ASSERT(!entry.linked());
    entry.earlier_ = latest_;
    entry.at_ = &latest_;
    if (latest_ != nullptr) latest_->at_ = &entry.earlier_;
    latest_ = &entry;
  }

  /// Takes all out, in the order in which they came, and tells each.
  template <class Function>
  void drain(Function function) noexcept {
    completion* first = nullptr;
    for (completion* at = std::exchange(latest_, nullptr); at != nullptr;) {
      completion* earlier = std::exchange(at->earlier_, first);
      at->at_ = nullptr;
      first = at;
      at = earlier;
    }
    while (first != nullptr) {
      completion& entry = *first;
      first = entry.earlier_;
      function(entry);
    }
  }

  /// The entry with this token, or null.
  completion* find(std::uint64_t token) const noexcept {
    completion* at = latest_;
    while (at != nullptr && at->token() != token) at = at->earlier_;
    return at;
  }

 private:
  completion* latest_ = nullptr;
};

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
    if (done()) [[unlikely]]
      throw_invalid_state("the future is done already");
  }

  /// Makes the outcome final and everything in the completion list ready.
  void complete(outcome how) noexcept {
    outcome_ = how;
    if (!completions_.empty()) {
      completions_.drain([](completion& entry) { entry.on_completed(); });
    }
  }
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
    if (outcome_ != outcome::value) [[unlikely]] {
      retrieved_ = true;
      if (error_) std::rethrow_exception(error_);
      throw cancelled_error{};
    }
  }
  /// As check_value(), but throws invalid_state_error while pending.
  void check_result() {
    if (!done()) throw_invalid_state("Result is not set.");
    check_value();
  }
  void mark_retrieved() noexcept { retrieved_ = true; }

  /// Throws usage_error if the loop of a pending future runs on another thread.
  void check_thread() const {
    if (event_loop::running_here() != loop_ && !done()) [[unlikely]]
      check_not_elsewhere();
  }

  completion_list& completions() noexcept { return completions_; }
  std::size_t remove_completion(std::uint64_t token) noexcept;

  void run() noexcept override {}

 protected:
  enum class storage : std::uint8_t { plain, task, proxy };

  future_base(event_loop& loop, storage kind, std::source_location place) noexcept
      : loop_(&loop), place_(place), storage_(kind) {}
  virtual ~future_base() {
    if (!completions_.empty()) [[unlikely]]
      discard_completions();
  }

  [[noreturn]] void throw_failure();
  void check_not_elsewhere() const;
  void discard_completions() noexcept;
  void last_reference_dropped() noexcept;
  virtual void report_never_retrieved() noexcept;

  event_loop* loop_;
  completion_list completions_;
  // Of a failed one; of a cancelled one if there is more to say than "cancelled".
  std::exception_ptr error_;
  std::source_location place_;
  std::uint32_t references_ = 1;
  outcome outcome_ = outcome::pending;
  const storage storage_;
  bool retrieved_ = false;    // somebody has seen the error
  bool holds_value_ = false;  // the value is constructed
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
  [[no_unique_address]] storage_of<T> value_;
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
