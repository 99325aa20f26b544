// SPDX-License-Identifier: BSL-1.0
#include "ouro/base/errors.hpp"
#include "ouro/base/system.hpp"
#include "ouro/base/unique_fd.hpp"
#include "ouro/ring/ring.hpp"

#include "tests/ring/child_process.hpp"
#include "tests/ring/operations.hpp"
#include "tests/support/catch.hpp"

#include <array>
#include <fcntl.h>
#include <memory>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace ring_test;

namespace {

/// Whether `body` throws a usage_error that says what a forked child may not do.
template <class Body>
bool is_refused(Body body) {
  try {
    body();
  } catch (const ouro::usage_error& error) {
    return std::string(error.what()).find("forked child") != std::string::npos;
  }
  return false;
}

/// A ring with a recv() in the kernel.
struct busy_ring {
  busy_ring() {
    ring->submit(receive);
    turn(*ring);
  }

  std::array<ouro::unique_fd, 2> sockets = ouro::make_socket_pair(AF_UNIX, SOCK_STREAM);
  recv_operation receive{sockets[0].get()};
  std::unique_ptr<bound_ring> ring = std::make_unique<bound_ring>();
};

}  // namespace

TEST_CASE("ring: a forked child may not use its parent's ring", "[ring][ring][error]") {
  busy_ring busy;
  ouro::ring& ring = *busy.ring;
  const int fd = ring.fd();

  const int code = in_child([&] {
    if (!is_refused([&] { ring.bind(); })) return 1;
    if (!is_refused([&] { ring.enter(ouro::duration::zero()); })) return 2;
    if (ring.fd() != -1 || ring.entries() != 0) return 3;
    if (::fcntl(fd, F_GETFD) != -1) return 4;
    return 0;
  });

  CHECK(code == 0);
  ring.drain();
}

TEST_CASE("ring: what a forked child asks of its parent's ring is ignored", "[ring][ring]") {
  busy_ring busy;
  ouro::ring& ring = *busy.ring;

  const int code = in_child([&] {
    nop_operation nop;
    ring.submit(nop);
    if (nop.in_flight()) return 1;
    ring.cancel(busy.receive);
    ring.cancel_all();
    if (ring.must_enter() || ring.has_completions() || ring.dispatch() != 0) return 2;
    return 0;
  });

  CHECK(code == 0);
  CHECK(busy.receive.in_flight());
  ring.drain();
}

TEST_CASE("ring: a forked child can destroy its parent's ring and operations", "[ring][ring]") {
  auto busy = std::make_unique<busy_ring>();

  const int code = in_child([&] {
    busy->ring.reset();
    if (busy->receive.in_flight() || !busy->receive.results.empty()) return 1;
    busy.reset();
    return 0;
  });

  CHECK(code == 0);
  REQUIRE(::send(busy->sockets[1].get(), "hello", 5, 0) == 5);
  run_all(*busy->ring);
  CHECK(busy->receive.ended_with(5));
}

TEST_CASE("ring: a forked child can make a ring of its own", "[ring][ring]") {
  bound_ring ring;

  const int code = in_child([] {
    bound_ring own;
    nop_operation nop;
    own.submit(nop);
    run_all(own);
    return nop.ended_with(0) ? 0 : 1;
  });

  CHECK(code == 0);
}

TEST_CASE("ring: the parent's ring works on after a fork", "[ring][ring]") {
  busy_ring busy;

  CHECK(in_child([] { return 0; }) == 0);
  REQUIRE(::send(busy.sockets[1].get(), "hello", 5, 0) == 5);
  run_all(*busy.ring);

  CHECK(busy.receive.ended_with(5));
}

TEST_CASE("ring: a forked child does not keep the parent's sockets open", "[ring][ring]") {
  busy_ring busy;
  int gate[2];
  REQUIRE(::pipe2(gate, O_CLOEXEC) == 0);
  const ::pid_t child = ::fork();
  if (child == 0) {  // lives on, with nothing of the parent's but what the ring might hold
    ::close(gate[1]);
    busy.sockets = {};
    char byte;
    ::_exit(static_cast<int>(::read(gate[0], &byte, 1)));
  }

  busy.ring.reset();
  busy.sockets[0].reset();
  pollfd peer{busy.sockets[1].get(), POLLIN, 0};
  const int ready = ::poll(&peer, 1, 10'000);
  char byte;
  const ::ssize_t received = ready == 1 ? ::recv(peer.fd, &byte, 1, 0) : -1;
  ::close(gate[0]);
  ::close(gate[1]);
  int status = -1;
  ::waitpid(child, &status, 0);

  CHECK(received == 0);
  CHECK(status == 0);
}
