// SPDX-License-Identifier: BSL-1.0
// One task at a time in each direction, and no closing under a request.
#include "ouro/base/log.hpp"
#include "ouro/io/listener.hpp"
#include "ouro/io/socket.hpp"

#include "tests/io/io_fixture.hpp"

#include <array>
#include <cerrno>
#include <optional>
#include <string>
#include <vector>

using namespace io_test;

namespace {

using buffer = std::array<std::byte, 64>;

std::string logged;  // by the sink below

struct log_capture {
  log_capture() {
    logged.clear();
    ouro::set_log_sink([](ouro::log_level, std::string_view text) { logged = text; });
  }
  ~log_capture() { ouro::set_log_sink(nullptr); }
};

}  // namespace

OURO_TEST_CASE("socket: a second recv() beside one in flight is a usage_error",
               "[io][socket][error]") {
  std::array<ouro::socket, 2> ends = ouro::socket_pair();
  buffer into;
  buffer other;
  auto first = ouro::create_task(outcome_of(ends[0].recv(into)));
  auto second = ouro::create_task(outcome_of(ends[0].recv(other)));
  const std::string second_outcome = co_await second;

  send_text(ends[1].fd(), "abc");
  const std::string first_outcome = co_await first;

  CHECK(second_outcome == "usage");
  CHECK(first_outcome == "3");
}

OURO_TEST_CASE("socket: a second send() beside one in flight is a usage_error",
               "[io][socket][error]") {
  std::array<ouro::socket, 2> ends = ouro::socket_pair();
  const std::string data(8 << 20, 'x');
  auto first = ouro::create_task(outcome_of(ends[0].sendall(data)));
  co_await test::settle();

  auto second = ouro::create_task(outcome_of(ends[0].send("y")));
  const std::string second_outcome = co_await second;
  auto third = ouro::create_task(outcome_of(ends[0].sendall("y")));
  const std::string third_outcome = co_await third;
  first.cancel();
  const std::string first_outcome = co_await first;

  CHECK(second_outcome == "usage");
  CHECK(third_outcome == "usage");
  CHECK(first_outcome == "cancelled");
  CHECK(left_in(ends[1].fd()).find('y') == std::string::npos);
}

OURO_TEST_CASE("socket: a sendall() is not interrupted between its requests",
               "[io][socket][error]") {
  std::array<ouro::socket, 2> ends = ouro::socket_pair();
  const std::string data(4 << 20, 'x');
  auto first = ouro::create_task(outcome_of(ends[0].sendall(data)));
  std::string taken;
  int refused = 0;
  while (taken.size() < data.size()) {
    co_await ouro::sleep(0s);
    taken += left_in(ends[1].fd());
    auto intruder = ouro::create_task(outcome_of(ends[0].send("y")));
    const std::string outcome = co_await intruder;
    refused += outcome == "usage" ? 1 : 0;
  }
  const std::string outcome = co_await first;

  CHECK(outcome == "done");
  CHECK(refused > 0);
  CHECK(taken.find('y') >= data.size());  // not before sendall() is done
}

OURO_TEST_CASE("socket: one task may send while another receives", "[io][socket]") {
  std::array<ouro::socket, 2> ends = ouro::socket_pair();
  buffer into;
  auto receiving = ouro::create_task(outcome_of(ends[0].recv(into)));
  co_await test::settle();

  co_await ends[0].sendall("out");
  send_text(ends[1].fd(), "in");
  const std::string outcome = co_await receiving;

  CHECK(outcome == "2");
  CHECK(left_in(ends[1].fd()) == "out");
}

OURO_TEST_CASE("socket: after a cancelled recv() the next one may begin", "[io][socket][cancel]") {
  std::array<ouro::socket, 2> ends = ouro::socket_pair();
  buffer into;
  auto first = ouro::create_task(outcome_of(ends[0].recv(into)));
  co_await test::settle();
  first.cancel();
  const std::string outcome = co_await first;

  send_text(ends[1].fd(), "x");
  const std::size_t count = co_await ends[0].recv(into);

  CHECK(outcome == "cancelled");
  CHECK(count == 1);
}

