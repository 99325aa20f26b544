// SPDX-License-Identifier: BSL-1.0
#include "ouro/base/system.hpp"
#include "ouro/ring/ring.hpp"

#include "tests/ring/operations.hpp"
#include "tests/support/catch.hpp"

#include <cerrno>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace {

using namespace ring_test;

/// Sends what `text` is when the request is made, or made anew.
class send_operation final : public recorded_operation {
 public:
  explicit send_operation(int fd) : fd_(fd) {}

  std::string_view text;

 private:
  void prepare(io_uring_sqe& sqe) noexcept override {
    io_uring_prep_send(&sqe, fd_, text.data(), text.size(), MSG_NOSIGNAL);
  }

  int fd_;
};

std::string received(int fd) {
  char buffer[100];
  const ::ssize_t count = ::recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
  return std::string(buffer, count > 0 ? static_cast<std::size_t>(count) : 0);
}

}  // namespace

TEST_CASE("ring: amend() changes a request that the kernel has not seen", "[ring][ring][amend]") {
  bound_ring ring;
  auto ends = ouro::make_socket_pair(AF_UNIX, SOCK_STREAM);
  send_operation send(ends[0].get());
  send.text = "one";
  ring.submit(send);
  send.text = "one and two";

  const bool in_time = ring.amend(send);
  run_all(ring);

  CHECK(in_time);
  CHECK(send.ended_with(11));
  CHECK(received(ends[1].get()) == "one and two");
}

TEST_CASE("ring: amend() comes too late once the kernel has the request", "[ring][ring][amend]") {
  bound_ring ring;
  auto ends = ouro::make_socket_pair(AF_UNIX, SOCK_STREAM);
  send_operation send(ends[0].get());
  send.text = "one";
  ring.submit(send);
  ring.enter(ouro::duration::zero());
  send.text = "one and two";

  CHECK_FALSE(ring.amend(send));

  run_all(ring);
  CHECK(received(ends[1].get()) == "one");
}

TEST_CASE("ring: amend() reaches a request that waits for room in the queue",
          "[ring][ring][amend]") {
  bound_ring ring({.entries = 8, .cq_entries = 8});
  auto ends = ouro::make_socket_pair(AF_UNIX, SOCK_STREAM);
  std::vector<nop_operation> nops(40);
  for (nop_operation& each : nops) ring.submit(each);
  send_operation send(ends[0].get());
  send.text = "one";
  ring.submit(send);
  send.text = "one and two";

  const bool in_time = ring.amend(send);
  run_all(ring);

  CHECK(received(ends[1].get()) == (in_time ? "one and two" : "one"));
  CHECK(send.results.size() == 1);
}

TEST_CASE("ring: a request that was amended and then cancelled is never seen by the kernel",
          "[ring][ring][amend][cancel]") {
  bound_ring ring;
  auto ends = ouro::make_socket_pair(AF_UNIX, SOCK_STREAM);
  send_operation send(ends[0].get());
  send.text = "one";
  ring.submit(send);
  ring.amend(send);

  ring.cancel(send);
  run_all(ring);

  CHECK(send.ended_with(-ECANCELED));
  CHECK(received(ends[1].get()) == "");
}
