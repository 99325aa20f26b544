// SPDX-License-Identifier: BSL-1.0
// Cancellation across the border to code that knows std::stop_token and no coroutines.
//
// Shows: get_stop_token, cancel_on_stop. asyncio has no counterpart; Python has no std::stop_token.

#include "ouro/ouro.hpp"
#include "ouro/task/stop_token.hpp"  // not part of ouro.hpp: it brings threads

#include <chrono>
#include <cstdio>
#include <stop_token>
#include <vector>

using namespace std::chrono_literals;

ouro::task<> outwards() {
  // The token of the current task is requested when the task is cancelled.
  const std::stop_token token = ouro::get_stop_token();
  const std::stop_callback callback(token, [] { std::puts("old code is told to stop"); });
  co_await ouro::sleep(1h);
}

ouro::task<> inwards() { co_await ouro::sleep(1h); }

ouro::task<> ended(ouro::task_handle<> task) {
  const std::vector tasks{task};  // g++ 12 takes no braces within a co_await
  co_await ouro::wait(tasks);     // never throws what they throw
}

ouro::task<> amain() {
  auto out = ouro::create_task(outwards());
  co_await ouro::sleep(5ms);
  out.cancel();
  co_await ended(out);
  std::printf("outwards: %s\n", out.cancelled() ? "cancelled" : "done");

  // The object connects a token with a task, for as long as it lives. The source may be asked on
  // any thread.
  std::stop_source source;
  auto in = ouro::create_task(inwards());
  const ouro::cancel_on_stop connection(source.get_token(), in);
  co_await ouro::sleep(5ms);
  source.request_stop();
  co_await ended(in);
  std::printf("inwards: %s\n", in.cancelled() ? "cancelled" : "done");
}

int main() { ouro::run(amain()); }
