// SPDX-License-Identifier: BSL-1.0
//
// A program, its own shared library and ouro are one process with one loop, one current task, one
// frame pool and one set of exception types, although the program hides its symbols.

#include "part.hpp"

#include <cstdio>
#include <cstdlib>

using namespace std::chrono_literals;

namespace {

void check(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::exit(1);
}

ouro::task<> amain() {
  shared_variable().set(5);
  const view seen = look();
  check(seen.loop == &ouro::get_running_loop(), "both see the same loop");
  check(seen.task == ouro::current_task().get_name(), "both see the same task");
  check(seen.live_blocks == ouro::detail::frame_pool::live(), "both use one frame pool");
  check(seen.variable == 5, "both see the same context");

  ouro::event go;
  auto waiting = ouro::create_task(waits_in_part(go));
  co_await ouro::sleep(1ms);
  go.set();
  check(co_await waiting == 7, "the program wakes a coroutine of the part");

  ouro::event never;
  auto cancelled = ouro::create_task(waits_in_part(never));
  co_await ouro::sleep(0s);
  cancelled.cancel();
  bool caught = false;
  try {
    co_await cancelled;
  } catch (const ouro::cancelled_error&) {
    caught = true;
  }
  check(caught && cancelled.cancelled(), "a cancellation is recognised on both sides");

  caught = false;
  try {
    co_await ouro::wait_for(fails_in_part(), 1s);
  } catch (const ouro::timeout_error& error) {
    caught = std::string(error.what()) == "from the part";
  }
  check(caught, "an exception of the part is caught by its type");
}

}  // namespace

int main() { ouro::run(amain()); }
