// SPDX-License-Identifier: BSL-1.0
#include "ouro/stream/detail/write_all_operation.hpp"

#include "ouro/base/errors.hpp"

#include <cerrno>
#include <system_error>

namespace ouro::inline v0::detail {

bool write_all_operation::await_ready() const {
  const ouro::transport& beneath = *core_->transport();
  if (beneath.eof_written() && !beneath.is_closing()) {
    throw_usage_error("Cannot call write_all() after write_eof()");
  }
  return rest().empty() || core_->lost() || beneath.is_closing();
}

// The connection is broken or closed at once. Whoever is told throws, so that nothing is lost
// without a word.
void write_all_operation::on_dropped() noexcept {
  outcome_ = outcome::dropped;
  wake();
}

void write_all_operation::on_returned() noexcept {
  if (!aborted_) return;
  core_->transport()->take_back(*this, true);
  outcome_ = outcome::returned;
  wake();
}

bool write_all_operation::abort(cancel_mode) noexcept {
  if (aborted_) return true;
  aborted_ = true;
  if (core_->transport()->take_back(*this, true)) {
    outcome_ = outcome::returned;
    wake();
  }
  return true;
}

// The loop closes; no request is in flight.
void write_all_operation::detach() noexcept {
  if (linked()) core_->transport()->forget(*this);
}

void write_all_operation::settle() {
  if (outcome_ == outcome::sent) {
    task()->keep_interruption();
    return;
  }
  if (outcome_ == outcome::returned) {
    task()->throw_if_interrupted();
    return;
  }
  if (outcome_ == outcome::not_begun) {
    if (task() != nullptr) task()->throw_if_interrupted();
    if (rest().empty()) return;
  }
  if (aborted_) task()->keep_interruption();
  core_->throw_if_broken();
  if (core_->transport()->error() != nullptr) {
    std::rethrow_exception(core_->transport()->error());
  }
  throw std::system_error(ECONNRESET, std::system_category(), "write_all: the stream is closed");
}

}  // namespace ouro::inline v0::detail
