// SPDX-License-Identifier: BSL-1.0
#include "stress.hpp"

#include <algorithm>
#include <cstdlib>

namespace ouro::inline v0::testing {
namespace {

/// Zero if the variable is not set or no number.
unsigned long from_environment(const char* name) noexcept {
  const char* const text = std::getenv(name);
  return text == nullptr ? 0 : std::strtoul(text, nullptr, 10);
}

void set_timer(unsigned long milliseconds) noexcept {
  const ::timeval period{static_cast<std::time_t>(milliseconds / 1000),
                         static_cast<::suseconds_t>(milliseconds % 1000 * 1000)};
  const ::itimerval every{period, period};
  static_cast<void>(::setitimer(ITIMER_REAL, &every, nullptr));
}

extern "C" void ignore_stress_signal(int) {}

}  // namespace

event_loop_options loop_options_of_tests(time_source& clock) noexcept {
  event_loop_options options{.clock = &clock};
  const unsigned long wanted = from_environment("OURO_TEST_RING_ENTRIES");
  if (wanted == 0) return options;
  options.ring_entries = static_cast<unsigned>(std::min<unsigned long>(wanted, 4096));
  options.ring_cq_entries = options.ring_entries;
  return options;
}

stress_signals::stress_signals() noexcept {
  const unsigned long milliseconds = from_environment("OURO_TEST_SIGNAL_INTERVAL_MS");
  if (milliseconds == 0) return;
  struct sigaction action{};  // without SA_RESTART
  action.sa_handler = &ignore_stress_signal;
  if (::sigaction(SIGALRM, nullptr, &before_) != 0 || before_.sa_handler != SIG_DFL) return;
  running_ = ::sigaction(SIGALRM, &action, nullptr) == 0;
  if (running_) set_timer(milliseconds);
}

stress_signals::~stress_signals() {
  if (!running_) return;
  set_timer(0);
  static_cast<void>(::sigaction(SIGALRM, &before_, nullptr));
}

}  // namespace ouro::inline v0::testing
