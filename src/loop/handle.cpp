// SPDX-License-Identifier: BSL-1.0
#include "ouro/loop/handle.hpp"

#include "ouro/loop/event_loop.hpp"

namespace ouro::inline v0::detail {

void callback_state::cancel() noexcept {
  if (cancelled_.exchange(true, std::memory_order_relaxed) || posted_) return;
  if (scheduled()) {
    loop_->cancel_timer(*this);
    forget();
    drop_reference();
  } else if (queued()) {
    forget();  // its place in the queue stays, and runs nothing
  }
}

void callback_state::run() noexcept {
  if (!cancelled()) {
    context_slot* const outer = context_slot::exchange_current(&slot_);
    try {
      call();
    } catch (...) {
      const handle self{intrusive_ptr<callback_state>(this)};
      exception_context report;
      report.message = "Exception in callback";
      report.exception = std::current_exception();
      report.handle = &self;
      report.place = place_;
      loop_->call_exception_handler(report);
    }
    forget();
    context_slot::exchange_current(outer);
  } else {
    forget();
  }
  drop_reference();
}

void callback_state::drop() noexcept {
  forget();
  drop_reference();
}

std::string callback_state::describe() const { return "callback " + detail::describe(place_); }

context callback_state::copy_slot() const {
  // Only the slot's owner may be current while its mapping is copied.
  struct restore {
    context_slot* outer;
    ~restore() { context_slot::exchange_current(outer); }
  } guard{context_slot::exchange_current(const_cast<context_slot*>(&slot_))};
  return copy_context();
}

}  // namespace ouro::inline v0::detail
