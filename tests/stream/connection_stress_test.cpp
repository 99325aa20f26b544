// SPDX-License-Identifier: BSL-1.0
// Many connections at once: in the smallest ring, under signals, and reset at every byte.
#include "ouro/stream/connection.hpp"
#include "ouro/task/run.hpp"

#include "tests/stream/stream_fixture.hpp"

#include <csignal>
#include <string>
#include <sys/time.h>
#include <vector>

namespace {

using namespace stream_test;

ouro::task<> echo(ouro::connection peer) {
  for (;;) {
    const std::string text = co_await peer.reader.read(5000);
    if (text.empty()) break;
    peer.writer.write(text);
    co_await peer.writer.drain();
  }
}

ouro::task<std::string> send_and_read(ouro::connection peer, std::string text) {
  auto writing = [](ouro::stream_writer& writer, const std::string& all) -> ouro::task<> {
    co_await writer.write_all(all);
    writer.write_eof();
  };
  auto sending = ouro::create_task(writing(peer.writer, text));
  const std::string back = co_await peer.reader.read();
  co_await sending;
  co_return back;
}

/// `count` conversations at the same time.
ouro::task<bool> converse(unsigned count, std::size_t size) {
  std::vector<ouro::task_handle<>> servers;
  std::vector<ouro::task_handle<std::string>> clients;
  for (unsigned i = 0; i < count; ++i) {
    auto pair = connect_both();
    servers.push_back(ouro::create_task(echo(std::move(pair.far))));
    clients.push_back(ouro::create_task(send_and_read(std::move(pair.near), pattern(size, i))));
  }
  bool good = true;
  for (unsigned i = 0; i < count; ++i) {
    const std::string back = co_await clients[i];
    good = good && back == pattern(size, i);
    co_await servers[i];
  }
  co_return good;
}

extern "C" void ignore_signal(int) {}

/// A signal each millisecond.
class interruptions {
 public:
  interruptions() {
    struct sigaction action {};
    action.sa_handler = &ignore_signal;
    REQUIRE(::sigaction(SIGALRM, &action, &before_) == 0);
    set(1000);
  }
  interruptions(const interruptions&) = delete;
  interruptions& operator=(const interruptions&) = delete;
  ~interruptions() {
    set(0);
    ::sigaction(SIGALRM, &before_, nullptr);
  }

 private:
  static void set(::suseconds_t period) {
    const ::itimerval every{{0, period}, {0, period}};
    static_cast<void>(::setitimer(ITIMER_REAL, &every, nullptr));
  }

  struct sigaction before_ {};
};

}  // namespace

TEST_CASE("connection: conversations need no more than a ring of eight entries",
          "[stream][connection]") {
  ouro::event_loop loop({.ring_entries = 8});
  const bool good = loop.run_until_complete(converse(50, 20000));
  loop.close();

  CHECK(good);
}

TEST_CASE("connection: conversations stand a signal every millisecond", "[stream][connection]") {
  const interruptions storm;
  ouro::event_loop loop;
  const bool good = loop.run_until_complete(converse(20, 300000));
  loop.close();

  CHECK(good);
}

OURO_TEST_CASE("connection: a reset at every byte of an exchange is an end or an error",
               "[stream][connection][error]") {
  const std::string text = pattern(4096);
  const ::linger at_once{1, 0};
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    auto [near, far] = connect_socket({.type = socket_pair_options::tcp});
    auto reading = ouro::create_task(outcome_of(near.reader.readexactly(4097)));
    if (cut != 0) send_text(far.fd(), text.substr(0, cut));
    if (cut % 2 == 0) co_await run_turns(3);
    REQUIRE(::setsockopt(far.fd(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0);
    far.close();
    const std::string outcome = co_await reading;
    if (outcome != "recv: " + std::to_string(ECONNRESET)) FAIL(cut << ": " << outcome);
  }
}
