// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/ouro.hpp"

#include "server.hpp"

#include <chrono>
#include <cstddef>
#include <poll.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace net_bench {

/// Of all loops of the program, in microseconds.
inline long long busy_poll = 0;

/// run(), on a loop that looks for work before it sleeps if the options say so.
inline void run(const server_options& options, ouro::task<> main) {
  busy_poll = options.busy_poll;
  const auto make_loop = [] {
    return ouro::new_event_loop({.busy_poll = std::chrono::microseconds(busy_poll)});
  };
  ouro::run(std::move(main), {.loop_factory = make_loop});
}

inline ouro::task<> until_stdin_ends() {
  do {
    co_await ouro::poll(STDIN_FILENO, POLLIN);
  } while (!stdin_is_over());
}

inline ouro::task<> until_signal(int fd) { co_await ouro::poll(fd, POLLIN); }

/// Runs `serving` until the server is to end, or until it fails. Then run() cancels what is left.
inline ouro::task<> serve_until_end(ouro::task<> serving) {
  std::vector<ouro::task_handle<>> first;
  first.push_back(ouro::create_task(std::move(serving)));
  first.push_back(ouro::create_task(until_stdin_ends()));
  first.push_back(ouro::create_task(until_signal(open_end_signal())));
  auto ended = co_await ouro::wait(first, {.return_when = ouro::first_completed});
  for (auto& task : ended.done) task.result();
}

/// After an accept() that failed: returns if it is worth another one, at once or after a pause.
inline ouro::task<> recover_from_accept(int error) {
  using namespace std::chrono_literals;
  if (!is_out_of_descriptors(error)) co_return;
  say_out_of_descriptors(error);
  co_await ouro::sleep(100ms);
}

using stream_handler = ouro::task<> (*)(ouro::stream_reader, ouro::stream_writer, std::size_t);

inline ouro::task<> serve_on(server_options options, stream_handler handler) {
  ouro::socket listening(ouro::unique_fd(open_listener(options)));
  const int fd = listening.fd();
  const std::size_t room = options.buffer_size();
  auto serve_one = [handler, room](ouro::stream_reader reader, ouro::stream_writer writer) {
    return handler(std::move(reader), std::move(writer), room);
  };
  auto server =
      co_await ouro::start_server(std::move(serve_one), std::move(listening), {.backlog = 4096});
  announce(fd, options.kind);
  co_await server.serve_forever();
}

/// The main() of a server that runs `handler` for each connection.
inline int serve_streams(int argc, char** argv, stream_handler handler) {
  return server_main(argc, argv, [handler](const server_options& options) {
    if (options.kind == transport::udp) throw bad_option("--udp: ouro_udp_server does that");
    run(options, serve_until_end(serve_on(options, handler)));
  });
}

}  // namespace net_bench
