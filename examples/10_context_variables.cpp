// SPDX-License-Identifier: BSL-1.0
// A global that has another value in each task: the number of the request, for instance, which
// nobody wants to pass through every function.
//
// Shows: context_var, reset, copy_context. asyncio: contextvars.

#include "ouro/ouro.hpp"

#include <chrono>
#include <cstdio>
#include <string>
#include <utility>

using namespace std::chrono_literals;

ouro::context_var<std::string> request("request", "none");  // name and default

void log(const char* text) { std::printf("[%s] %s\n", request.get().c_str(), text); }

ouro::task<> look_up() {
  co_await ouro::sleep(10ms);
  log("looked up");  // an awaited coroutine runs in the context of its task
}

ouro::task<> handle(std::string name) {
  request.set(std::move(name));  // seen by this task, and by tasks that it makes from now on
  log("begin");
  co_await look_up();
  log("end");
}

ouro::task<> amain() {
  log("start");
  co_await ouro::gather(handle("a"), handle("b"));  // a copy of the context for each
  log("what the tasks have set is not seen here");

  auto before = request.set("c");
  // A callback runs in a copy of the context that it was registered in.
  ouro::get_running_loop().call_soon([] { log("callback"); });
  request.reset(std::move(before));
  log("reset");
  co_await ouro::sleep(0s);

  // A copy can be entered by hand, and keeps what is set in it.
  ouro::context copy = ouro::copy_context();
  copy.run([] { request.set("d"); });
  copy.run([] { log("in the copy"); });
  log("outside");
}

int main() { ouro::run(amain()); }
