// SPDX-License-Identifier: BSL-1.0
#include "ouro/testing/cancel_everywhere.hpp"

#include "ouro/base/errors.hpp"

#include "cancel_session.hpp"

#include <iterator>

namespace ouro::inline v0::testing {
namespace {

constexpr std::size_t enough_problems = 50;

/// Runs `session` and takes what it has found.
void run(cancel_session& session, const cancel_options& options, cancel_report& report) {
  session.run(options);
  ++report.runs;
  std::vector<std::string> found = session.problems();
  report.problems.insert(report.problems.end(), std::make_move_iterator(found.begin()),
                         std::make_move_iterator(found.end()));
}

}  // namespace

byte_ledger& cancel_run::ledger(std::string_view name) {
  const auto found = ledgers_.find(name);
  return found != ledgers_.end() ? found->second : ledgers_[std::string(name)];
}

cancel_report cancel_everywhere(const unique_function<task<>(cancel_run&)>& scenario,
                                const cancel_options& options) {
  if (try_get_running_loop() != nullptr) {
    detail::throw_usage_error("cancel_everywhere() makes loops of its own: call it outside of one");
  }
  cancel_report report;
  cancel_session undisturbed(scenario, interruption::none, 0);
  run(undisturbed, options, report);
  report.suspensions = undisturbed.suspensions();
  if (!report.problems.empty()) return report;
  if (report.suspensions > options.longest_scenario) {
    report.problems.push_back("the scenario suspends " + std::to_string(report.suspensions) +
                              " times: make it shorter, or allow more by .longest_scenario");
    return report;
  }
  for (const interruption how :
       {interruption::at_once, interruption::in_kernel, interruption::resumed, interruption::twice,
        interruption::time_out, interruption::deadline}) {
    const int first = how == interruption::at_once ? 0 : 1;  // zero: before the first step
    for (int at = first; report.problems.size() < enough_problems; ++at) {
      cancel_session disturbed(scenario, how, at);
      run(disturbed, options, report);
      if (!disturbed.interrupted()) break;
    }
  }
  return report;
}

}  // namespace ouro::inline v0::testing