OURO_TEST_CASE("socket: close() and release() under a request are usage_errors",
               "[io][socket][error]") {
  std::array<ouro::socket, 2> ends = ouro::socket_pair();
  buffer into;
  auto receiving = ouro::create_task(outcome_of(ends[0].recv(into)));
  co_await test::settle();

  CHECK_THROWS_AS(ends[0].close(), ouro::usage_error);
  CHECK_THROWS_AS(static_cast<void>(ends[0].release()), ouro::usage_error);
  CHECK(ends[0].is_open());

  receiving.cancel();
  CHECK_THROWS_AS(ends[0].close(), ouro::usage_error);  // the kernel still has it
  static_cast<void>(co_await receiving);
  ends[0].close();
  CHECK(!ends[0].is_open());
}

OURO_TEST_CASE("socket: destroyed under a request, it says so and ends the wait",
               "[io][socket][error]") {
  const log_capture log;
  auto ends = std::make_optional(ouro::socket_pair());
  buffer into;
  auto receiving = ouro::create_task(outcome_of((*ends)[0].recv(into)));
  co_await test::settle();
  const int fd = (*ends)[0].fd();

  ends.reset();
  const ouro::unique_fd same_number = ouro::make_eventfd();
  const std::string outcome = co_await receiving;

  CHECK(outcome == "recv: " + std::to_string(ECANCELED));
  CHECK(logged.find("descriptor " + std::to_string(fd) + " was destroyed") != std::string::npos);
}

OURO_TEST_CASE(
    "socket: destroyed before the kernel has seen a request, nothing reaches the next "
    "file of that number",
    "[io][socket][error]") {
  const log_capture log;
  auto ends = std::make_optional(ouro::socket_pair());
  auto sending = ouro::create_task(outcome_of((*ends)[0].send("secret")));
  std::array<ouro::socket, 2> next;
  ouro::get_running_loop().call_soon([&] {
    ends.reset();
    next = ouro::socket_pair();  // takes the numbers over
  });

  const std::string outcome = co_await sending;

  CHECK(outcome == "send: " + std::to_string(ECANCELED));
  CHECK(left_in(next[0].fd()) == "");
  CHECK(left_in(next[1].fd()) == "");
  CHECK(logged != "");
}

OURO_TEST_CASE("socket: may be moved under a request", "[io][socket]") {
  std::array<ouro::socket, 2> ends = ouro::socket_pair();
  buffer into;
  auto receiving = ouro::create_task(outcome_of(ends[0].recv(into)));
  co_await test::settle();

  std::vector<ouro::socket> elsewhere;
  elsewhere.push_back(std::move(ends[0]));
  CHECK_THROWS_AS(elsewhere[0].close(), ouro::usage_error);
  send_text(ends[1].fd(), "abc");
  const std::string outcome = co_await receiving;
  elsewhere[0].close();

  CHECK(outcome == "3");
}

OURO_TEST_CASE("socket: assigning to one under a request destroys the old one",
               "[io][socket][error]") {
  const log_capture log;
  std::array<ouro::socket, 2> ends = ouro::socket_pair();
  std::array<ouro::socket, 2> others = ouro::socket_pair();
  buffer into;
  auto receiving = ouro::create_task(outcome_of(ends[0].recv(into)));
  co_await test::settle();

  ends[0] = std::move(others[0]);
  const std::string outcome = co_await receiving;

  CHECK(outcome == "recv: " + std::to_string(ECANCELED));
  CHECK(logged != "");
  CHECK(ends[0].is_open());
}

OURO_TEST_CASE("socket: a connect() that fails closes one that has been moved meanwhile",
               "[io][socket][error]") {
  ouro::listener full = ouro::listener::local(0, {.backlog = 0});
  std::vector<ouro::unique_fd> others;
  for (int i = 0; i < 4; ++i) others.push_back(start_connecting(full.local_endpoint()));
  ouro::socket near = ouro::socket::tcp();
  auto connecting = ouro::create_task(outcome_of(near.connect(full.local_endpoint())));
  co_await test::settle();

  ouro::socket elsewhere = std::move(near);
  connecting.cancel();
  const std::string outcome = co_await connecting;

  CHECK(outcome == "cancelled");
  CHECK(!elsewhere.is_open());
}
