// SPDX-License-Identifier: BSL-1.0
#include "ouro/ring/buffer_ring.hpp"

#include "ouro/base/system.hpp"
#include "ouro/base/unique_fd.hpp"
#include "ouro/ring/liburing.hpp"
#include "ouro/ring/operation.hpp"
#include "ouro/ring/ring.hpp"

#include "tests/support/catch.hpp"

#include <cerrno>
#include <string>
#include <sys/socket.h>
#include <system_error>

namespace {

/// Receives into whichever buffer the kernel takes.
class selecting_recv final : public ouro::operation {
 public:
  selecting_recv(int fd, const ouro::buffer_ring& buffers) : fd_(fd), buffers_(buffers) {}

  bool has_buffer() const { return (flags & IORING_CQE_F_BUFFER) != 0; }

  int result = 0;
  unsigned flags = 0;

 private:
  void prepare(io_uring_sqe& sqe) noexcept override {
    ::io_uring_prep_recv(&sqe, fd_, nullptr, 0, 0);
    sqe.flags |= IOSQE_BUFFER_SELECT;
    sqe.buf_group = buffers_.group();
  }
  void on_complete(int told, unsigned with) noexcept override {
    result = told;
    flags = with;
  }

  int fd_;
  const ouro::buffer_ring& buffers_;
};

void complete(ouro::ring& ring, selecting_recv& request) {
  ring.submit(request);
  while (request.in_flight()) {
    ring.enter(std::nullopt);
    ring.dispatch();
  }
}

void send_text(int fd, const std::string& text) {
  REQUIRE(::send(fd, text.data(), text.size(), 0) == static_cast<::ssize_t>(text.size()));
}

}  // namespace

TEST_CASE("buffer_ring: the kernel takes buffers until there are none, and again when given back",
          "[ring][buffer_ring]") {
  ouro::ring ring;
  ring.bind();
  ouro::buffer_ring buffers(ring, 2, 100);
  const auto ends = ouro::make_socket_pair(AF_UNIX, SOCK_DGRAM);
  for (const char* each : {"one", "two", "three"}) send_text(ends[0].get(), each);
  selecting_recv request(ends[1].get(), buffers);
  std::string texts;
  std::uint16_t last = 0;

  for (int i = 0; i < 2; ++i) {
    complete(ring, request);
    REQUIRE(request.has_buffer());
    buffers.taken();
    last = ouro::buffer_ring::index_of(request.flags);
    const auto data = buffers[last].first(static_cast<std::size_t>(request.result));
    texts.append(reinterpret_cast<const char*>(data.data()), data.size());
  }
  complete(ring, request);
  CHECK(request.result == -ENOBUFS);
  CHECK(buffers.available() == 0);
  buffers.give_back(last);
  complete(ring, request);

  CHECK(texts == "onetwo");
  CHECK(request.result == 5);
  CHECK(ouro::buffer_ring::index_of(request.flags) == last);
}

TEST_CASE("buffer_ring: several have groups of their own, which are free when they go",
          "[ring][buffer_ring]") {
  ouro::ring ring;
  ring.bind();
  std::uint16_t second_group = 0;

  const ouro::buffer_ring first(ring, 4, 64);
  {
    const ouro::buffer_ring second(ring, 4, 64);
    second_group = second.group();
  }
  const ouro::buffer_ring third(ring, 4, 64);

  CHECK(first.group() != second_group);
  CHECK(third.group() == second_group);
}

TEST_CASE("buffer_ring: says what the kernel refused", "[ring][buffer_ring][error]") {
  ouro::ring ring;
  ring.bind();

  CHECK_THROWS_AS(ouro::buffer_ring(ring, 3, 64), std::system_error);  // no power of two
}
