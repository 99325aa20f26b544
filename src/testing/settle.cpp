// SPDX-License-Identifier: BSL-1.0
#include "ouro/testing/settle.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/task/sleep.hpp"
#include "ouro/task/wait_list.hpp"

#include "describe_tasks.hpp"

#include <map>
#include <string>

namespace ouro::inline v0::testing {
namespace {

/// Tasks that settle on one loop at the same time: one looks whether anything is ready, the others
/// wait, because two that look would see each other.
struct settlers {
  bool looking = false;
  int count = 0;
  wait_list waiting;
};

/// Membership in the settlers of a loop.
class settler {
 public:
  explicit settler(event_loop& loop) : loop_(&loop), group_(groups()[&loop]) { ++group_.count; }
  settler(const settler&) = delete;
  settler& operator=(const settler&) = delete;
  ~settler() {
    if (looking_) group_.looking = false;
    if (!group_.looking) group_.waiting.wake_one();  // passes on what a cancelled settler was given
    if (--group_.count == 0) groups().erase(loop_);
  }

  bool must_wait() const noexcept { return group_.looking; }
  wait_list::awaiter wait() noexcept { return group_.waiting.wait(); }
  void look() noexcept { looking_ = group_.looking = true; }

 private:
  static std::map<event_loop*, settlers>& groups() {
    static thread_local std::map<event_loop*, settlers> groups;
    return groups;
  }

  event_loop* loop_;
  settlers& group_;
  bool looking_ = false;
};

[[noreturn]] void throw_busy(event_loop& loop, int turns) {
  throw usage_error("settle(): something is still ready after " + std::to_string(turns) +
                    " turns; ready are:" + describe_tasks(loop, which_tasks::ready));
}

}  // namespace

task<> settle(settle_options options) {
  event_loop& loop = get_running_loop();
  settler self(loop);
  while (self.must_wait()) co_await self.wait();
  self.look();
  for (int turns = 0; loop.has_ready(); ++turns) {
    if (turns >= options.max_turns) throw_busy(loop, turns);
    co_await sleep(duration::zero());
  }
}

task<> run_turns(int turns) {
  while (turns-- > 0) co_await sleep(duration::zero());
}

}  // namespace ouro::inline v0::testing
