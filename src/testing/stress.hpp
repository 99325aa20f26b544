// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/loop/event_loop.hpp"

#include <csignal>
#include <sys/time.h>

namespace ouro::inline v0::testing {

/// The options of the loops of tests: with OURO_TEST_RING_ENTRIES in the environment, both queues
/// of their rings have that size.
event_loop_options loop_options_of_tests(time_source& clock) noexcept;

/// While it lives a signal comes every OURO_TEST_SIGNAL_INTERVAL_MS milliseconds, as the
/// environment says, and interrupts system calls; without that nothing happens. Not in a test that
/// has a handler of its own for SIGALRM.
class stress_signals {
 public:
  stress_signals() noexcept;
  stress_signals(const stress_signals&) = delete;
  stress_signals& operator=(const stress_signals&) = delete;
  ~stress_signals();

 private:
  bool running_ = false;
  struct sigaction before_{};  // valid while running_
};

}  // namespace ouro::inline v0::testing
