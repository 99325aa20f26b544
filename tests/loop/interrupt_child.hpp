// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/system.hpp"
#include "ouro/loop/event_loop.hpp"
#include "ouro/loop/interrupt.hpp"

#include "tests/support/catch.hpp"

#include <csignal>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace loop_test {

/// A child process runs a loop that has nothing to do, and gets SIGINT: whether that stops it.
inline bool sigint_stops_idle_loop(const ouro::event_loop_options& options) {
  auto sockets = ouro::make_socket_pair(AF_UNIX, SOCK_STREAM);
  const ::pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGINT, SIG_DFL);
    ouro::event_loop loop(options);
    int code = 1;
    const ouro::interrupt_guard guard(loop, [&] {
      code = 0;
      loop.stop();
    });
    // Written while the loop runs, with nothing else to do: it waits, or is about to.
    loop.call_soon([&] { static_cast<void>(!::write(sockets[1].get(), "r", 1)); });
    loop.run_forever();
    ::_exit(code);
  }
  char ready = 0;
  REQUIRE(::read(sockets[0].get(), &ready, 1) == 1);
  ::kill(child, SIGINT);
  int status = -1;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace loop_test
