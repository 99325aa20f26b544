// SPDX-License-Identifier: BSL-1.0
// compiles: what the others get wrong, done right; so their errors are the ones they are about.
#include <ouro/ouro.hpp>

#include <string>

using namespace std::chrono_literals;

ouro::task<int> work() { co_return 1; }

ouro::task<> right(ouro::event_loop& loop, std::string text) {
  co_await work();
  co_await ouro::sleep(1s);
  auto first = work();
  auto second = std::move(first);
  ouro::create_task(std::move(second));
  ouro::create_task(work);
  ouro::create_task([text]() -> ouro::task<> { co_return; });
  loop.call_soon([] {});
  co_await ouro::gather(work(), ouro::sleep(1s));
  co_await ouro::gather(ouro::return_exceptions, work());
  co_await ouro::wait_for(work(), 1s);
  co_await ouro::wait_for(ouro::sleep(1s), std::nullopt);
  co_await ouro::timeout(1s, work);
  co_await ouro::timeout(1s, [&]() -> ouro::task<> { co_return; });
  auto named = [text]() -> ouro::task<> { co_return; };
  co_await ouro::timeout(1s, named);
  auto serve = [text](ouro::stream_reader, ouro::stream_writer) -> ouro::task<> { co_return; };
  auto server = co_await ouro::start_server(serve, "127.0.0.1", 0);
  ouro::connection_handler moved = std::move(serve);
  server = co_await ouro::start_server(std::move(moved), "127.0.0.1", 0);
  auto make = [text] { return std::make_unique<ouro::protocol>(); };
  server = co_await loop.create_server(make, "127.0.0.1", 0);
  static_cast<void>(co_await loop.create_connection(make, "127.0.0.1", 7));
  co_await ouro::shield(work());
  static_cast<void>(co_await ouro::as_result(work()));
}
