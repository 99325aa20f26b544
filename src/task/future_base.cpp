// SPDX-License-Identifier: BSL-1.0
#include "ouro/task/detail/future_base.hpp"

#include "ouro/task/detail/report.hpp"
#include "ouro/task/future.hpp"

namespace ouro::inline v0::detail {

void future_base::discard_completions() noexcept {
  completions_.drain([](completion& entry) { entry.discard(); });
}

bool future_base::cancel(std::string_view message, cancel_mode) noexcept {
  if (done()) return false;
  if (!message.empty()) error_ = std::make_exception_ptr(cancelled_error(std::string(message)));
  complete(outcome::cancelled);
  return true;
}

void future_base::set_error(std::exception_ptr error) {
  check_pending();
  if (!error) throw_usage_error("set_exception() needs an exception, not a null exception_ptr");
  error_ = std::move(error);
  complete(outcome::error);
}

std::exception_ptr future_base::exception() {
  if (!done()) throw_invalid_state("Exception is not set.");
  if (cancelled()) throw_failure();
  retrieved_ = true;
  return error_;
}

std::exception_ptr future_base::failure() noexcept {
  retrieved_ = true;
  if (outcome_ == outcome::cancelled && !error_)
    error_ = std::make_exception_ptr(cancelled_error{});
  return error_;
}

void future_base::throw_failure() {
  retrieved_ = true;
  if (error_) std::rethrow_exception(error_);
  throw cancelled_error{};
}

std::size_t future_base::remove_completion(std::uint64_t token) noexcept {
  completion* entry = completions_.find(token);
  if (entry == nullptr) return 0;
  entry->unlink();
  entry->discard();
  return 1;
}

void future_base::check_not_elsewhere() const {
  if (event_loop::runs_elsewhere(loop_)) {
    throw_usage_error(
        "this future or task belongs to a loop that runs on another thread: use "
        "call_soon_threadsafe() from here");
  }
}

void future_base::last_reference_dropped() noexcept {
  if (outcome_ == outcome::error && !retrieved_) {
    references_ = 1;  // for the time of the report; a handler may keep a reference
    retrieved_ = true;
    report_never_retrieved();
    drop_reference();
    return;
  }
  delete this;
}

void future_base::report_never_retrieved() noexcept {
  const future<> self{intrusive_ptr<future_base>(this)};
  exception_context report;
  report.message = "Future exception was never retrieved";
  report.exception = error_;
  report.future = &self;
  report.place = place_;
  report_loss(loop_, report);
}

}  // namespace ouro::inline v0::detail
