// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "system.hpp"

#include <cstddef>
#include <cstdio>
#include <exception>
#include <string>
#include <utility>  // Debian 12's boost/asio/awaitable.hpp lacks it

namespace net_bench {

enum class transport { tcp, unix_stream, udp };

/// What every server of this folder takes on its command line:
///
///   [--size BYTES] [--unix PATH | --udp] [--corrupt-every N]
struct server_options {
  transport kind = transport::tcp;
  std::string path;             // of the UNIX socket
  std::size_t size = 0;         // of a message, which a server may fit its buffers to
  long long corrupt_every = 0;  // one byte of every N messages is wrong; 0: none. epoll only

  /// Buffers are as large as a message, and not smaller than what a server would choose that does
  /// not know it.
  std::size_t buffer_size() const { return size > 16384 ? size : 16384; }
};

/// Throws bad_option.
server_options parse_server_options(int argc, char** argv);

/// A socket that is ready to use, bound to a free port of 127.0.0.1 or to the path.
int open_listener(const server_options& options);

/// A connection that was just accepted: sends at once what it is given.
void set_nodelay(int fd, transport kind);

void set_non_blocking(int fd);

/// Says on stdout where the server listens, as `port N`; 0 for a UNIX socket.
void announce(int listener, transport kind);

/// Becomes readable when the server is to end: at SIGTERM or SIGINT. Blocks both in all threads
/// that are started later.
int open_end_signal();

/// Whether stdin, which is readable, has reached its end.
bool stdin_is_over();

/// A pause for a server that has no descriptors left, said once on stderr.
void say_out_of_descriptors(int error);
bool is_out_of_descriptors(int error);

/// Runs `serve` and gives what main() returns; says what went wrong.
template <class Serve>
int server_main(int argc, char** argv, Serve serve) {
  try {
    const server_options options = parse_server_options(argc, argv);
    raise_descriptor_limit(20'000);
    serve(options);
    return 0;
  } catch (const bad_option& error) {
    std::fprintf(stderr, "%s: %s\n", argv[0], error.what());
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", argv[0], error.what());
    return 1;
  }
}

}  // namespace net_bench
