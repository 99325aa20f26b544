// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/intrusive_list.hpp"
#include "ouro/loop/event_loop.hpp"
#include "ouro/stream/transport.hpp"

namespace ouro::inline v0::detail {

/// The transports of a loop that are not lost yet. It takes the memory back from those that wait
/// for something to receive and have waited for long.
class stream_registry final : public loop_extension, private timer_node {
 public:
  explicit stream_registry(event_loop& loop) noexcept : loop_(loop) {}
  ~stream_registry() override;

  static stream_registry& of(event_loop& loop) { return loop.extension<stream_registry>(); }

  void add(transport& added) noexcept { open_.push_back(added); }
  /// `gone` has left.
  void note_removed() noexcept;

  const sweep_state& sweep() const noexcept { return sweep_; }
  void start_sweep() noexcept;

 private:
  void on_close() noexcept override;
  void on_drained() noexcept override;
  void run() noexcept override;
  void drop() noexcept override {}
  std::string describe() const override { return "sweep over idle transports"; }

  event_loop& loop_;
  intrusive_list<transport> open_;
  sweep_state sweep_;
};

}  // namespace ouro::inline v0::detail
