// SPDX-License-Identifier: BSL-1.0
// What stands in the right column of docs/cheat-sheet.md.

// clang-format off: each piece stands here as it stands in the page.
#include <chrono>
#include <cstdio>
#include <exception>
#include <memory>
#include <optional>
#include <ouro/ouro.hpp>
#include <poll.h>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

// Defining and running

ouro::task<int> f(int x) { co_await ouro::sleep(1s); co_return x; }
ouro::task<std::string> g() { co_return "g"; }
ouro::task<> h() { co_return; }
ouro::task<int> amain() { co_return 0; }

void running() {
  ouro::run(amain());
  int v = ouro::run(amain(), {.debug = true});
  ouro::runner runner; v = runner.run(amain());
  ouro::event_loop loop;
  v = loop.run_until_complete(f(1));
  loop.run_forever(); loop.stop();
}

// Tasks

ouro::task<> tasks() {
  int v = co_await f(1);
  co_await ouro::sleep(1s);
  auto t = ouro::create_task(f(1), {.name = "t"});
  v = co_await t;
  if (t.cancel()) {}
  if (t.done()) v = t.result();
  std::string name = t.get_name();
  t.add_done_callback([](const ouro::task_handle<int>& task) { std::puts(task.get_name().c_str()); });
  auto me = ouro::current_task();
  for (auto& task : ouro::all_tasks()) task.cancel();
  auto e = ouro::create_task(f(1), {.eager_start = true});
}

ouro::task<> cancelled() {
  try {
    co_await f(1);
  } catch (const ouro::cancelled_error&) { throw; }
}

// Several at once

ouro::task<> several(std::vector<ouro::task<int>> coroutines, std::vector<ouro::task_handle<int>> ts) {
  auto [a, b] = co_await ouro::gather(f(1), g());
  std::vector<int> all = co_await ouro::gather(std::move(coroutines));
  auto results = co_await ouro::gather(ouro::return_exceptions, f(1), g());
  auto [done, pending] = co_await ouro::wait(ts, {.return_when = ouro::first_completed});
  auto completed = ouro::as_completed(ts);
  while (auto t = co_await completed.anext()) std::printf("%d\n", t->result());
  co_await ouro::task_group::run([&](ouro::task_group& group) -> ouro::task<> {
    group.create_task(f(1));
    co_return;
  });
  try {
    co_await h();
  } catch (const ouro::exception_group& group) {
    group.handle<std::runtime_error>([](const std::runtime_error& error) { std::puts(error.what()); });
  }
}

// Time

ouro::task<> time(ouro::time_point when, ouro::task_handle<int> t) {
  ouro::event_loop& loop = ouro::get_running_loop();
  int v = co_await ouro::wait_for(f(1), 2s);
  v = co_await ouro::wait_for(f(1), std::nullopt);
  co_await ouro::timeout(2s, [&]() -> ouro::task<> { co_await f(1); });
  co_await ouro::timeout_at(when, [&]() -> ouro::task<> { co_await f(1); });
  co_await ouro::timeout(2s, [&](ouro::timeout_scope& scope) -> ouro::task<> {
    scope.reschedule(loop.time() + 5s);
    co_await f(1);
  });
  v = co_await ouro::shield(t);
  try {
    co_await h();
  } catch (const ouro::timeout_error&) {
  }
  ouro::fail_after guard(2s);
}

// Callbacks, futures, threads

void callback() {}

ouro::task<> callbacks() {
  auto& loop = ouro::get_running_loop();
  loop.call_soon([] { callback(); });
  auto timer = loop.call_later(1s, callback);
  timer.cancel();
  loop.call_at(loop.time() + 1s, callback);
  loop.call_soon_threadsafe(callback);
  auto future = loop.create_future<int>();
  future.set_result(1);
  future.set_exception(std::runtime_error("no"));
  loop.set_exception_handler([](ouro::event_loop& l, const ouro::exception_context& context) { l.default_exception_handler(context); });
  co_return;
}

// Synchronisation, context, files and sockets

ouro::context_var<int> var("var", 0);

ouro::task<> rest(ouro::event& event, int fd, std::span<std::byte> buffer, std::string_view data) {
  event.set(); event.clear();
  co_await event.wait();
  ouro::queue<int> queue(10);
  co_await queue.put(1); queue.put_nowait(2);
  int item = co_await queue.get();
  queue.task_done(); co_await queue.join();
  queue.shutdown({.immediate = true});
  ouro::priority_queue<int> smallest_first;
  ouro::lifo_queue<int> newest_first;
  auto token = var.set(1); var.reset(std::move(token));
  int v = var.get();
  ouro::context context = ouro::copy_context();
  context.run(callback);
  co_await ouro::poll(fd, POLLIN);
  ouro::socket peer = ouro::socket::tcp();
  co_await peer.connect(ouro::endpoint("127.0.0.1", 80));
  std::size_t received = co_await peer.recv(buffer);
  co_await peer.sendall(data);
  auto listener = ouro::listener::local(8080);
  ouro::socket client = co_await listener.accept();
}

// Streams and servers

ouro::task<> handle(ouro::stream_reader, ouro::stream_writer) { co_return; }

ouro::task<> streams() {
  auto [reader, writer] = co_await ouro::open_connection("localhost", 80);
  std::string line = co_await reader.readline();
  while (auto next = co_await reader.anext()) line = *next;
  std::string data = co_await reader.read(4096);
  line = co_await reader.readuntil("\r\n\r\n");
  data = co_await reader.readexactly(10);
  writer.write(data); co_await writer.drain();
  co_await writer.write_all(data);
  writer.write_eof();
  writer.close(); co_await writer.wait_closed();
  auto& loop = ouro::get_running_loop();
  auto server = co_await ouro::start_server(handle, "", 8080);
  co_await server.serve_forever();
  server.close(); co_await server.wait_closed();
  auto other = co_await loop.create_server([] { return new ouro::protocol; }, "", 8081);
}
