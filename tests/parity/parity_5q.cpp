// SPDX-License-Identifier: BSL-1.0
//
// Queues, and a callback of a descriptor that fills one.
#include "ouro/io/fd_callback.hpp"
#include "ouro/io/socket.hpp"
#include "ouro/sync/lifo_queue.hpp"
#include "ouro/sync/queue.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/gather.hpp"
#include "ouro/task/run.hpp"
#include "ouro/task/sleep.hpp"
#include "ouro/task/wait.hpp"
#include "ouro/task/wait_for.hpp"

#include "tests/parity/parity.hpp"

#include <algorithm>
#include <chrono>
#include <span>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using parity::list_of;
using parity::print;

namespace {

// case: 215_cancel_queue_getter
namespace case_215 {

ouro::task<> get(int n, ouro::queue<std::string>& q) {
  try {
    const std::string item = co_await q.get();
    print("getter", n, "got", item);
  } catch (const ouro::cancelled_error&) {
    print("getter", n, "cancelled");
    throw;
  }
}

ouro::task<> amain() {
  ouro::queue<std::string> q;
  auto a = ouro::create_task(get(1, q));
  auto b = ouro::create_task(get(2, q));
  co_await ouro::sleep(0s);
  q.put_nowait("item");  // wakes getter 1 ...
  a.cancel();            // ... which is cancelled before it runs
  co_await ouro::wait(list_of(a));
  co_await ouro::wait(list_of(b), {.timeout = 50ms});
  print("left in queue", q.qsize());
  b.cancel();
  co_await ouro::wait(list_of(b));
}

const parity::entry entry("215_cancel_queue_getter", amain);

}  // namespace case_215

// case: 232_cancel_joined_queue_and_workers
namespace case_232 {

ouro::task<> worker(ouro::queue<int>& q, std::vector<int>& out) {
  for (;;) {
    const int x = co_await q.get();
    co_await ouro::sleep(0s);
    out.push_back(x * x);
    q.task_done();
  }
}

ouro::task<> amain() {
  ouro::queue<int> q;
  std::vector<int> out;
  for (int i = 0; i < 6; ++i) q.put_nowait(i);
  std::vector<ouro::task_handle<>> ws;
  for (int i = 0; i < 3; ++i) ws.push_back(ouro::create_task(worker(q, out)));
  co_await q.join();
  for (const auto& w : ws) w.cancel();
  const auto res = co_await ouro::gather(ouro::return_exceptions, ws);
  std::sort(out.begin(), out.end());
  print(out);
  print(parity::map_list(res, [](const auto& r) { return parity::py_name(r.exception()); }));
}

const parity::entry entry("232_cancel_joined_queue_and_workers", amain);

}  // namespace case_232

// case: 530_queue_fifo
namespace case_530 {

ouro::task<> amain() {
  ouro::queue<std::string> q(3);
  for (const char* x : {"a", "b", "c"}) co_await q.put(x);
  print(q.qsize(), q.empty(), q.full(), q.maxsize());
  const std::string first = co_await q.get();
  const std::string second = co_await q.get();
  const std::string third = co_await q.get();
  print(first, second, third);
  print(q.qsize(), q.empty(), q.full());
}

const parity::entry entry("530_queue_fifo", amain);

}  // namespace case_530

// case: 531_queue_maxsize_blocks
namespace case_531 {

ouro::task<> producer(ouro::queue<int>& q) {
  for (int i = 0; i < 4; ++i) {
    co_await q.put(i);
    print("put", i);
  }
}

ouro::task<> amain() {
  ouro::queue<int> q(2);
  auto p = ouro::create_task(producer(q));
  co_await ouro::sleep(10ms);
  print("full", q.full(), "producer done", p.done());
  for (int i = 0; i < 4; ++i) {
    const int item = co_await q.get();
    print("get", item);
    co_await ouro::sleep(5ms);
  }
  co_await p;
}

const parity::entry entry("531_queue_maxsize_blocks", amain);

}  // namespace case_531

// case: 532_queue_join
namespace case_532 {

ouro::task<> join(ouro::queue<int>& q) { co_await q.join(); }

ouro::task<> amain() {
  ouro::queue<int> q;
  for (int i = 0; i < 2; ++i) q.put_nowait(i);
  auto j = ouro::create_task(join(q));
  q.get_nowait();
  q.get_nowait();
  co_await ouro::sleep(0s);
  print("empty", q.empty(), "joined", j.done());
  q.task_done();
  co_await ouro::sleep(0s);
  print("joined", j.done());
  q.task_done();
  co_await j;
  print("joined", j.done());
  co_await q.join();
  print("join on idle queue returns");
}

const parity::entry entry("532_queue_join", amain);

}  // namespace case_532

// case: 533_task_done_too_often
namespace case_533 {

ouro::task<> amain() {
  ouro::queue<int> q;
  q.put_nowait(1);
  co_await q.get();
  q.task_done();
  const auto e = parity::error_of([&] { q.task_done(); });
  print(parity::py_name(e) + ":", e);
}

const parity::entry entry("533_task_done_too_often", amain);

}  // namespace case_533

// case: 534_queue_nowait
namespace case_534 {

ouro::task<> amain() {
  ouro::queue<int> q(1);
  try {
    q.get_nowait();
  } catch (const ouro::queue_empty&) {
    print("QueueEmpty");
  }
  q.put_nowait(1);
  try {
    q.put_nowait(2);
  } catch (const ouro::queue_full&) {
    print("QueueFull");
  }
  const int item = q.get_nowait();
  print(item, q.qsize());
  ouro::queue<int> big(0);
  for (int i = 0; i < 1000; ++i) big.put_nowait(i);
  print(big.full(), big.qsize());
  co_return;
}

const parity::entry entry("534_queue_nowait", amain);

}  // namespace case_534

// case: 536_lifo_queue
namespace case_536 {

ouro::task<std::string> get(ouro::lifo_queue<std::string>& q) { co_return co_await q.get(); }

ouro::task<> amain() {
  ouro::lifo_queue<std::string> q;
  auto g = ouro::create_task(get(q));
  co_await ouro::sleep(0s);
  co_await q.put("direct");
  const std::string direct = co_await g;
  print(direct);
  for (const char* x : {"1", "2", "3"}) co_await q.put(x);
  const std::string newest = co_await q.get();
  print(newest);
  co_await q.put("9");
  const std::string first = co_await q.get();
  const std::string second = co_await q.get();
  const std::string third = co_await q.get();
  print(first, second, third);
}

const parity::entry entry("536_lifo_queue", amain);

}  // namespace case_536

// case: 538_getters_fifo
namespace case_538 {

ouro::task<> get(int n, ouro::queue<std::string>& q) {
  const std::string item = co_await q.get();
  print("getter", n, "->", item);
}

ouro::task<> amain() {
  ouro::queue<std::string> q;
  std::vector<ouro::task_handle<>> ts;
  for (int i = 0; i < 3; ++i) ts.push_back(ouro::create_task(get(i, q)));
  co_await ouro::sleep(0s);
  for (const char* x : {"x", "y", "z"}) q.put_nowait(x);
  print("put all", q.qsize());
  co_await ouro::wait(ts);
}

const parity::entry entry("538_getters_fifo", amain);

}  // namespace case_538

// case: 539_queue_get_after_put_race
namespace case_539 {

ouro::task<> get(ouro::queue<int>& q) {
  const int item = co_await q.get();
  print("waiter got", item);
}

ouro::task<> amain() {
  ouro::queue<int> q;
  auto w = ouro::create_task(get(q));
  co_await ouro::sleep(0s);
  q.put_nowait(1);
  const int stolen = co_await q.get();
  print("main stole", stolen);
  co_await ouro::sleep(10ms);
  print("waiter still waiting", !w.done());
  q.put_nowait(2);
  co_await w;
}

const parity::entry entry("539_queue_get_after_put_race", amain);

}  // namespace case_539

// case: 541_queue_get_timeout_keeps_items
namespace case_541 {

ouro::task<> amain() {
  ouro::queue<std::string> q;
  for (int i = 0; i < 2; ++i) {
    try {
      co_await ouro::wait_for(q.get(), 10ms);
    } catch (const ouro::timeout_error&) {
      print("timeout");
    }
  }
  q.put_nowait("kept");
  const auto size = q.qsize();
  const std::string item = co_await ouro::wait_for(q.get(), 1s);
  print(size, item);
}

const parity::entry entry("541_queue_get_timeout_keeps_items", amain);

}  // namespace case_541

// case: 732_add_reader
namespace case_732 {

std::string recv(ouro::socket& from) {
  std::string text(100, '\0');
  text.resize(from.try_recv(std::as_writable_bytes(std::span(text))).value());
  return text;
}

ouro::task<> amain() {
  auto& loop = ouro::get_running_loop();
  auto [a, b] = ouro::socket_pair();
  ouro::socket& near = a;
  ouro::queue<std::string> q;
  loop.add_reader(near.fd(), [&q, &near] { q.put_nowait(recv(near)); });
  co_await b.sendall("one");
  const std::string one = co_await q.get();
  print(one);
  co_await b.sendall("two");
  const std::string two = co_await q.get();
  print(two);
  const bool was_there = loop.remove_reader(near.fd());
  print(was_there, loop.remove_reader(near.fd()));
  co_await b.sendall("three");
  co_await ouro::sleep(20ms);
  print("after removal", q.empty(), recv(near));
}

const parity::entry entry("732_add_reader", amain);

}  // namespace case_732

// case: 903_queue_shutdown
namespace case_903 {

ouro::task<> amain() {
  ouro::queue<std::string> q;
  q.put_nowait("a");
  q.put_nowait("b");
  q.shutdown();
  try {
    q.put_nowait("c");
  } catch (const ouro::queue_shut_down&) {
    print("put: QueueShutDown");
  }
  const std::string first = co_await q.get();
  const std::string second = co_await q.get();
  print(first, second);
  try {
    co_await q.get();
  } catch (const ouro::queue_shut_down&) {
    print("get: QueueShutDown");
  }
}

const parity::entry entry("903_queue_shutdown", amain);

}  // namespace case_903

// case: 905_queue_shutdown_immediate
namespace case_905 {

ouro::task<> join(ouro::queue<int>& q) { co_await q.join(); }

ouro::task<> amain() {
  ouro::queue<int> q;
  for (int i = 0; i < 3; ++i) q.put_nowait(i);
  auto j = ouro::create_task(join(q));
  co_await ouro::sleep(0s);
  print("joined", j.done());
  q.shutdown({.immediate = true});
  co_await j;
  print("joined", j.done(), "size", q.qsize());
  try {
    q.get_nowait();
  } catch (const ouro::queue_shut_down&) {
    print("QueueShutDown");
  }
}

const parity::entry entry("905_queue_shutdown_immediate", amain);

}  // namespace case_905

}  // namespace

int main(int argc, char** argv) { return parity::run_case(argc, argv); }
