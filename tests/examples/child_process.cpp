// SPDX-License-Identifier: BSL-1.0
#include "tests/examples/child_process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>

extern char** environ;

namespace test {
namespace {

struct pipe_ends {
  int read;
  int write;
};

void check(int error, const char* call) {
  if (error != 0) throw std::system_error(error, std::generic_category(), call);
}

pipe_ends make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) check(errno, "pipe2");
  return {ends[0], ends[1]};
}

// Signals are as in a terminal, whatever this program was started with.
void reset_signals(posix_spawnattr_t& attributes) {
  sigset_t all;
  sigset_t none;
  ::sigfillset(&all);
  ::sigemptyset(&none);
  check(::posix_spawnattr_setsigdefault(&attributes, &all), "posix_spawnattr_setsigdefault");
  check(::posix_spawnattr_setsigmask(&attributes, &none), "posix_spawnattr_setsigmask");
  constexpr int flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
  check(::posix_spawnattr_setflags(&attributes, flags), "posix_spawnattr_setflags");
}

pid_t spawn(const std::vector<std::string>& command, int input, int output) {
  std::vector<char*> arguments;
  for (const std::string& argument : command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  check(::posix_spawn_file_actions_init(&actions), "posix_spawn_file_actions_init");
  check(::posix_spawnattr_init(&attributes), "posix_spawnattr_init");
  reset_signals(attributes);
  for (const auto& [from, to] : {std::pair{input, 0}, std::pair{output, 1}, std::pair{output, 2}}) {
    check(::posix_spawn_file_actions_adddup2(&actions, from, to),
          "posix_spawn_file_actions_adddup2");
  }
  pid_t pid = -1;
  check(::posix_spawnp(&pid, arguments[0], &actions, &attributes, arguments.data(), environ),
        "posix_spawnp");
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  return pid;
}

}  // namespace

child_process::child_process(const std::vector<std::string>& command, const std::string& input) {
  const pipe_ends in = make_pipe();
  const pipe_ends out = make_pipe();
  // What the pipe does not hold would block; the inputs here are a few bytes.
  if (::write(in.write, input.data(), input.size()) != static_cast<ssize_t>(input.size())) {
    check(errno, "write");
  }
  ::close(in.write);
  pid_ = spawn(command, in.read, out.write);
  ::close(in.read);
  ::close(out.write);
  output_ = out.read;
}

child_process::~child_process() {
  if (pid_ > 0) {
    send_signal(SIGKILL);
    wait();
  }
  ::close(output_);
}

bool child_process::read_more() {
  pollfd readable{.fd = output_, .events = POLLIN, .revents = 0};
  if (::poll(&readable, 1, 10'000) <= 0) {
    unread_ += "(silent for ten seconds)\n";
    send_signal(SIGKILL);
    return false;
  }
  std::array<char, 4096> buffer;
  const ssize_t size = ::read(output_, buffer.data(), buffer.size());
  if (size > 0) unread_.append(buffer.data(), static_cast<std::size_t>(size));
  return size > 0;
}

std::string child_process::read_line() {
  while (unread_.find('\n') == std::string::npos && read_more()) {
  }
  const std::size_t size = std::min(unread_.find('\n'), unread_.size() - 1) + 1;
  std::string line = unread_.substr(0, size);
  unread_.erase(0, size);
  return line;
}

std::string child_process::read_all() {
  while (read_more()) {
  }
  return std::exchange(unread_, {});
}

void child_process::send_signal(int number) {
  if (pid_ > 0) ::kill(pid_, number);
}

int child_process::wait() {
  int status = 0;
  if (::waitpid(std::exchange(pid_, -1), &status, 0) < 0) check(errno, "waitpid");
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace test
