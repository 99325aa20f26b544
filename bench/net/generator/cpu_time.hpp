// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "../system.hpp"

#include <fstream>
#include <sstream>
#include <string>
#include <unistd.h>

namespace net_bench {

/// What all threads of a process have used, in user mode and in the kernel. Throws failure if there
/// is no such process.
inline double cpu_seconds(int process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  std::string text;
  if (!std::getline(file, text)) throw failure("there is no process " + std::to_string(process));
  // The second field is the name, in brackets, and may hold anything. utime and stime are the
  // 14th and 15th.
  std::istringstream fields(text.substr(text.rfind(')') + 2));
  std::string skipped;
  for (int i = 3; i < 14; ++i) fields >> skipped;
  double user = 0;
  double kernel = 0;
  fields >> user >> kernel;
  return (user + kernel) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

}  // namespace net_bench
