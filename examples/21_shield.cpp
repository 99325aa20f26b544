// SPDX-License-Identifier: BSL-1.0
// Protects something that must come to its end, such as the writing of a record, from the
// cancellation of who waits for it.
//
// Shows: shield. asyncio: shield(). There the task must be held by somebody, here the loop owns it.

#include "ouro/ouro.hpp"

#include <chrono>
#include <cstdio>
#include <vector>

using namespace std::chrono_literals;

ouro::task<> write_record(const char* name, ouro::event& written) {
  try {
    co_await ouro::sleep(30ms);
    std::printf("%s is written\n", name);
    written.set();
  } catch (const ouro::cancelled_error&) {
    std::printf("%s is lost\n", name);
    throw;
  }
}

ouro::task<> careless(ouro::event& written) { co_await write_record("record 1", written); }

ouro::task<> careful(ouro::event& written) {
  co_await ouro::shield(write_record("record 2", written));
}

ouro::task<> cancel(ouro::task_handle<> request) {
  co_await ouro::sleep(5ms);
  request.cancel();
  const std::vector tasks{request};  // g++ 12 takes no braces within a co_await
  co_await ouro::wait(tasks);        // until the end, whatever it is
  std::printf("the request is %s\n", request.cancelled() ? "cancelled" : "done");
}

ouro::task<> amain() {
  ouro::event written;
  co_await cancel(ouro::create_task(careless(written)));
  co_await cancel(ouro::create_task(careful(written)));
  co_await written.wait();
}

int main() { ouro::run(amain()); }
