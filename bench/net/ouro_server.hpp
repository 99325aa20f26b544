// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/ouro.hpp"

#include "server.hpp"

#include <poll.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace net_bench {

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

}  // namespace net_bench
