// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/recvmsg.hpp"

#include "ouro/io/socket.hpp"

#include "tests/io/message_fixture.hpp"

#include <array>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string>
#include <vector>

using namespace io_test;

namespace {

const std::size_t room_for_two = ouro::ancillary_data::capacity_for_fds(2);

/// Receives descriptors and forgets them.
ouro::task<> receive_and_drop(ouro::socket& from) {
  std::array<std::byte, 8> into;
  const auto message = co_await from.recvmsg(into, {.ancillary_capacity = room_for_two});
  CHECK(message.size == 1);
}

}  // namespace

OURO_TEST_CASE("recvmsg: fills several buffers one after the other", "[io][recvmsg]") {
  const fd_pair ends = stream_pair();
  std::array<std::byte, 2> first;
  std::array<std::byte, 8> second;
  const std::array<ouro::mutable_buffer, 2> buffers{first, second};
  send_text(ends.far.get(), "abcde");

  const auto message = co_await ouro::recvmsg(ends.near.get(), buffers);

  CHECK(message.size == 5);
  CHECK(ouro::as_text(first) == "ab");
  CHECK(ouro::as_text(second).substr(0, 3) == "cde");
  CHECK(message.ancillary.empty());
}

OURO_TEST_CASE("recvmsg: takes more buffers than fit beside the request", "[io][recvmsg]") {
  const fd_pair ends = stream_pair();
  std::array<std::byte, 9> bytes;
  std::array<ouro::mutable_buffer, 9> buffers;
  for (std::size_t i = 0; i < 9; ++i) buffers[i] = ouro::mutable_buffer(bytes).subspan(8 - i, 1);
  send_text(ends.far.get(), "123456789");

  const auto message = co_await ouro::recvmsg(ends.near.get(), buffers);

  CHECK(message.size == 9);
  CHECK(ouro::as_text(bytes) == "987654321");
}

OURO_TEST_CASE("recvmsg: tells the sender, and what was cut off", "[io][recvmsg]") {
  ouro::socket near = ouro::socket::udp();
  near.bind(ouro::endpoint("127.0.0.1", 0));
  ouro::socket far = ouro::socket::udp();
  std::array<std::byte, 2> small;
  co_await far.sendto("long", near.local_endpoint());

  const auto message = co_await near.recvmsg(small);

  CHECK(message.size == 2);
  CHECK(message.truncated());
  CHECK(!message.ancillary_truncated());
  CHECK(message.sender.port() == far.local_endpoint().port());
}

OURO_TEST_CASE("recvmsg: flags reach the kernel: a peek takes nothing", "[io][recvmsg]") {
  const fd_pair ends = stream_pair();
  std::array<std::byte, 8> into;
  send_text(ends.far.get(), "kept");

  const auto message = co_await ouro::recvmsg(ends.near.get(), into, {.flags = MSG_PEEK});

  CHECK(message.size == 4);
  CHECK(left_in(ends.near.get()) == "kept");
}

OURO_TEST_CASE("recvmsg: gives descriptors that are closed on exec", "[io][recvmsg]") {
  auto ends = ouro::socket_pair();
  const fd_pair sent = pipe_pair();
  std::array<std::byte, 8> into;
  const int fds[] = {sent.near.get(), sent.far.get()};
  send_with_fds(ends[1].fd(), "x", fds);

  auto message = co_await ends[0].recvmsg(into, {.ancillary_capacity = room_for_two});
  const std::vector<ouro::unique_fd> received = message.ancillary.take_fds();

  CHECK(received.size() == 2);
  CHECK(same_file(received[0].get(), sent.near.get()));
  CHECK(same_file(received[1].get(), sent.far.get()));
  CHECK(closed_on_exec(received[0].get()));
  CHECK(message.ancillary.take_fds().empty());
  CHECK(message.ancillary.items().empty());
}

OURO_TEST_CASE("recvmsg: descriptors that nobody takes are closed", "[io][recvmsg]") {
  auto ends = ouro::socket_pair();
  const fd_pair sent = pipe_pair();
  const int fds[] = {sent.near.get(), sent.far.get()};
  send_with_fds(ends[1].fd(), "x", fds);
  const std::size_t before = test::open_fds();

  co_await receive_and_drop(ends[0]);

  CHECK(test::open_fds() == before);
}

OURO_TEST_CASE("recvmsg: descriptors without room are lost, and it says so", "[io][recvmsg]") {
  auto ends = ouro::socket_pair();
  const fd_pair sent = pipe_pair();
  std::array<std::byte, 8> into;
  const int fds[] = {sent.near.get()};
  send_with_fds(ends[1].fd(), "x", fds);
  const std::size_t before = test::open_fds();

  const auto message = co_await ends[0].recvmsg(into);

  CHECK(message.size == 1);
  CHECK(message.ancillary_truncated());
  CHECK(test::open_fds() == before);
}

OURO_TEST_CASE("recvmsg: gives other control messages as items", "[io][recvmsg]") {
  ouro::socket near = ouro::socket::udp();
  near.bind(ouro::endpoint("127.0.0.1", 0));
  near.set_option(IPPROTO_IP, IP_RECVTTL, 1);
  ouro::socket far = ouro::socket::udp();
  std::array<std::byte, 8> into;
  co_await far.sendto("x", near.local_endpoint());

  const auto message = co_await near.recvmsg(into, {.ancillary_capacity = 128});
  const auto items = message.ancillary.items();

  CHECK(items.size() == 1);
  CHECK(items.at(0).level == IPPROTO_IP);
  CHECK(items.at(0).type == IP_TTL);
  CHECK(items.at(0).data.size() == sizeof(int));
}

