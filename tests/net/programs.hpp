// SPDX-License-Identifier: BSL-1.0
// Other programs, for tests with real peers.
#pragma once

#include "ouro/io/buffer.hpp"
#include "ouro/io/read.hpp"
#include "ouro/task/task.hpp"

#include "tests/support/loop_test.hpp"

#include <array>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>

namespace net_test {

/// Whether there is such a program; says so if not.
inline bool has_program(const std::string& name) {
  if (std::system(("command -v " + name + " > /dev/null 2>&1").c_str()) == 0) return true;
  WARN("skipped: " + name + " is not installed");
  return false;
}

/// Runs a command of the shell to its end while the loop goes on; gives what it has printed.
inline ouro::task<std::string> output_of(std::string command) {
  std::FILE* const pipe = ::popen(command.c_str(), "re");
  REQUIRE(pipe != nullptr);
  std::array<std::byte, 4096> buffer;
  std::string output;
  while (const std::size_t size = co_await ouro::read(::fileno(pipe), buffer)) {
    output += ouro::as_text(std::span(buffer).first(size));
  }
  ::pclose(pipe);
  co_return output;
}

}  // namespace net_test
