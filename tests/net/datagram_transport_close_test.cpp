// SPDX-License-Identifier: BSL-1.0
#include "ouro/net/datagram_transport.hpp"
#include "ouro/task/run.hpp"

#include "tests/net/datagram_fixture.hpp"
#include "tests/support/catch.hpp"

#include <cerrno>
#include <memory>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace net_test;

namespace {

/// Collects the messages of an exception handler.
void collect_reports(std::string& into) {
  ouro::get_running_loop().set_exception_handler(
      [&into](ouro::event_loop&, const ouro::exception_context& context) {
        into += std::string(context.message) + ";";
      });
}

/// Does all that can be done to a transport, the last of it abort().
void use_up(ouro::datagram_transport& transport) {
  if (transport.peername()) transport.sendto("late");
  transport.set_write_buffer_limits({.high = 10});
  transport.close();
  transport.close();
  transport.abort();
  if (transport.peername()) transport.sendto("never");
}

/// A client and a server whose last callback was the one that `prepare` made it end in.
template <class Prepare>
ouro::task<std::string> log_of_ending(Prepare prepare) {
  const auto [server, answering] = co_await bound();
  answering->on_datagram = [](logging_protocol& self, std::string_view data) {
    self.transport->sendto(data, self.sender);
  };
  const auto [client, got] = co_await connected_to(*server->sockname());
  prepare(*got);
  client->sendto("one");
  client->sendto("two");
  auto waiting = until(*got, [&] { return got->log.ends_with("lost"); });
  co_await std::move(waiting);
  server->close();
  co_await ouro::testing::settle();
  co_return got->log;
}

}  // namespace

OURO_TEST_CASE("datagram_transport: close() leads to connection_lost() in the place of a callback",
               "[net][datagram_transport]") {
  const auto [transport, protocol] = co_await bound();
  ouro::event_loop& loop = ouro::get_running_loop();

  loop.call_soon([&] { protocol->note("before"); });
  transport->close();
  loop.call_soon([&] { protocol->note("after"); });
  CHECK(protocol->log == "made");
  CHECK(transport->is_closing());
  co_await ouro::sleep(0s);

  CHECK(protocol->log == "made before lost after");
}

OURO_TEST_CASE("datagram_transport: nothing is received after close()",
               "[net][datagram_transport]") {
  const auto [server, got] = co_await bound();
  const auto [client, unused] = co_await connected_to(*server->sockname());

  client->sendto("late");
  server->close();
  co_await until_log(*got, "made lost");
  co_await ouro::testing::settle();

  CHECK(got->log == "made lost");
  client->close();
}

// A ring with no room for all requests of a turn sends some before abort().
OURO_TEST_CASE("datagram_transport: abort() drops what has not been sent",
               "[net][datagram_transport][ring_size]") {
  const auto [server, got] = co_await bound();
  const auto [client, protocol] = co_await connected_to(*server->sockname());

  for (int i = 0; i < 100; ++i) client->sendto("dropped");
  client->abort();
  co_await until_log(*protocol, "made lost");
  co_await ouro::testing::settle();

  CHECK(got->received == 0);
  CHECK(client->get_write_buffer_size() == 0);
  server->close();
}

OURO_TEST_CASE("datagram_transport: may be used up in connection_made()",
               "[net][datagram_transport]") {
  const auto factory = [] {
    auto protocol = make_logging();
    protocol->on_made = [](logging_protocol& self) { use_up(*self.transport); };
    return protocol;
  };

  const auto [transport, protocol] = co_await ouro::create_datagram_endpoint(
      factory, {.remote_addr = ouro::endpoint("127.0.0.1", 9)});
  co_await until_log(*protocol, "made lost");

  CHECK(protocol->log == "made lost");
}

OURO_TEST_CASE("datagram_transport: may be used up in datagram_received()",
               "[net][datagram_transport]") {
  auto ending = log_of_ending([](logging_protocol& protocol) {
    protocol.on_datagram = [](logging_protocol& self, std::string_view) {
      use_up(*self.transport);
    };
  });
  const std::string log = co_await std::move(ending);

  CHECK(log == "made got:one lost");
}

