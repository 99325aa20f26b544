// SPDX-License-Identifier: BSL-1.0
#include "ouro/task/detail/group_core.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/base/exception_group.hpp"
#include "ouro/task/deadline_scope.hpp"

namespace ouro::inline v0::detail {

namespace {

template <class Exception>
bool holds(const std::exception_ptr& error) noexcept {
  return error != nullptr && *error.__cxa_exception_type() == typeid(Exception);
}

}  // namespace

struct group_core::entry_place : list_hook {
  explicit entry_place(entry& in) noexcept : owner(in) {}
  entry& owner;
};

/// A child of the group, in two lists: that of the child's completions and that of the group.
class group_core::entry final : public done_entry, public pooled {
 public:
  explicit entry(group_core& group) noexcept : group_(&group) {}
  entry_place in_group{*this};

 private:
  void run() noexcept override { group_->on_child_done(*this); }
  group_core* group_;
};

group_core::group_core(bool unwrap_single)
    : parent_(&task_base::current()),
      outer_scopes_(parent_->innermost_scope()),
      unwrap_single_(unwrap_single) {}

group_core::~group_core() {
  while (!children_.empty()) delete &children_.pop_front().owner;
}

void group_core::refuse_task() const {
  throw_usage_error(ended_ ? "this task group has ended: create tasks before its last one is done"
                           : "this task group is being cancelled: it takes no more tasks");
}

void group_core::adopt(const intrusive_ptr<future_base>& child) {
  auto* fresh = new entry(*this);
  children_.push_back(fresh->in_group);
  fresh->watch(child);
}

void group_core::on_child_done(entry& ended) noexcept {
  const intrusive_ptr<future_base> child = ended.child_pointer();
  ended.in_group.unlink();
  delete &ended;
  if (children_.empty() && joining_ != nullptr) std::exchange(joining_, nullptr)->wake();
  if (!child->failed()) return;
  note_error(child->failure());
  if (aborting_) return;
  abort_children();
  if (body_ended_) return;
  parent_cancel_requested_ = true;
  parent_->cancel({});
}

void group_core::note_error(const std::exception_ptr& error) {
  errors_.push_back(error);
  if (base_error_ == nullptr && holds<keyboard_interrupt>(error)) base_error_ = error;
}

void group_core::abort_children() noexcept {
  aborting_ = true;
  for (entry_place& child : children_) child.owner.child().cancel({});
}

void group_core::cancel() noexcept {
  if (ended_ || aborting_) return;
  abort_children();
  if (body_ended_) return;
  parent_cancel_requested_ = true;
  parent_->cancel({});
}

void group_core::body_ended(outcome how, const std::exception_ptr& error) {
  using enum task_base::interruption;
  body_ended_ = true;
  if (how == outcome::cancelled) {
    propagate_ = cancel;
    body_cancelled_ = error;
  } else if (how == outcome::error && from_outer_scope(error)) {
    propagate_ = deadline;
  }
  if (parent_cancel_requested_ && parent_->uncancel() == 0 && propagate_ == cancel) {
    propagate_ = none;  // it was this group's own request, and nobody else made one
  }
  if (how == outcome::error && propagate_ == none) note_error(error);
  if (how != outcome::value && !aborting_) abort_children();
}

// A deadline around the whole group comes out as it is; one inside the body is the body's own
// error.
bool group_core::from_outer_scope(const std::exception_ptr& error) const {
  if (!holds<timeout_error>(error)) return false;
  try {
    std::rethrow_exception(error);
  } catch (const timeout_error& expired) {
    for (deadline_scope* scope = outer_scopes_; scope != nullptr; scope = scope->outer()) {
      if (expired.scope() == scope) return true;
    }
  }
  return false;
}

bool group_core::join_awaiter::await_suspend(await_point at) noexcept {
  task_base& current = task_base::current();
  const bool asked_to_stop =
      current.being_cancelled() || (current.interrupt_pending() && !group_->aborting_);
  if (asked_to_stop) {
    set_task(current);
    interrupted_ = true;
    return false;
  }
  park(at);
  group_->joining_ = this;
  return true;
}

bool group_core::join_awaiter::abort(cancel_mode) noexcept {
  interrupted_ = true;
  group_->joining_ = nullptr;
  wake();
  return true;
}

void group_core::join_awaiter::await_resume() noexcept {
  using enum task_base::interruption;
  const task_base::interruption why = task()->take_interruption();
  if (why == none || (why == deadline && !interrupted_)) return;
  if (group_->propagate_ != cancel) group_->propagate_ = why;
  if (!group_->aborting_) group_->abort_children();
}

void group_core::finish() {
  using enum task_base::interruption;
  ended_ = true;
  if (base_error_) std::rethrow_exception(base_error_);
  if (!errors_.empty()) {
    if (parent_->cancelling() > 0) {  // a cancel from outside is told at the next suspension
      parent_->uncancel();
      parent_->cancel(std::string(parent_->cancel_message()));
    }
    if (unwrap_single_ && errors_.size() == 1) std::rethrow_exception(errors_.front());
    throw exception_group("unhandled errors in a TaskGroup", std::move(errors_));
  }
  if (propagate_ == cancel) {
    if (body_cancelled_) std::rethrow_exception(body_cancelled_);
    parent_->throw_cancelled();
  }
  if (propagate_ == deadline) parent_->throw_expired();
}

}  // namespace ouro::inline v0::detail
