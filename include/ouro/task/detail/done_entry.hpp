// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/task/detail/future_base.hpp"

#include <utility>

namespace ouro::inline v0::detail {

/// What a combinator keeps for each of its children: told through the ready queue, one turn after
/// the child is done, as asyncio's done callbacks are.
class done_entry : public completion, public ready_node {
 public:
  done_entry() noexcept = default;

  /// Begins to watch; a child that is done already is told of in the next turn.
  void watch(intrusive_ptr<future_base> child) {
    child_ = std::move(child);
    if (child_->done()) {
      on_completed();
    } else {
      child_->completions().push_back(*this);
    }
  }

  /// Stops watching.
  void release() noexcept {
    if (linked()) unlink();
    if (queued()) child_->loop().forget_ready(*this);
  }

  future_base& child() const noexcept { return *child_; }
  const intrusive_ptr<future_base>& child_pointer() const noexcept { return child_; }

 protected:
  ~done_entry() { release(); }

 private:
  void on_completed() noexcept final { child_->loop().make_ready(*this); }
  std::string describe() const final { return "wake-up of a combinator"; }

  intrusive_ptr<future_base> child_;
};

/// Tells `owner->on_child_done(entry)`.
template <class Owner>
class done_entry_of final : public done_entry {
 public:
  explicit done_entry_of(Owner* owner = nullptr) noexcept : owner_(owner) {}
  void set_owner(Owner* owner) noexcept { owner_ = owner; }

 private:
  void run() noexcept override { owner_->on_child_done(*this); }

  Owner* owner_;
};

}  // namespace ouro::inline v0::detail
