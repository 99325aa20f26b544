// SPDX-License-Identifier: BSL-1.0
#include "ouro/base/errors.hpp"
#include "ouro/base/frame_pool.hpp"
#include "ouro/task/task_handle.hpp"

#include "tests/support/loop_test.hpp"

#include <dirent.h>

namespace test {
namespace {

virtual_clock* current_clock = nullptr;
std::vector<std::string> reports;

void collect(ouro::event_loop&, const ouro::exception_context& context) {
  std::string text(context.message);
  text += " | " + std::string(context.name);
  if (context.exception) text += " | " + ouro::detail::describe(context.exception);
  reports.push_back(text);
}

std::string names_of(const std::vector<ouro::task_handle<>>& tasks) {
  std::string names;
  for (const auto& task : tasks) names += task.get_name() + " ";
  return names;
}

void run_on_fresh_loop(ouro::task<> (*body)()) {
  virtual_clock clock;
  current_clock = &clock;
  ouro::event_loop loop({.clock = &clock});
  loop.set_exception_handler(&collect);
  loop.run_until_complete(body());
  CHECK(names_of(ouro::all_tasks(loop)) == "");
  CHECK(loop.pending_timers() == 0);
  CHECK(loop.pending_requests() == 0);
  loop.close();
  CHECK(take_reports() == std::vector<std::string>{});
}

}  // namespace

virtual_clock& clock() { return *current_clock; }

std::vector<std::string> take_reports() { return std::exchange(reports, {}); }

std::size_t open_fds() {
  DIR* directory = ::opendir("/proc/self/fd");
  std::size_t count = 0;
  while (::readdir(directory) != nullptr) ++count;
  ::closedir(directory);
  return count;
}

void run_case(ouro::task<> (*body)()) {
  reports.clear();
  const std::size_t fds = open_fds();
  const auto blocks = ouro::detail::frame_pool::live();
  run_on_fresh_loop(body);
  CHECK(open_fds() == fds);
  CHECK(ouro::detail::frame_pool::live() == blocks);
}

ouro::task<> settle(int turns) {
  while (turns-- > 0) co_await ouro::sleep(0s);
}

}  // namespace test