OURO_TEST_CASE("datagram_transport: may be used up in error_received()",
               "[net][datagram_transport]") {
  auto ending = log_of_ending([](logging_protocol& protocol) {
    protocol.on_error = [](logging_protocol& self) { use_up(*self.transport); };
    protocol.on_datagram = [](logging_protocol& self, std::string_view data) {
      if (data == "two") self.transport->sendto(std::string(70'000, 'x'));
    };
  });
  const std::string log = co_await std::move(ending);

  CHECK(log == "made got:one got:two error:" + std::to_string(EMSGSIZE) + " lost");
}

OURO_TEST_CASE("datagram_transport: may be used up in connection_lost()",
               "[net][datagram_transport]") {
  auto ending = log_of_ending([](logging_protocol& protocol) {
    protocol.on_lost = [](logging_protocol& self) { use_up(*self.transport); };
    protocol.on_datagram = [](logging_protocol& self, std::string_view) {
      self.transport->close();
    };
  });
  const std::string log = co_await std::move(ending);

  CHECK(log == "made got:one lost");
}

OURO_TEST_CASE("datagram_transport: what callbacks throw is reported, and the endpoint goes on",
               "[net][datagram_transport][error]") {
  std::string reports;
  collect_reports(reports);
  const auto throwing = [](auto&&...) { throw std::runtime_error("thrown by a callback"); };
  const auto factory = [throwing] {
    auto protocol = make_logging();
    protocol->on_made = throwing;
    protocol->on_datagram = throwing;
    protocol->on_error = throwing;
    protocol->on_lost = throwing;
    return protocol;
  };
  const auto [server, receiving] = co_await bound();
  receiving->on_datagram = throwing;
  const auto [client, protocol] =
      co_await ouro::create_datagram_endpoint(factory, {.remote_addr = *server->sockname()});

  client->sendto("one");
  client->sendto("two");
  client->sendto(std::string(70'000, 'x'));
  co_await until_log(*receiving, "made got:one got:two");
  server->sendto("back", *client->sockname());
  auto waiting = until(*protocol, [&] { return protocol->log.ends_with("got:back"); });
  co_await std::move(waiting);
  client->close();
  server->close();
  co_await ouro::testing::settle();

  CHECK(protocol->log == "made error:" + std::to_string(EMSGSIZE) + " got:back lost");
  CHECK(reports ==
        "Exception in connection_made();Exception in error_received();"
        "Exception in datagram_received();Exception in datagram_received();"
        "Exception in datagram_received();Exception in connection_lost();");
}

OURO_TEST_CASE("datagram_transport: lives on when the user drops all of it",
               "[net][datagram_transport]") {
  std::string log;
  ouro::datagram_transport* kept = nullptr;
  {
    const auto [transport, protocol] = co_await bound();
    protocol->on_lost = [&log](logging_protocol& self) { log = self.log; };
    kept = transport.get();
  }
  const auto [client, unused] = co_await connected_to(*kept->sockname());
  client->sendto("still there");
  co_await ouro::testing::settle();

  kept->close();
  co_await ouro::testing::settle();

  CHECK(log == "made got:still there lost");
  client->close();
}

OURO_TEST_CASE("datagram_transport: a new endpoint of the same descriptor gets its own datagrams",
               "[net][datagram_transport]") {
  for (int i = 0; i < 50; ++i) {
    const auto [old, old_protocol] = co_await bound();
    const int fd = old->socket()->fd();
    old->close();
    co_await until_log(*old_protocol, "made lost");
    co_await ouro::testing::settle();

    const auto [fresh, fresh_protocol] = co_await bound();
    CHECK(fresh->socket()->fd() == fd);
    fresh->sendto("to myself", *fresh->sockname());
    co_await until_log(*fresh_protocol, "made got:to myself");

    CHECK(old_protocol->log == "made lost");
    CHECK(fresh_protocol->log == "made got:to myself");
    fresh->close();
    co_await ouro::testing::settle();
  }
}

namespace {

ouro::task<logging_endpoint> leave_endpoint(bool busy) {
  logging_endpoint made = co_await bound();
  const ouro::endpoint self = *made.transport->sockname();
  made.protocol->on_datagram = [self](logging_protocol& protocol, std::string_view data) {
    protocol.transport->sendto(data, self);
  };
  if (busy) {
    for (int i = 0; i < 300; ++i) made.transport->sendto("round and round", self);
    co_await ouro::sleep(2ms);
  }
  co_return made;
}

}  // namespace

TEST_CASE("datagram_transport: a loop that closes with live endpoints leaks nothing",
          "[net][datagram_transport]") {
  const bool busy = GENERATE(false, true);
  const std::size_t open_before = ouro::testing::open_fds();
  logging_endpoint made;
  {
    ouro::event_loop loop;
    made = loop.run_until_complete(leave_endpoint(busy));
    static_cast<void>(loop.run_until_complete(leave_endpoint(busy)));
    loop.close();
  }

  CHECK(ouro::testing::open_fds() == open_before);
  CHECK(made.transport->is_closing());
  CHECK(made.transport->socket() == nullptr);
  CHECK(made.protocol->log.starts_with("made"));
  CHECK(made.protocol->log.find("lost") == std::string::npos);
  made.transport->sendto("nobody hears", ouro::endpoint("127.0.0.1", 9));
  made.transport->set_write_buffer_limits({.high = 1});
  made.transport->close();
  made.transport->abort();
}

namespace {

ouro::task<> send_in_last_turn(ouro::datagram_transport& transport, int count) {
  for (int i = 0; i < count; ++i) transport.sendto("x");
  co_return;
}

ouro::task<logging_endpoint> over(ouro::socket& connected) {
  auto making = ouro::create_datagram_endpoint(make_logging, {.sock = &connected});
  co_return co_await std::move(making);
}

/// Sends `count` datagrams in the last turn of a loop that is closed behind that.
void send_and_close_loop(ouro::socket& connected, int count) {
  ouro::event_loop loop;
  const auto made = loop.run_until_complete(over(connected));
  loop.run_until_complete(send_in_last_turn(*made.transport, count));
  loop.close();
}

/// How many datagrams have come.
int count_arrived(const ouro::socket& receiver) {
  int arrived = 0;
  char byte = 0;
  while (::recv(receiver.fd(), &byte, 1, MSG_DONTWAIT) >= 0) ++arrived;
  return arrived;
}

}  // namespace

// In a small ring some are not with the kernel yet.
TEST_CASE("datagram_transport: what the kernel takes in the last turn of a loop is sent",
          "[net][datagram_transport][ring_size]") {
  ouro::socket receiver = ouro::socket::udp();
  receiver.bind(ouro::endpoint("127.0.0.1", 0));
  ouro::socket sender = ouro::socket::udp();
  REQUIRE(::connect(sender.fd(), &receiver.local_endpoint().native(),
                    static_cast<socklen_t>(receiver.local_endpoint().native_size())) == 0);

  send_and_close_loop(sender, 10);

  CHECK(count_arrived(receiver) == 10);
}

TEST_CASE("datagram_transport: a closing loop drops what the kernel has not taken",
          "[net][datagram_transport]") {
  auto ends = ouro::datagram_socket_pair();
  const std::size_t open_before = ouro::testing::open_fds();

  send_and_close_loop(ends[0], 5'000);
  const int arrived = count_arrived(ends[1]);

  CHECK(arrived > 0);
  CHECK(arrived < 5'000);
  CHECK(ouro::testing::open_fds() == open_before - 1);
}

TEST_CASE("datagram_transport: a forked child may destroy the endpoints of its parent",
          "[net][datagram_transport]") {
  auto loop = std::make_unique<ouro::event_loop>();
  logging_endpoint made = loop->run_until_complete(leave_endpoint(true));

  const ::pid_t child = ::fork();
  if (child == 0) {
    loop.reset();
    made.transport->close();
    ::_exit(made.transport->socket() == nullptr ? 0 : 1);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  loop->run_until_complete(ouro::sleep(1ms));

  CHECK(status == 0);
  CHECK(!made.transport->is_closing());
}

TEST_CASE("datagram_transport: may be used up by what a closing loop destroys",
          "[net][datagram_transport]") {
  struct user {
    ouro::detail::intrusive_ptr<ouro::datagram_transport> transport;
    ~user() {
      transport->sendto("from a destructor");
      transport->close();
    }
  };
  const auto wait_for_ever = [](ouro::datagram_transport& transport) -> ouro::task<> {
    const user last{ouro::detail::intrusive_ptr(&transport)};
    ouro::event never;
    co_await never.wait();
  };
  const std::size_t open_before = ouro::testing::open_fds();
  {
    ouro::event_loop loop;
    loop.set_exception_handler([](ouro::event_loop&, const ouro::exception_context&) {});
    const auto made = loop.run_until_complete(connected_to(ouro::endpoint("127.0.0.1", 9)));
    loop.create_task(wait_for_ever(*made.transport));
    loop.run_until_complete(ouro::sleep(1ms));
  }

  CHECK(ouro::testing::open_fds() == open_before);
}
