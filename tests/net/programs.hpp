// SPDX-License-Identifier: BSL-1.0
// Other programs, for tests with real peers.
#pragma once

#include "ouro/base/unique_fd.hpp"
#include "ouro/io/buffer.hpp"
#include "ouro/io/poll.hpp"
#include "ouro/io/read.hpp"
#include "ouro/task/task.hpp"

#include "tests/support/loop_test.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <poll.h>
#include <span>
#include <spawn.h>
#include <string>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace net_test {

/// A child process that runs a command of the shell, and all that this starts. It is killed, and
/// waited for, at the end of the object's life.
class program {
 public:
  explicit program(const std::string& command) {
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    output_ = ouro::unique_fd(ends[0]);
    const ouro::unique_fd its_output(ends[1]);
    ::posix_spawn_file_actions_t actions;
    ::posix_spawnattr_t attributes;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, its_output.get(), STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, its_output.get(), STDERR_FILENO);
    ::posix_spawnattr_init(&attributes);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);  // a group of its own
    std::string text = "PATH=$PATH:/usr/sbin; " + command;
    std::array<char*, 4> arguments = {shell_, option_, text.data(), nullptr};
    const int error =
        ::posix_spawn(&pid_, shell_, &actions, &attributes, arguments.data(), environ);
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
    REQUIRE(error == 0);
  }
  program(const program&) = delete;
  program& operator=(const program&) = delete;
  ~program() {
    if (pid_ <= 0) return;
    ::kill(-pid_, SIGKILL);
    reap();
  }

  /// The next line that it prints, without the "\n"; what is left if it ends instead.
  ouro::task<std::string> line() {
    for (;;) {
      const std::size_t end = unread_.find('\n');
      if (end != std::string::npos) {
        const std::string text = unread_.substr(0, end);
        unread_.erase(0, end + 1);
        co_return text;
      }
      auto reading = read_more();
      const bool more = co_await std::move(reading);
      if (!more) co_return std::exchange(unread_, {});
    }
  }

  /// Waits until it has ended, and gives everything that it has printed.
  ouro::task<std::string> output() {
    for (;;) {
      auto reading = read_more();
      const bool more = co_await std::move(reading);
      if (!more) break;
    }
    const ouro::unique_fd process(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
    REQUIRE(process.get() >= 0);
    co_await ouro::poll(process.get(), POLLIN);
    reap();
    co_return std::exchange(unread_, {});
  }

 private:
  ouro::task<bool> read_more() {
    std::array<std::byte, 4096> buffer;
    const std::size_t size = co_await ouro::read(output_.get(), buffer);
    unread_ += ouro::as_text(std::span(buffer).first(size));
    co_return size != 0;
  }

  void reap() noexcept {
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
    pid_ = 0;
  }

  inline static char shell_[] = "/bin/sh";
  inline static char option_[] = "-c";

  ouro::unique_fd output_;
  ::pid_t pid_ = 0;  // zero once it has been waited for
  std::string unread_;
};

/// Whether there is such a program; says so if not.
inline bool has_program(const std::string& name) {
  const std::string look = "PATH=$PATH:/usr/sbin; command -v " + name + " > /dev/null 2>&1";
  if (std::system(look.c_str()) == 0) return true;
  WARN("skipped: " + name + " is not installed");
  return false;
}

/// Runs a command of the shell to its end while the loop goes on; gives what it has printed.
inline ouro::task<std::string> output_of(std::string command) {
  program running(command);
  auto printing = running.output();
  co_return co_await std::move(printing);
}

/// A folder that goes with everything in it.
class temporary_folder {
 public:
  temporary_folder() {
    std::string pattern = std::filesystem::temp_directory_path().string() + "/ouro.XXXXXX";
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  ~temporary_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

}  // namespace net_test
