// SPDX-License-Identifier: BSL-1.0
#include "ouro/stream/sendfile.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/base/system.hpp"
#include "ouro/io/poll.hpp"
#include "ouro/io/read.hpp"
#include "ouro/io/socket.hpp"
#include "ouro/io/splice.hpp"
#include "ouro/stream/detail/block_pool.hpp"
#include "ouro/stream/detail/write_barrier.hpp"

#include <algorithm>
#include <cerrno>
#include <limits>
#include <poll.h>
#include <system_error>

namespace ouro::inline v0 {
namespace {

/// As asyncio.
constexpr std::size_t fallback_size = 262144;

/// What a pipe holds by default: more would not be moved at once.
constexpr std::size_t pipe_size = 65536;

/// The part of a file that is left to send.
struct file_part {
  file_part(int descriptor, const sendfile_options& options)
      : file(descriptor), offset(options.offset), left(options.count.value_or(everything)) {
    if (offset < 0) throw std::invalid_argument("sendfile: the offset cannot be negative");
  }
  void advance(std::size_t count) noexcept {
    offset += static_cast<std::int64_t>(count);
    left -= count;
    sent += count;
  }

  static constexpr std::size_t everything = std::numeric_limits<std::size_t>::max();

  int file;
  std::int64_t offset;
  std::size_t left;
  std::size_t sent = 0;
};

/// Splices the part to a socket. Returns false if the kernel cannot, for this file: then nothing
/// was sent.
task<bool> splice_all(file_part& part, int to) {
  const auto pipe = make_pipe();
  while (part.left != 0) {
    std::size_t moved = 0;
    bool possible = true;
    try {
      moved = co_await splice(part.file, pipe[1].get(), std::min(part.left, pipe_size),
                              {.from_offset = part.offset});
    } catch (const std::system_error& error) {
      if (error.code().value() != EINVAL || part.sent != 0) throw;
      possible = false;
    }
    if (!possible) co_return false;
    if (moved == 0) break;
    part.advance(moved);
    while (moved != 0) {
      // A splice to a full socket would keep a thread of the kernel waiting.
      co_await poll(to, POLLOUT);
      moved -= co_await splice(pipe[0].get(), to, moved);
    }
  }
  co_return true;
}

[[noreturn]] void throw_not_available() {
  throw sendfile_not_available_error(
      "the kernel cannot send this file over this transport by itself");
}

}  // namespace

task<std::size_t> sendfile(transport& over, int file, sendfile_options options) {
  if (over.is_closing()) detail::throw_usage_error("Transport is closing");
  file_part part(file, options);
  detail::write_barrier barrier{transport_ptr(&over)};
  co_await barrier.turn();
  if (socket* const to = over.socket(); to != nullptr) {
    bool done = false;
    try {
      done = co_await splice_all(part, to->fd());
    } catch (const std::system_error&) {
      barrier.check();  // says better what has happened if the transport was aborted
      throw;
    }
    if (done) co_return part.sent;
  }
  if (!options.fallback) throw_not_available();
  detail::block memory = detail::block::of(fallback_size);
  while (part.left != 0) {
    const mutable_buffer room(memory.data(), std::min(part.left, memory.size()));
    const std::size_t count = co_await read(file, room, part.offset);
    if (count == 0) break;
    barrier.write(room.first(count));
    part.advance(count);
    co_await barrier.turn();
  }
  co_return part.sent;
}

task<std::size_t> sock_sendfile(socket& over, int file, sendfile_options options) {
  file_part part(file, options);
  if (co_await splice_all(part, over.fd())) co_return part.sent;
  if (!options.fallback) throw_not_available();
  detail::block memory = detail::block::of(fallback_size);
  while (part.left != 0) {
    const mutable_buffer room(memory.data(), std::min(part.left, memory.size()));
    const std::size_t count = co_await read(file, room, part.offset);
    if (count == 0) break;
    co_await over.sendall(room.first(count));
    part.advance(count);
  }
  co_return part.sent;
}

// The members of event_loop

task<std::size_t> network_methods::sendfile(transport& over, int file) {
  return ouro::sendfile(over, file);
}
task<std::size_t> network_methods::sendfile(transport& over, int file,
                                            const sendfile_options& options) {
  return ouro::sendfile(over, file, options);
}
task<std::size_t> network_methods::sock_sendfile(socket& over, int file) {
  return ouro::sock_sendfile(over, file);
}
task<std::size_t> network_methods::sock_sendfile(socket& over, int file,
                                                 const sendfile_options& options) {
  return ouro::sock_sendfile(over, file, options);
}

}  // namespace ouro::inline v0
