// SPDX-License-Identifier: BSL-1.0
// Protocol factories that own something: each copy of it is destroyed exactly once.
#include "ouro/net/create_connection.hpp"
#include "ouro/net/create_server.hpp"
#include "ouro/net/datagram_endpoint.hpp"
#include "ouro/stream/connect_pipe.hpp"
#include "ouro/stream/protocol.hpp"
#include "ouro/task/create_task.hpp"

#include "tests/support/loop_test.hpp"

#include <array>
#include <fcntl.h>
#include <memory>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace {

/// Counts how many of its kind there have been, and how many have gone.
class counted {
 public:
  explicit counted(std::string text) : text_(std::move(text)) { ++made; }
  counted(const counted& other) : text_(other.text_) { ++made; }
  counted(counted&& other) noexcept : text_(std::move(other.text_)) { ++made; }
  counted& operator=(const counted&) = delete;
  counted& operator=(counted&&) = delete;
  ~counted() { ++destroyed; }

  const std::string& text() const noexcept { return text_; }

  static inline int made = 0;
  static inline int destroyed = 0;

 private:
  std::string text_;
};

/// Whether every object there has been is destroyed, and there was one.
bool all_destroyed_once() { return counted::made > 0 && counted::made == counted::destroyed; }

void start_counting() { counted::made = counted::destroyed = 0; }

/// Keeps what its factory owned, to show that it was whole.
struct named_protocol final : ouro::protocol {
  explicit named_protocol(std::string given) : name(std::move(given)) {}
  std::string name;
};

struct named_datagrams final : ouro::datagram_protocol {
  explicit named_datagrams(std::string given) : name(std::move(given)) {}
  std::string name;
};

constexpr const char* long_name = "a name that is too long to be kept without an allocation";

std::array<ouro::socket, 2> connected_pair() {
  std::array<int, 2> ends{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
  return {ouro::socket(ouro::unique_fd(ends[0])), ouro::socket(ouro::unique_fd(ends[1]))};
}

std::array<ouro::unique_fd, 2> pipe_ends() {
  std::array<int, 2> ends{};
  REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
  return {ouro::unique_fd(ends[0]), ouro::unique_fd(ends[1])};
}

/// Awaits what `start` gives for a factory with a name, in the expression of the await; gives the
/// name that the protocol was given.
template <class Protocol, class Start>
ouro::task<std::string> name_through(Start start) {
  const counted owned(long_name);
  auto factory = [owned] { return std::make_unique<Protocol>(owned.text()); };
  auto [transport, protocol] = co_await start(factory);
  std::string name = protocol->name;
  transport->abort();
  co_await ouro::testing::settle();
  co_return name;
}

}  // namespace

OURO_TEST_CASE("factory: create_connection() destroys what it owns once",
               "[compiler_quirks][net]") {
  auto serving = [] { return std::make_unique<ouro::protocol>(); };
  ouro::event_loop& loop = ouro::get_running_loop();
  auto server = co_await loop.create_server(serving, "127.0.0.1", 0);
  const int port = server.sockets()[0].local_endpoint().port();
  start_counting();

  auto starting = name_through<named_protocol>(
      [&](auto& factory) { return loop.create_connection(factory, "127.0.0.1", port); });
  const std::string name = co_await std::move(starting);
  server.close();
  server.close_clients();
  co_await server.wait_closed();

  CHECK(name == long_name);
  CHECK(all_destroyed_once());
}

OURO_TEST_CASE("factory: connect_accepted_socket() destroys what it owns once",
               "[compiler_quirks][net]") {
  auto ends = connected_pair();
  start_counting();

  auto starting = name_through<named_protocol>([&](auto& factory) {
    return ouro::get_running_loop().connect_accepted_socket(factory, std::move(ends[0]));
  });
  const std::string name = co_await std::move(starting);

  CHECK(name == long_name);
  CHECK(all_destroyed_once());
}

OURO_TEST_CASE("factory: create_datagram_endpoint() destroys what it owns once",
               "[compiler_quirks][net]") {
  start_counting();

  auto starting = name_through<named_datagrams>([&](auto& factory) {
    return ouro::get_running_loop().create_datagram_endpoint(
        factory, {.local_addr = ouro::endpoint("127.0.0.1", 0)});
  });
  const std::string name = co_await std::move(starting);

  CHECK(name == long_name);
  CHECK(all_destroyed_once());
}

OURO_TEST_CASE("factory: connect_read_pipe() destroys what it owns once",
               "[compiler_quirks][stream]") {
  auto ends = pipe_ends();
  start_counting();

  auto starting = name_through<named_protocol>([&](auto& factory) {
    return ouro::get_running_loop().connect_read_pipe(factory, std::move(ends[0]));
  });
  const std::string name = co_await std::move(starting);

  CHECK(name == long_name);
  CHECK(all_destroyed_once());
}

OURO_TEST_CASE("factory: connect_write_pipe() destroys what it owns once",
               "[compiler_quirks][stream]") {
  auto ends = pipe_ends();
  start_counting();

  auto starting = name_through<named_protocol>([&](auto& factory) {
    return ouro::get_running_loop().connect_write_pipe(factory, std::move(ends[1]));
  });
  const std::string name = co_await std::move(starting);

  CHECK(name == long_name);
  CHECK(all_destroyed_once());
}

OURO_TEST_CASE("factory: outlives its caller when what it is given to is awaited later",
               "[compiler_quirks][net]") {
  auto ends = connected_pair();
  start_counting();
  const auto start = [&ends] {
    const counted owned(long_name);
    auto factory = [owned] { return std::make_unique<named_protocol>(owned.text()); };
    return ouro::get_running_loop().connect_accepted_socket(factory, std::move(ends[0]));
  };

  auto starting = start();
  {
    auto [transport, protocol] = co_await std::move(starting);
    CHECK(protocol->name == long_name);
    transport->abort();
  }
  co_await ouro::testing::settle();

  CHECK(all_destroyed_once());
}

OURO_TEST_CASE("factory: is destroyed once if its task is cancelled before it starts",
               "[compiler_quirks][net][cancel]") {
  auto ends = connected_pair();
  start_counting();

  {
    const counted owned(long_name);
    auto factory = [owned] { return std::make_unique<named_protocol>(owned.text()); };
    auto starting = ouro::create_task(
        ouro::get_running_loop().connect_accepted_socket(factory, std::move(ends[0])));
    starting.cancel();
    CHECK_THROWS_AS(co_await starting, ouro::cancelled_error);
  }

  CHECK(all_destroyed_once());
}
