// SPDX-License-Identifier: BSL-1.0
// Waits for a C library that owns its descriptor: it wants to be told when there is something to
// read, and reads itself. Such are the clients of databases and message brokers.
//
// Shows: fd_watcher. asyncio: loop.add_reader().

#include "ouro/ouro.hpp"

#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <unistd.h>

using namespace std::chrono_literals;

// The library: an answer that comes in pieces and ends with a line feed.
struct connection {
  int fd;
  std::string answer;
};
int connection_socket(const connection* c) { return c->fd; }
bool connection_is_busy(const connection* c) { return !c->answer.ends_with('\n'); }
bool connection_consume_input(connection* c) {
  char piece[16];
  const ssize_t size = ::read(c->fd, piece, sizeof piece);
  if (size > 0) c->answer.append(piece, static_cast<std::size_t>(size));
  return size > 0;
}

// The request in the kernel exists only while it is awaited. The library must not close its
// descriptor meanwhile.
ouro::task<> wait_for_answer(connection* c) {
  ouro::fd_watcher watcher(connection_socket(c));
  while (connection_is_busy(c)) {
    co_await watcher.readable();
    if (!connection_consume_input(c)) throw std::runtime_error("connection lost");
    std::printf("so far %zu bytes\n", c->answer.size());
  }
}

ouro::task<> server(int fd) {
  for (std::string piece : {"forty", "-", "two\n"}) {
    co_await ouro::sleep(20ms);
    if (::write(fd, piece.data(), piece.size()) < 0) throw std::runtime_error("write");
  }
}

ouro::task<> amain() {
  auto [near_end, far_end] = ouro::socket_pair();
  connection c{near_end.fd(), ""};
  co_await ouro::gather(wait_for_answer(&c), server(far_end.fd()));
  std::printf("answer: %s", c.answer.c_str());
}

int main() { ouro::run(amain()); }
