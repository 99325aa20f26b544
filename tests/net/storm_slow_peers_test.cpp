// SPDX-License-Identifier: BSL-1.0
// A thousand peers that are slow on purpose: what they cost is bounded.
#include "ouro/stream/detail/block_pool.hpp"

#include "tests/net/storm_fixture.hpp"

#include <algorithm>
#include <cstddef>
#include <sys/resource.h>
#include <vector>

using namespace storm_test;
using ouro::detail::block;

namespace {

constexpr std::size_t peers = 1'000;

/// As many descriptors as may be had, while it lives: both ends of every connection are in this
/// process.
struct many_fds {
  many_fds() {
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    ::rlimit most = before;
    most.rlim_cur = most.rlim_max;
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &most) == 0);
  }
  many_fds(const many_fds&) = delete;
  many_fds& operator=(const many_fds&) = delete;
  ~many_fds() { ::setrlimit(RLIMIT_NOFILE, &before); }

  bool enough() const {
    if (before.rlim_max >= 4 * peers) return true;
    WARN("skipped: the hard limit of open files is " << before.rlim_max);
    return false;
  }

  ::rlimit before{};
};

ouro::task<std::vector<ouro::unique_fd>> connect_all(const ouro::server& server) {
  std::vector<ouro::unique_fd> clients;
  for (std::size_t i = 0; i < peers; ++i) {
    clients.push_back(start_connecting(address_of(server)));
    make_small(clients.back().get(), SO_RCVBUF);
    if (i % 64 == 0) co_await test::settle();
  }
  co_await test::settle();
  co_return clients;
}

void send_to_all(const std::vector<ouro::unique_fd>& clients, const std::string& text) {
  for (const ouro::unique_fd& each : clients) send_text(each.get(), text);
}

/// What has become of the readers of lines.
struct line_readers {
  std::size_t lines = 0;
  std::size_t overruns = 0;

  ouro::task<> serve(stream_reader reader, stream_writer) {
    try {
      while (!(co_await reader.readline()).empty()) ++lines;
    } catch (const ouro::limit_overrun_error&) {
      ++overruns;
    }
  }
};

/// Writers that never stop by themselves, and what their transports hold.
struct endless_writers {
  std::vector<const ouro::transport*> transports;
  std::size_t ended = 0;

  static constexpr std::size_t one_write = 10'000;

  ouro::task<> serve(stream_reader, stream_writer writer) {
    make_small(writer.socket()->fd(), SO_SNDBUF);
    transports.push_back(&writer.transport());
    const std::string text = pattern(one_write, 1);
    try {
      for (;;) {
        writer.write(text);
        co_await writer.drain();
      }
    } catch (const std::system_error&) {
      ++ended;
    }
  }

  std::size_t most_buffered() const {
    std::size_t most = 0;
    for (const ouro::transport* each : transports) {
      most = std::max(most, each->get_write_buffer_size());
    }
    return most;
  }
};

}  // namespace

OURO_TEST_CASE("storm: a thousand idle readers hold no memory to receive into", "[net][storm]") {
  const many_fds files;
  if (!files.enough()) co_return;
  line_readers readers;
  const auto handle = [&](stream_reader reader, stream_writer writer) {
    return readers.serve(std::move(reader), std::move(writer));
  };
  auto server = co_await ouro::start_server(handle, "127.0.0.1", 0);
  const auto clients = co_await connect_all(server);
  [[maybe_unused]] const std::size_t while_active = block::used();

  co_await test::advance(3s);  // the sweep finds who is idle

#ifndef OURO_NO_FRAME_POOL
  CHECK(while_active - block::used() == peers * block::largest_kept);
#endif
  send_to_all(clients, "awake\n");
  co_await test::settle();
  CHECK(readers.lines == peers);
  co_await server.shutdown(0s);
}

OURO_TEST_CASE("storm: a thousand peers that send a byte now and then fill no more than the limit",
               "[net][storm]") {
  const many_fds files;
  if (!files.enough()) co_return;
  constexpr std::size_t limit = 16;
  line_readers readers;
  const auto handle = [&](stream_reader reader, stream_writer writer) {
    return readers.serve(std::move(reader), std::move(writer));
  };
  auto server = co_await ouro::start_server(handle, "127.0.0.1", 0, {.limit = limit});
  const auto clients = co_await connect_all(server);

  std::size_t patient = 0;
  for (std::size_t i = 0; i < limit; ++i) {
    send_to_all(clients, "x");
    co_await test::advance(10s);
    patient += readers.overruns == 0 ? 1 : 0;
  }
  send_to_all(clients, "x");
  co_await test::settle();

  CHECK(patient == limit);
  CHECK(readers.overruns == peers);
  CHECK(readers.lines == 0);
  co_await server.shutdown(0s);
}

OURO_TEST_CASE("storm: endless writers to a thousand deaf peers stop at the high mark",
               "[net][storm]") {
  const many_fds files;
  if (!files.enough()) co_return;
  endless_writers writers;
  const auto handle = [&](stream_reader reader, stream_writer writer) {
    return writers.serve(std::move(reader), std::move(writer));
  };
  const ouro::write_buffer_limits limits;
  auto server = co_await ouro::start_server(handle, "127.0.0.1", 0);
  auto clients = co_await connect_all(server);
  const std::size_t at_first = writers.most_buffered();

  for (const ouro::unique_fd& each : clients) {
    char byte = 0;
    REQUIRE(::recv(each.get(), &byte, 1, MSG_DONTWAIT) == 1);
  }
  co_await test::settle();
  const std::size_t after_a_byte = writers.most_buffered();
  const bool all_wait = writers.ended == 0 && writers.transports.size() == peers;
  clients.clear();
  co_await test::settle();

  CHECK(all_wait);
  CHECK(at_first > limits.high);
  CHECK(at_first <= limits.high + endless_writers::one_write);
  CHECK(after_a_byte <= limits.high + endless_writers::one_write);
  CHECK(writers.ended == peers);
  co_await server.shutdown(0s);
}
