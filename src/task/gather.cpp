// SPDX-License-Identifier: BSL-1.0
#include "ouro/task/detail/gather_state.hpp"

namespace ouro::inline v0::detail {

void gather_core::watch(entry* entries, std::size_t count, intrusive_ptr<future_base>* children) {
  entries_ = entries;
  count_ = left_ = count;
  for (std::size_t i = 0; i < count; ++i) {
    entries[i].set_owner(this);
    entries[i].watch(std::move(children[i]));
  }
  if (count == 0) finish();
}

bool gather_core::cancel_children(std::string_view message, cancel_mode mode) noexcept {
  bool taken = false;
  for (std::size_t i = 0; i < count_; ++i) taken |= entries_[i].child().cancel(message, mode);
  if (taken) {
    cancel_requested_ = true;
    joining_ |= mode == cancel_mode::join;
  }
  return taken;
}

void gather_core::on_child_done(entry& child) noexcept {
  --left_;
  if (outer().done()) return;
  future_base& ended = child.child();
  if (mode_ != gather_mode::collect && !failed_ && (ended.failed() || ended.cancelled())) {
    note_failure(ended);
    if (!waits_for_all()) {
      finish();
      return;
    }
    if (mode_ == gather_mode::all_or_none && !cancel_requested_) {
      for (std::size_t i = 0; i < count_; ++i) entries_[i].child().cancel({});
    }
  }
  if (left_ == 0) finish();
}

void gather_core::note_failure(future_base& child) noexcept {
  failed_ = true;
  failed_cancelled_ = child.cancelled();
  first_failure_ = child.failure();
}

void gather_core::finish() noexcept {
  if (failed_) {
    fail_with(std::move(first_failure_), failed_cancelled_);
  } else if (cancel_requested_) {
    fail_with(nullptr, true);
  } else {
    try {
      build_results();
      outer().complete(outcome::value);
    } catch (...) {
      fail_with(std::current_exception(), false);  // a value's copy threw
    }
  }
}

void gather_core::fail_with(std::exception_ptr error, bool cancelled) noexcept {
  outer().complete_with(std::move(error), cancelled ? outcome::cancelled : outcome::error);
}

}  // namespace ouro::inline v0::detail
