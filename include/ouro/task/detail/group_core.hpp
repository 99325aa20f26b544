// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/intrusive_list.hpp"
#include "ouro/task/detail/child.hpp"
#include "ouro/task/detail/done_entry.hpp"
#include "ouro/task/detail/task_base.hpp"
#include "ouro/task/waiter.hpp"

#include <exception>
#include <string_view>
#include <utility>
#include <vector>

namespace ouro::inline v0::detail {

/// Awaits a coroutine whose outcome is looked at afterwards, and throws nothing.
template <class T>
class settled {
 public:
  explicit settled(child<T>& running) noexcept : running_(&running) {}
  bool await_ready() const noexcept { return false; }
  bool await_suspend(await_point at) noexcept { return running_->start(at); }
  void await_resume() const noexcept {}

 private:
  child<T>* running_;
};

/// What a task group is made of, whatever its body returns.
class group_core {
 public:
  class entry;
  struct entry_place;

  explicit group_core(bool unwrap_single);
  group_core(const group_core&) = delete;
  group_core& operator=(const group_core&) = delete;
  ~group_core();

  task_base& parent() const noexcept { return *parent_; }
  bool accepts_tasks() const noexcept { return !aborting_ && !ended_; }
  [[noreturn]] void refuse_task() const;
  void adopt(const intrusive_ptr<future_base>& child);
  bool has_children() const noexcept { return !children_.empty(); }
  void cancel() noexcept;

  void body_ended(outcome how, const std::exception_ptr& error);

  /// Waits until a child ends the last, or the parent is asked to stop, which it passes on.
  class join_awaiter final : public waiter {
   public:
    explicit join_awaiter(group_core& group) noexcept : group_(&group) {}
    bool await_ready() const noexcept { return false; }
    bool await_suspend(await_point at) noexcept;
    void await_resume() noexcept;

   private:
    friend class group_core;
    bool abort(cancel_mode) noexcept override;
    void detach() noexcept override { group_->joining_ = nullptr; }

    group_core* group_;
    bool interrupted_ = false;
  };
  join_awaiter join() noexcept { return join_awaiter(*this); }

  /// Throws how the group ends, unless well.
  void finish();

 private:
  void on_child_done(entry& ended) noexcept;
  void note_error(const std::exception_ptr& error);
  void abort_children() noexcept;
  bool from_outer_scope(const std::exception_ptr& error) const;

  task_base* parent_;
  deadline_scope* outer_scopes_;  // that were open when the group began
  join_awaiter* joining_ = nullptr;
  intrusive_list<entry_place> children_;  // in order of creation
  std::vector<std::exception_ptr> errors_;
  std::exception_ptr base_error_;      // keyboard_interrupt: thrown as it is
  std::exception_ptr body_cancelled_;  // how the body left, if by cancelled_error or a deadline
  task_base::interruption propagate_ = task_base::interruption::none;
  const bool unwrap_single_;
  bool aborting_ = false;
  bool body_ended_ = false;
  bool ended_ = false;
  bool parent_cancel_requested_ = false;  // by this group, to end the body
};

}  // namespace ouro::inline v0::detail
