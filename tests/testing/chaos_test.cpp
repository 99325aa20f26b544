// SPDX-License-Identifier: BSL-1.0
#include "ouro/testing/chaos.hpp"

#include "ouro/io/read.hpp"
#include "ouro/io/socket.hpp"
#include "ouro/io/write.hpp"
#include "ouro/task/as_result.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/gather.hpp"
#include "ouro/task/wait_for.hpp"

#include "tests/support/loop_test.hpp"

#include <array>
#include <string>
#include <sys/socket.h>

namespace {

using namespace std::chrono_literals;
using ouro::testing::chaos;

ouro::task<> send_all(ouro::socket& to, std::string text) {
  co_await to.sendall(text);
  to.shutdown(ouro::shutdown_how::send);
}

ouro::task<std::string> receive_all(ouro::socket& from, int& calls) {
  std::string text;
  std::array<std::byte, 64> buffer;
  while (const std::size_t count = co_await from.recv(buffer)) {
    ++calls;
    text.append(reinterpret_cast<const char*>(buffer.data()), count);
  }
  co_return text;
}

ouro::task<int> nth_answer(ouro::socket& from, std::string& log, char name) {
  std::array<std::byte, 8> buffer;
  co_await from.recv(buffer);
  log += name;
  co_return 0;
}

}  // namespace

OURO_TEST_CASE("chaos: short transfers deliver every byte once and in order", "[testing][chaos]") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    chaos bent({.seed = seed, .delay = 0.3, .shorten = 0.9});
    auto [near_end, far_end] = ouro::socket_pair();
    std::string text(1000, 'x');
    for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>('a' + i % 26);
    int calls = 0;

    auto sending = ouro::create_task(send_all(near_end, text));
    const std::string received = co_await receive_all(far_end, calls);
    co_await sending;

    CHECK(received == text);
    CHECK(calls > 20);
    CHECK(bent.shortened() > 0);
  }
}

OURO_TEST_CASE("chaos: held answers come in a later turn, even if nothing else happens",
               "[testing][chaos]") {
  chaos bent({.seed = 1, .delay = 1, .longest_delay = 8, .shorten = 0});
  auto [near_end, far_end] = ouro::socket_pair();
  std::array<std::byte, 4> buffer;

  co_await near_end.send("ab");
  const std::size_t count = co_await far_end.recv(buffer);

  CHECK(count == 2);
  CHECK(bent.delayed() >= 2);
}

OURO_TEST_CASE("chaos: answers of one turn come in any order", "[testing][chaos]") {
  std::string orders;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    auto a = ouro::socket_pair();
    auto b = ouro::socket_pair();
    auto c = ouro::socket_pair();
    std::string log;
    chaos bent({.seed = seed, .delay = 0, .shorten = 0});
    auto first = ouro::create_task(nth_answer(a[0], log, 'a'));
    auto second = ouro::create_task(nth_answer(b[0], log, 'b'));
    auto third = ouro::create_task(nth_answer(c[0], log, 'c'));
    co_await test::settle();
    for (auto* pair : {&a, &b, &c}) CHECK(::send((*pair)[1].fd(), "x", 1, 0) == 1);
    co_await ouro::gather(first, second, third);
    CHECK(log.size() == 3);
    orders += log + " ";
  }
  INFO(orders);
  CHECK(orders.find("abc") != std::string::npos);
  CHECK(orders.find("cba") != std::string::npos);
}

OURO_TEST_CASE("chaos: a request that fails has done nothing", "[testing][chaos][error]") {
  auto [near_end, far_end] = ouro::socket_pair();
  co_await near_end.send("ab");
  std::array<std::byte, 4> buffer;
  const int refusal[] = {ENOBUFS};
  int code = 0;
  {
    chaos bent({.seed = 1, .delay = 0, .fail = 1, .errors = refusal});
    try {
      co_await far_end.recv(buffer);
    } catch (const std::system_error& error) {
      code = error.code().value();
    }
    CHECK(bent.failed() == 1);
  }
  const std::size_t count = co_await far_end.recv(buffer);

  CHECK(code == ENOBUFS);
  CHECK(count == 2);
}

OURO_TEST_CASE("chaos: a failing request that is cancelled is cancelled or fails",
               "[testing][chaos][cancel]") {
  auto [near_end, far_end] = ouro::socket_pair();
  std::string log;
  chaos bent({.seed = 1, .delay = 1, .longest_delay = 3, .fail = 1});
  auto waiting = ouro::create_task(nth_answer(near_end, log, 'a'));
  co_await ouro::sleep(0s);

  waiting.cancel();
  bool ended = false;
  try {
    co_await waiting;
  } catch (const ouro::cancelled_error&) {
    ended = true;
  } catch (const std::system_error&) {
    ended = true;
  }

  CHECK(ended);
  CHECK(log == "");
}

OURO_TEST_CASE("chaos: goes while its failures are still under way", "[testing][chaos]") {
  auto [near_end, far_end] = ouro::socket_pair();
  std::string log;
  auto waiting = ouro::task_handle<int>();
  {
    chaos bent({.seed = 1, .delay = 1, .fail = 1});
    waiting = ouro::create_task(nth_answer(near_end, log, 'a'));
    co_await ouro::sleep(0s);
  }

  CHECK_THROWS_AS(co_await waiting, std::system_error);
}

OURO_TEST_CASE("chaos: leaves the loop's own requests alone", "[testing][chaos]") {
  chaos bent({.seed = 1, .delay = 0.5, .shorten = 1, .fail = 1});
  bool called = false;
  ouro::get_running_loop().call_soon_threadsafe([&called] { called = true; });

  co_await test::run_turns(20);

  CHECK(called);
  CHECK(bent.failed() == 0);
}
