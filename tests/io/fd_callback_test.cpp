// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/fd_callback.hpp"

#include "ouro/loop/context.hpp"

#include "tests/io/io_fixture.hpp"

#include <memory>
#include <string>
#include <sys/eventfd.h>

using namespace io_test;

namespace {

ouro::event_loop& loop() { return ouro::get_running_loop(); }

char take_byte(int fd) {
  char byte = '-';
  static_cast<void>(::recv(fd, &byte, 1, MSG_DONTWAIT));
  return byte;
}

ouro::context_var<int> variable("variable", 0);

}  // namespace

OURO_TEST_CASE("add_reader: calls in every turn while there is something to read",
               "[io][fd_callback]") {
  const fd_pair ends = stream_pair();
  const int fd = ends.near.get();
  std::string log;
  loop().add_reader(fd, [&] { log += take_byte(fd); });
  co_await test::run_turns(5);
  CHECK(log == "");

  send_text(ends.far.get(), "abc");
  co_await test::run_turns(2);  // the callback runs behind this task in each turn
  CHECK(log == "a");
  co_await ouro::sleep(0s);
  CHECK(log == "ab");
  co_await test::run_turns(5);

  CHECK(log == "abc");
  CHECK(loop().remove_reader(fd));
}

OURO_TEST_CASE("add_reader: calls again and again if nothing is taken", "[io][fd_callback]") {
  const fd_pair ends = stream_pair();
  int calls = 0;
  send_text(ends.far.get(), "x");
  loop().add_reader(ends.near.get(), [&] { ++calls; });

  co_await test::run_turns(11);  // the last turn has not come to it yet

  CHECK(calls == 10);
  CHECK(loop().remove_reader(ends.near.get()));
}

OURO_TEST_CASE("add_reader: does not call if somebody else has taken what came",
               "[io][fd_callback]") {
  const fd_pair ends = stream_pair();
  int calls = 0;
  loop().add_reader(ends.near.get(), [&] { ++calls; });
  co_await test::run_turns(5);

  send_text(ends.far.get(), "x");
  CHECK(take_byte(ends.near.get()) == 'x');
  co_await test::run_turns(5);
  CHECK(calls == 0);
  send_text(ends.far.get(), "y");
  co_await test::run_turns(2);

  CHECK(calls == 1);
  CHECK(loop().remove_reader(ends.near.get()));
}

OURO_TEST_CASE("add_reader: runs behind what was ready, before timers that are due",
               "[io][fd_callback]") {
  const fd_pair ends = stream_pair();
  std::string log;
  loop().call_later(1ms, [&] { log += "timer "; });
  loop().add_reader(ends.near.get(),
                    [&] { log += std::string("reader ") + take_byte(ends.near.get()) + " "; });
  send_text(ends.far.get(), "d");
  loop().call_soon([&] { log += "ready "; });
  test::current_clock().pass(2ms);

  co_await test::run_turns(5);

  CHECK(log == "ready reader d timer ");
  CHECK(loop().remove_reader(ends.near.get()));
}

OURO_TEST_CASE("remove_reader: ends the calls, and says whether there was one",
               "[io][fd_callback]") {
  const fd_pair ends = stream_pair();
  int calls = 0;
  CHECK(!loop().remove_reader(ends.near.get()));
  loop().add_reader(ends.near.get(), [&] { ++calls; });
  co_await test::run_turns(5);

  CHECK(loop().remove_reader(ends.near.get()));
  CHECK(!loop().remove_reader(ends.near.get()));
  CHECK(!loop().remove_writer(ends.near.get()));
  send_text(ends.far.get(), "x");
  co_await test::run_turns(5);

  CHECK(calls == 0);
  CHECK(pending_requests() == 0);
}

OURO_TEST_CASE("remove_reader: a call that is queued already does not come", "[io][fd_callback]") {
  const fd_pair ends = stream_pair();
  int calls = 0;
  bool removed = false;
  loop().add_reader(ends.near.get(), [&] { ++calls; });
  co_await test::run_turns(5);

  // This callback is queued in the turn before, and so ahead of the reader's.
  send_text(ends.far.get(), "x");
  loop().call_soon([&] { removed = loop().remove_reader(ends.near.get()); });
  co_await test::run_turns(5);

  CHECK(removed);
  CHECK(calls == 0);
}

OURO_TEST_CASE("remove_reader: destroys the callback at once, or when it has returned",
               "[io][fd_callback]") {
  const fd_pair ends = stream_pair();
  const int fd = ends.near.get();
  auto owner = std::make_shared<int>(7);
  const std::weak_ptr<int> alive = owner;
  loop().add_reader(fd, [owner = std::move(owner)] {});
  co_await test::run_turns(5);

  CHECK(loop().remove_reader(fd));
  CHECK(alive.expired());

  auto inner = std::make_shared<int>(8);
  const std::weak_ptr<int> inner_alive = inner;
  int seen = 0;
  send_text(ends.far.get(), "x");
  loop().add_reader(fd, [&seen, fd, inner = std::move(inner)] {
    ouro::get_running_loop().remove_reader(fd);
    seen = *inner;
  });
  co_await test::run_turns(5);
  CHECK(seen == 8);
  CHECK(inner_alive.expired());
}

