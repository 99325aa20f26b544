// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string>
#include <sys/types.h>
#include <vector>

namespace test {

/// A program that runs beside this one: `input` is all that it can read, and what it prints, on
/// both of its outputs, comes through a pipe. It is deaf to no signal. No read takes longer than
/// ten seconds: then the program is killed.
class child_process {
 public:
  /// Errors: std::system_error if it cannot be started.
  child_process(const std::vector<std::string>& command, const std::string& input);
  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;
  /// Kills it if it has not been waited for.
  ~child_process();

  /// The next line that it prints, with its end; what is left at the end.
  std::string read_line();
  /// All that it prints from now on.
  std::string read_all();
  void send_signal(int number);
  /// Waits for its end. The exit code; 128 and the signal if one ended it.
  int wait();

 private:
  bool read_more();

  pid_t pid_ = -1;
  int output_ = -1;
  std::string unread_;
};

}  // namespace test
