// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/time.hpp"
#include "ouro/base/unique_function.hpp"
#include "ouro/task/task.hpp"
#include "ouro/testing/byte_ledger.hpp"
#include "ouro/testing/chaos.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace ouro::inline v0::testing {

/// One run of a scenario under cancel_everywhere(): what the scenario tells of itself.
class cancel_run {
 public:
  /// What goes in and what comes out of one stream of bytes. At the end of the run the two must be
  /// the same.
  byte_ledger& ledger(std::string_view name = "bytes");

  /// Awaits `check` once the scenario has ended, whichever way, on the same loop and undisturbed:
  /// to see what is left in a socket or a queue. What it uses must not be a local of the scenario.
  /// An exception from it is a problem.
  void at_end(unique_function<task<>()> check) { checks_.push_back(std::move(check)); }

  /// Notes a problem unless `holds`.
  void expect(bool holds, std::string_view what) {
    if (!holds) problems_.emplace_back(what);
  }

 private:
  friend class cancel_session;

  std::map<std::string, byte_ledger, std::less<>> ledgers_;
  std::vector<unique_function<task<>()>> checks_;
  std::vector<std::string> problems_;
};

struct cancel_options {
  /// A scenario that suspends more often than this is a problem.
  int longest_scenario = 1000;
  /// How long, in real time, the kernel may show nothing before a run counts as hung.
  duration patience = std::chrono::seconds(2);
  /// Puts the ready tasks of each turn in an order of this seed.
  std::optional<std::uint64_t> shake_seed = std::nullopt;
  /// Bends the kernel's answers in every run.
  const chaos_options* chaos = nullptr;
};
static_assert(std::is_trivially_destructible_v<cancel_options>);

struct cancel_report {
  /// How often the scenario suspends if nobody disturbs it.
  int suspensions = 0;
  /// How often it ran.
  int runs = 0;
  /// What went wrong: which run, and what.
  std::vector<std::string> problems;
};

/// Runs a scenario again and again, each time on a loop and a virtual clock of its own, and
/// interrupts it at its first suspension, then at its second, and so on to the last: by cancel() at
/// once, when its request has reached the kernel, when it is already to be resumed, and once more
/// during its clean-up; by timeout(); and by a deadline scope.
///
/// After each run nothing may be left: no task, timer, request, file descriptor or pooled frame,
/// and no report that nobody has seen. No task may have run while a request that it was waiting for
/// was in the kernel. The ledgers must be even. The scenario may return, be cancelled, or time out,
/// if the interruption was one; any other exception is a problem, and so is a run that hangs.
///
/// The scenario is a function that gives a task, and may take a cancel_run&. It must do the same
/// each time, and is kept until the last run has ended.
/// Errors: usage_error if a loop is running in this thread.
[[nodiscard]] cancel_report cancel_everywhere(const unique_function<task<>(cancel_run&)>& scenario,
                                              const cancel_options& options = {});

template <class Scenario>
  requires std::is_invocable_r_v<task<>, Scenario&, cancel_run&>
[[nodiscard]] cancel_report cancel_everywhere(Scenario scenario,
                                              const cancel_options& options = {}) {
  const unique_function<task<>(cancel_run&)> call(std::move(scenario));
  return cancel_everywhere(call, options);
}

template <class Scenario>
  requires std::is_invocable_r_v<task<>, Scenario&>
[[nodiscard]] cancel_report cancel_everywhere(Scenario scenario,
                                              const cancel_options& options = {}) {
  const unique_function<task<>(cancel_run&)> call(
      [scenario = std::move(scenario)](cancel_run&) mutable { return scenario(); });
  return cancel_everywhere(call, options);
}

}  // namespace ouro::inline v0::testing
