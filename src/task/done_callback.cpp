// SPDX-License-Identifier: BSL-1.0
#include "ouro/task/detail/done_callback.hpp"

namespace ouro::inline v0::detail {

std::uint64_t done_callback::next_token() noexcept {
  static thread_local std::uint64_t last = 0;
  return ++last;
}

void done_callback::run() noexcept {
  const auto alive = intrusive_ptr<future_base>::adopt(state_);
  context_slot* const outer = context_slot::exchange_current(&slot_);
  try {
    call();
  } catch (...) {
    exception_context report;
    report.message = "Exception in callback";
    report.exception = std::current_exception();
    report.place = place_;
    loop_->call_exception_handler(report);
  }
  context_slot::exchange_current(outer);
  delete this;
}

void done_callback::drop() noexcept {
  const auto alive = intrusive_ptr<future_base>::adopt(state_);
  delete this;
}

}  // namespace ouro::inline v0::detail
