// SPDX-License-Identifier: BSL-1.0
#include "ouro/testing/settle.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/io/socket.hpp"
#include "ouro/sync/event.hpp"

#include "tests/support/loop_test.hpp"

using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using ouro::testing::settle;

namespace {

ouro::task<> note_after_turns(int turns, std::string& log, char name) {
  co_await ouro::testing::run_turns(turns);
  log += name;
}

ouro::task<> settle_and_note(std::string& log, char name) {
  co_await settle();
  log += name;
}

ouro::task<> spin(const bool& stop) {
  while (!stop) co_await ouro::sleep(0s);
}

ouro::task<> echo_once(ouro::socket& peer) {
  char byte = 0;
  co_await peer.recv(std::as_writable_bytes(std::span(&byte, 1)));
  co_await peer.sendall(std::string_view(&byte, 1));
}

}  // namespace

OURO_TEST_CASE("settle: runs until everyone waits, however many turns it takes",
               "[testing][settle]") {
  std::string log;
  auto task = ouro::create_task(note_after_turns(300, log, 'a'));

  co_await settle();

  CHECK(log == "a");
}

OURO_TEST_CASE("settle: does not suspend if nothing is ready", "[testing][settle]") {
  std::string log;
  co_await settle();  // the requests of the loop itself

  bool called = false;
  co_await settle();
  ouro::get_running_loop().call_soon([&] { called = true; });
  CHECK_FALSE(called);
  co_await settle();
  CHECK(called);
}

OURO_TEST_CASE("settle: moves no time", "[testing][settle]") {
  const auto begin = ouro::testing::current_clock().now();
  auto sleeper = ouro::create_task(ouro::sleep(1s));

  co_await settle();

  CHECK_FALSE(sleeper.done());
  CHECK(ouro::testing::current_clock().now() == begin);
  co_await sleeper;
}

OURO_TEST_CASE("settle: hands out what the kernel has completed", "[testing][settle]") {
  auto [near_end, far_end] = ouro::socket_pair();
  auto echo = ouro::create_task(echo_once(far_end));
  char answer = 0;
  auto receive = ouro::create_task(near_end.recv(std::as_writable_bytes(std::span(&answer, 1))));
  co_await near_end.sendall(std::string_view("x"));

  co_await settle();

  CHECK(receive.done());
  CHECK(answer == 'x');
  CHECK(echo.done());
}

OURO_TEST_CASE("settle: tasks that settle at the same time do not wait for each other",
               "[testing][settle]") {
  std::string log;
  auto a = ouro::create_task(settle_and_note(log, 'a'));
  auto b = ouro::create_task(settle_and_note(log, 'b'));
  auto worker = ouro::create_task(note_after_turns(5, log, '.'));

  co_await a;
  co_await b;

  CHECK(log == ".ab");
}

OURO_TEST_CASE("settle: a task that never waits is an error that names it",
               "[testing][settle][error]") {
  bool stop = false;
  auto spinner = ouro::create_task(spin(stop), {.name = "spinner"});
  std::string text;
  try {
    co_await settle({.max_turns = 50});
  } catch (const ouro::usage_error& error) {
    text = error.what();
  }
  stop = true;
  co_await spinner;

  CHECK_THAT(text, Contains("after 50 turns"));
  CHECK_THAT(text, Contains("'spinner'"));
  CHECK_THAT(text, Contains("settle_test.cpp"));
}

OURO_TEST_CASE("settle: cancelled while it runs, it hands over to the next",
               "[testing][settle][cancel]") {
  bool stop = false;
  std::string log;
  auto spinner = ouro::create_task(spin(stop));
  auto first = ouro::create_task(settle_and_note(log, 'a'));
  auto second = ouro::create_task(settle_and_note(log, 'b'));
  auto third = ouro::create_task(settle_and_note(log, 'c'));
  co_await ouro::testing::run_turns(3);

  first.cancel();
  co_await ouro::testing::run_turns(1);
  second.cancel();
  co_await ouro::testing::run_turns(3);
  CHECK(log == "");
  stop = true;
  co_await third;

  CHECK(first.cancelled());
  CHECK(second.cancelled());
  CHECK(log == "c");
}

OURO_TEST_CASE("settle: cancelled before it starts, it runs nothing", "[testing][settle][cancel]") {
  std::string log;
  auto task = ouro::create_task(settle_and_note(log, 'a'));
  task.cancel();

  CHECK_THROWS_AS(co_await task, ouro::cancelled_error);
  CHECK(log == "");
}

OURO_TEST_CASE("settle: run_turns() gives exactly so many turns", "[testing][settle]") {
  std::string log;
  auto task = ouro::create_task(note_after_turns(3, log, 'a'));

  co_await ouro::testing::run_turns(3);
  CHECK(log == "");
  co_await ouro::testing::run_turns(1);
  CHECK(log == "a");
}
