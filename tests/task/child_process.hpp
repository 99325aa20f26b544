// SPDX-License-Identifier: BSL-1.0
// Programs that end by a signal or by _exit(), in a child of the test.
#pragma once

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace child_test {

/// How a child ended.
struct ending {
  int code = -1;   // of exit(), 99 if an exception left the program, -1 if a signal ended it
  int signal = 0;  // the signal, if one did
  std::string error_output;
};

/// Runs `program`, which gives an exit code, in a forked child with the default handlers of SIGINT.
/// No loop may exist. A child that hangs is ended by SIGALRM.
template <class Program>
ending run_in_child(Program program) {
  int ends[2];
  if (::pipe(ends) != 0) return {};
  std::fflush(nullptr);
  const ::pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    ::dup2(ends[1], STDERR_FILENO);
    ::signal(SIGINT, SIG_DFL);
    ::signal(SIGABRT, SIG_DFL);
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    ::alarm(30);
    int code = 99;
    try {
      code = program();
    } catch (const std::exception& error) {
      std::fprintf(stderr, "in the child: %s\n", error.what());
    } catch (...) {
      std::fprintf(stderr, "in the child: an exception\n");
    }
    std::fflush(nullptr);
    ::_exit(code);
  }
  ::close(ends[1]);
  ending result;
  char buffer[4096];
  for (;;) {
    const ::ssize_t count = ::read(ends[0], buffer, sizeof buffer);
    if (count > 0) result.error_output.append(buffer, static_cast<std::size_t>(count));
    if (count == 0 || (count < 0 && errno != EINTR)) break;
  }
  ::close(ends[0]);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status)) result.code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) result.signal = WTERMSIG(status);
  return result;
}

}  // namespace child_test
