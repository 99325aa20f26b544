// SPDX-License-Identifier: BSL-1.0
#include "ouro/task/detail/report.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/base/log.hpp"
#include "ouro/loop/event_loop.hpp"

#include <cstdio>
#include <string>

namespace ouro::inline v0::detail {

void report_loss(event_loop* loop, const exception_context& report) noexcept {
  if (event_loop::alive(loop)) {
    loop->call_exception_handler(report);
    return;
  }
  try {
    log(log_level::error, describe(report));
  } catch (...) {
    log(log_level::error, report.message);  // no memory for the details
  }
}

void report_never_awaited(const std::source_location& place) noexcept {
  const std::string text =
      "coroutine '" + std::string(function_name(place)) + "' was never awaited";
  exception_context report;
  report.message = text;
  report.name = function_name(place);
  report.place = place;
  report_loss(event_loop::running_here(), report);
}

void throw_timeout(const char* operation, const optional_duration& limit,
                   const std::source_location& place, const void* scope) {
  std::string text(operation);
  if (limit) {
    char seconds[48];
    std::snprintf(seconds, sizeof seconds, " (%.6gs)",
                  std::chrono::duration<double>(*limit).count());
    text += seconds;
  }
  throw timeout_error(text + " at " + describe(place) + " expired", scope);
}

}  // namespace ouro::inline v0::detail
