// SPDX-License-Identifier: BSL-1.0
// A result that will be there later, given by a callback and awaited by tasks: how code that knows
// callbacks only is awaited.
//
// Shows: create_future, set_result, set_exception, add_done_callback. asyncio: loop.create_future()
// and Future.

#include "ouro/ouro.hpp"

#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>

using namespace std::chrono_literals;

// Both ends are the same object; copies share the result.
ouro::future<std::string> ask_oracle(bool in_the_mood) {
  ouro::event_loop& loop = ouro::get_running_loop();
  auto answer = loop.create_future<std::string>();
  loop.call_later(20ms, [answer, in_the_mood] {
    if (in_the_mood) {
      answer.set_result("forty-two");
    } else {
      answer.set_exception(std::runtime_error("not today"));
    }
  });
  return answer;
}

ouro::task<> listen(const char* name, ouro::future<std::string> answer) {
  const std::string& text = co_await answer;  // the value stays in the future
  std::printf("%s hears %s\n", name, text.c_str());
}

ouro::task<> amain() {
  auto answer = ask_oracle(true);
  answer.add_done_callback([](const ouro::future<std::string>& done) {
    std::printf("done: %s\n", done.result().c_str());
  });
  // A future can be awaited by any number of tasks, a coroutine (task<T>) by one, once.
  co_await ouro::gather(listen("Ann", answer), listen("Bob", answer));

  try {
    co_await ask_oracle(false);
  } catch (const std::runtime_error& error) {
    std::printf("refused: %s\n", error.what());
  }
}

int main() { ouro::run(amain()); }
