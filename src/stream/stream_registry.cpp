// SPDX-License-Identifier: BSL-1.0
#include "stream_registry.hpp"

#include "ouro/stream/detail/block_pool.hpp"

namespace ouro::inline v0::detail {
namespace {

/// A receive that has pinned memory for one to two of these gives it back.
constexpr auto sweep_period = std::chrono::seconds(1);

}  // namespace

// Tasks and callbacks have gone by now, and so have requests but those that they may have made
// since.
stream_registry::~stream_registry() {
  loop_.io().drain();
  while (!open_.empty()) open_.front().loop_closed();
}

void stream_registry::on_close() noexcept {
  for (transport& each : open_) each.loop_closing();
}

void stream_registry::on_drained() noexcept {
  for (transport& each : open_) each.loop_drained();
}

void stream_registry::note_removed() noexcept {
  if (!open_.empty() || !scheduled()) return;
  loop_.cancel_timer(*this);
  sweep_.running = false;
}

void stream_registry::start_sweep() noexcept {
  if (queued()) return;  // it runs in this turn
  sweep_.running = true;
  loop_.schedule_timer(*this, loop_.time() + sweep_period);
}

void stream_registry::run() noexcept {
  sweep_.running = false;
  bool again = false;
  for (transport& each : open_) again = each.sweep() || again;
  again = block::trim() || again;
  ++sweep_.tick;
  if (again) start_sweep();
}

}  // namespace ouro::inline v0::detail