OURO_TEST_CASE("recvmsg: tells the size of datagrams that the kernel has joined", "[io][recvmsg]") {
  ouro::socket near = ouro::socket::udp();
  near.bind(ouro::endpoint("127.0.0.1", 0));
  near.set_option(IPPROTO_UDP, UDP_GRO, 1);
  ouro::socket far = ouro::socket::udp();
  far.set_option(IPPROTO_UDP, UDP_SEGMENT, 400);
  const std::size_t capacity = ouro::ancillary_data::capacity_for(sizeof(int));
  std::vector<std::byte> into(65'536);
  co_await far.sendto(std::string(1000, 'x'), near.local_endpoint());
  co_await far.sendto("y", near.local_endpoint());

  const auto joined = co_await near.recvmsg(into, {.ancillary_capacity = capacity});
  const auto single = co_await near.recvmsg(into, {.ancillary_capacity = capacity});

  CHECK(joined.size == 1000);
  CHECK(joined.ancillary.segment_size() == 400);
  CHECK(single.size == 1);
  CHECK(single.ancillary.segment_size() == 0);
}

OURO_TEST_CASE("recvmsg: suspends until there is a message", "[io][recvmsg]") {
  auto ends = ouro::socket_pair();
  std::array<std::byte, 8> into;
  auto receiving = ouro::create_task(outcome_of(ends[0].recvmsg(into)));
  co_await test::settle();
  CHECK(!receiving.done());

  send_text(ends[1].fd(), "late");
  const std::string outcome = co_await receiving;

  CHECK(outcome == "object");
  CHECK(ouro::as_text(into).substr(0, 4) == "late");
}

OURO_TEST_CASE("recvmsg: cancelled while it waits, it takes neither bytes nor descriptors",
               "[io][recvmsg][cancel]") {
  auto ends = ouro::socket_pair();
  const fd_pair sent = pipe_pair();
  std::array<std::byte, 8> into;
  auto receiving =
      ouro::create_task(outcome_of(ends[0].recvmsg(into, {.ancillary_capacity = room_for_two})));
  co_await test::settle();

  receiving.cancel();
  const int fds[] = {sent.near.get()};
  send_with_fds(ends[1].fd(), "x", fds);
  const std::string outcome = co_await receiving;
  auto message = co_await ends[0].recvmsg(into, {.ancillary_capacity = room_for_two});

  CHECK(outcome == "cancelled");
  CHECK(message.ancillary.take_fds().size() == 1);
}

OURO_TEST_CASE("recvmsg: cancelled before it starts, it takes nothing", "[io][recvmsg][cancel]") {
  auto ends = ouro::socket_pair();
  std::array<std::byte, 8> into;
  send_text(ends[1].fd(), "kept");

  auto receiving = ouro::create_task(outcome_if_cancelled_before(ends[0].recvmsg(into)));
  const std::string outcome = co_await receiving;

  CHECK(outcome == "cancelled");
  CHECK(left_in(ends[0].fd()) == "kept");
}

OURO_TEST_CASE("recvmsg: nothing_lost: cancelled after it has completed, it gives the message",
               "[io][recvmsg][cancel]") {
  auto ends = ouro::socket_pair();
  const fd_pair sent = pipe_pair();
  std::array<std::byte, 8> into;
  auto receiving =
      ouro::create_task(outcome_of(ends[0].recvmsg(into, {.ancillary_capacity = room_for_two})));
  co_await test::settle();

  const int fds[] = {sent.near.get()};
  send_with_fds(ends[1].fd(), "x", fds);
  co_await ouro::sleep(0s);  // the task is ready now, behind this one
  CHECK(pending_requests() == 0);
  receiving.cancel();
  const std::string outcome = co_await receiving;

  CHECK(outcome == "object, then cancelled");
}

TEST_CASE("recvmsg: descriptors that came for a destroyed coroutine are closed",
          "[io][recvmsg][cancel]") {
  const std::size_t before = test::open_fds();
  {
    auto ends = ouro::socket_pair();
    const fd_pair sent = pipe_pair();
    ouro::event_loop loop;
    loop.set_exception_handler([](ouro::event_loop&, const ouro::exception_context&) {});
    auto receiving = loop.create_task(receive_and_drop(ends[0]));
    const int fds[] = {sent.near.get(), sent.far.get()};
    send_with_fds(ends[1].fd(), "x", fds);
    loop.call_soon([&loop] { loop.call_soon([&loop] { loop.stop(); }); });
    loop.run_forever();  // the request ends in this turn or when the loop closes
    loop.close();
  }

  CHECK(test::open_fds() == before);
}

OURO_TEST_CASE("recvmsg: names the call and the errno if it fails", "[io][recvmsg][error]") {
  std::array<std::byte, 8> into;

  auto receiving = ouro::create_task(outcome_of(ouro::recvmsg(-1, into)));
  const std::string outcome = co_await receiving;

  CHECK(outcome == "recvmsg: " + std::to_string(EBADF));
}

OURO_TEST_CASE("recvmsg: beside another task's recv() it is a usage_error",
               "[io][recvmsg][error]") {
  auto ends = ouro::socket_pair();
  std::array<std::byte, 8> into;
  auto receiving = ouro::create_task(outcome_of(ends[0].recv(into)));
  co_await test::settle();

  auto second = ouro::create_task(outcome_of(ends[0].recvmsg(into)));
  const std::string refused = co_await second;
  receiving.cancel();
  const std::string outcome = co_await receiving;

  CHECK(refused == "usage");
  CHECK(outcome == "cancelled");
}
