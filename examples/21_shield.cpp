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

ouro::task<> write_record(const char* name, ouro::event& disk_is_ready) {
  try {
    co_await disk_is_ready.wait();
    std::printf("%s is written\n", name);
  } catch (const ouro::cancelled_error&) {
    std::printf("%s is lost\n", name);
    throw;
  }
}

// A request waits for its record, so who cancels the request cancels the record.
ouro::task<> careless(ouro::event& disk_is_ready) {
  co_await write_record("record 1", disk_is_ready);
}

// Here the record becomes a task, and the request waits for its shield.
ouro::task<> careful(ouro::event& disk_is_ready) {
  co_await ouro::shield(write_record("record 2", disk_is_ready));
}

ouro::task<> cancel(ouro::task_handle<> request) {
  co_await ouro::sleep(10ms);  // it starts
  request.cancel();
  const std::vector tasks{request};  // g++ 12 takes no braces within a co_await
  co_await ouro::wait(tasks);        // until the end, whatever it is
  std::printf("the request is %s\n", request.cancelled() ? "cancelled" : "done");
}

ouro::task<> amain() {
  ouro::event disk_is_ready;
  co_await cancel(ouro::create_task(careless(disk_is_ready)));
  co_await cancel(ouro::create_task(careful(disk_is_ready)));
  disk_is_ready.set();
  co_await ouro::sleep(0s);  // gives the record a turn, before run() cancels all that is left
}

int main() { ouro::run(amain()); }