OURO_TEST_CASE("add_reader: replaces the one that was there, whose queued call does not come",
               "[io][fd_callback]") {
  const fd_pair ends = stream_pair();
  const int fd = ends.near.get();
  std::string log;
  loop().add_reader(fd, [&] { log += "old "; });
  co_await test::run_turns(5);

  send_text(ends.far.get(), "x");
  loop().call_soon(
      [&] { loop().add_reader(fd, [&] { log += std::string("new ") + take_byte(fd); }); });
  co_await test::run_turns(5);

  CHECK(log == "new x");
  CHECK(loop().remove_reader(fd));
  CHECK(!loop().remove_reader(fd));
}

OURO_TEST_CASE("add_reader: may be replaced and removed inside its own call", "[io][fd_callback]") {
  const fd_pair ends = stream_pair();
  const int fd = ends.near.get();
  std::string log;
  send_text(ends.far.get(), "xyz");
  loop().add_reader(fd, [&log, fd] {
    log += '1';
    ouro::get_running_loop().add_reader(fd, [&log, fd] {
      log += '2';
      CHECK(ouro::get_running_loop().remove_reader(fd));
      CHECK(!ouro::get_running_loop().remove_reader(fd));
    });
  });

  co_await test::run_turns(5);

  CHECK(log == "12");
  CHECK(pending_requests() == 0);
}

OURO_TEST_CASE("add_writer: calls while there is room, beside a reader", "[io][fd_callback]") {
  const fd_pair ends = stream_pair();
  const int fd = ends.near.get();
  std::string log;
  fill(fd);
  loop().add_writer(fd, [&] {
    log += 'w';
    ouro::get_running_loop().remove_writer(fd);
  });
  loop().add_reader(fd, [&] { log += take_byte(fd); });
  co_await test::run_turns(5);
  CHECK(log == "");

  send_text(ends.far.get(), "r");
  co_await test::run_turns(5);
  CHECK(log == "r");
  static_cast<void>(left_in(ends.far.get()));
  co_await test::run_turns(5);

  CHECK(log == "rw");
  CHECK(loop().remove_reader(fd));
  CHECK(!loop().remove_writer(fd));
}

OURO_TEST_CASE("add_reader: the peer's end calls reader and writer", "[io][fd_callback]") {
  fd_pair ends = stream_pair();
  const int fd = ends.near.get();
  std::string log;
  fill(fd);
  ends.far.reset();

  loop().add_reader(fd, [&] {
    log += 'r';
    ouro::get_running_loop().remove_reader(fd);
  });
  loop().add_writer(fd, [&] {
    log += 'w';
    ouro::get_running_loop().remove_writer(fd);
  });
  co_await test::run_turns(5);

  CHECK(log == "rw");
}

OURO_TEST_CASE("add_reader: runs in one context, a copy of that of the caller",
               "[io][fd_callback]") {
  const fd_pair ends = stream_pair();
  const int fd = ends.near.get();
  std::string log;
  send_text(ends.far.get(), "xyz");
  variable.set(1);
  loop().add_reader(fd, [&log, fd] {
    log += std::to_string(variable.get());
    variable.set(variable.get() + 1);
    take_byte(fd);
  });
  variable.set(9);

  co_await test::run_turns(5);

  CHECK(log == "123");
  CHECK(variable.get() == 9);
  CHECK(loop().remove_reader(fd));
}

OURO_TEST_CASE("add_reader: runs in the context that it is given", "[io][fd_callback]") {
  const fd_pair ends = stream_pair();
  const int fd = ends.near.get();
  ouro::context context;
  context.run([] { variable.set(5); });
  int seen = 0;
  send_text(ends.far.get(), "x");

  loop().add_reader(fd,
                    [&seen, fd] {
                      seen = variable.get();
                      ouro::get_running_loop().remove_reader(fd);
                    },
                    {.context = &context});
  co_await test::run_turns(5);

  CHECK(seen == 5);
}

OURO_TEST_CASE("add_reader: knows an eventfd", "[io][fd_callback]") {
  const ouro::unique_fd fd(::eventfd(0, EFD_CLOEXEC));
  int calls = 0;
  loop().add_reader(fd.get(), [&] {
    ++calls;
    ::eventfd_t count = 0;
    ::eventfd_read(fd.get(), &count);
  });
  co_await test::run_turns(5);
  CHECK(calls == 0);

  ::eventfd_write(fd.get(), 3);
  co_await test::run_turns(5);

  CHECK(calls == 1);
  CHECK(loop().remove_reader(fd.get()));
}

OURO_TEST_CASE("add_reader: many come and go without leaving anything behind",
               "[io][fd_callback]") {
  int calls = 0;
  for (int round = 0; round < 300; ++round) {
    const fd_pair ends = stream_pair();
    loop().add_reader(ends.near.get(), [&] { ++calls; });
    loop().add_writer(ends.near.get(), [] {});
    send_text(ends.far.get(), "x");
    co_await test::run_turns(2);
    CHECK(loop().remove_reader(ends.near.get()));
    CHECK(loop().remove_writer(ends.near.get()));
  }
  co_await test::run_turns(5);

  CHECK(calls == 300);
  CHECK(pending_requests() == 0);
}
