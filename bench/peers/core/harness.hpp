// SPDX-License-Identifier: BSL-1.0
// What the C++ programs of this folder share: how long a workload runs, and the lines they print.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <initializer_list>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>  // Debian 12's boost/asio/awaitable.hpp, which comes later, lacks it

namespace peers {

/// --clock cpu: all threads of the process together, so other programs on the same core are left
/// out. --clock wall: what passed; for a program that uses several cores.
struct options {
  clockid_t clock = CLOCK_PROCESS_CPUTIME_ID;
  double seconds = 0.2;  // at least, of the last and longest run of a workload
  std::string only;      // a workload; empty: all
  long count = 0;        // of suspended tasks; zero: time the workloads instead
};

inline options parse(int argc, char** argv) {
  options chosen;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const char* value = argv[i + 1];
    if (name == "--clock") {
      chosen.clock = std::strcmp(value, "wall") == 0 ? CLOCK_MONOTONIC : CLOCK_PROCESS_CPUTIME_ID;
    } else if (name == "--seconds") {
      chosen.seconds = std::atof(value);
    } else if (name == "--only") {
      chosen.only = value;
    } else if (name == "--tasks") {
      chosen.count = std::atol(value);
    } else {
      std::fprintf(stderr, "unknown option %s\n", argv[i]);
      std::exit(2);
    }
  }
  return chosen;
}

/// One run of a workload: how many operations to do, and the time between begin() and end().
class trial {
 public:
  trial(clockid_t clock, long operations) noexcept : count(operations), clock_(clock) {}

  void begin() noexcept { began_ = now(); }
  void end() noexcept { seconds_ = now() - began_; }
  double seconds() const noexcept { return seconds_; }

  const long count;

 private:
  double now() const noexcept {
    timespec time{};
    ::clock_gettime(clock_, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
  }

  clockid_t clock_;
  double began_ = 0;
  double seconds_ = 0;
};

struct workload {
  const char* name;
  void (*run)(trial& run);
};

inline void print(const char* name, double value, const char* unit) {
  std::printf("%s,%.1f,%s\n", name, value, unit);
  std::fflush(stdout);
}

/// Runs each workload with more and more operations until one run is long enough; prints that run.
inline void measure(const options& chosen, std::initializer_list<workload> workloads) {
  for (const workload& each : workloads) {
    if (!chosen.only.empty() && chosen.only != each.name) continue;
    for (long count = 1;;) {
      trial run(chosen.clock, count);
      each.run(run);
      const auto done = static_cast<double>(count);
      if (run.seconds() >= chosen.seconds) {
        print(each.name, run.seconds() / done * 1e9, "ns");
        break;
      }
      const double wanted = done * 1.2 * chosen.seconds / std::max(run.seconds(), 1e-9);
      count = static_cast<long>(std::clamp(wanted, done * 1.5 + 1, done * 20));
    }
  }
}

/// Resident memory of this process, in bytes.
inline double resident() {
  long total = 0;
  long pages = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%ld %ld", &total, &pages) != 2) pages = 0;
    std::fclose(file);
  }
  return static_cast<double>(pages) * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

/// What `count` tasks cost that all wait at the same time.
inline void print_tasks(const trial& started, const trial& ended, double bytes) {
  const auto count = static_cast<double>(started.count);
  print("tasks_count", count, "tasks");
  print("tasks_bytes", bytes / count, "B");
  print("tasks_start", started.seconds() / count * 1e9, "ns");
  print("tasks_end", ended.seconds() / count * 1e9, "ns");
}

/// Delays of one minute to one hour, so that none passes meanwhile, in no order; the same ones in
/// every program of this folder.
class delays {
 public:
  std::int64_t next_seconds() noexcept {
    state_ = state_ * 1664525U + 1013904223U;
    return 60 + static_cast<std::int64_t>(state_ % 3541U);
  }

 private:
  std::uint32_t state_ = 1;
};

/// After so many timers made and cancelled a program lets its loop run, for loops that put work off
/// until then.
constexpr long timers_per_turn = 1000;

template <class T>
void keep(const T& value) {
  asm volatile("" : : "r,m"(value) : "memory");
}

}  // namespace peers
