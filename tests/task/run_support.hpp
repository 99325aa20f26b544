// SPDX-License-Identifier: BSL-1.0
// For tests that call run() themselves: loops with a virtual clock whose reports are kept.
#pragma once

#include "ouro/base/errors.hpp"
#include "ouro/loop/event_loop.hpp"
#include "ouro/testing/virtual_clock.hpp"


#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace run_test {

inline std::vector<std::string> reports;
inline int loops_made = 0;

/// What the loops have reported since the last call, as "message | name | exception".
inline std::vector<std::string> take_reports() { return std::exchange(reports, {}); }

inline void keep(ouro::event_loop&, const ouro::exception_context& context) {
  std::string text = std::string(context.message) + " | " + std::string(context.name);
  if (context.exception) text += " | " + ouro::detail::describe(context.exception);
  reports.push_back(std::move(text));
}

/// A loop_factory.
inline std::unique_ptr<ouro::event_loop> virtual_loop() {
  static ouro::testing::virtual_clock clock;
  ++loops_made;
  auto loop = ouro::new_event_loop({.clock = &clock});
  loop->set_exception_handler(&keep);
  return loop;
}

}  // namespace run_test
