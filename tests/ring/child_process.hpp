// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/ring/liburing.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

/// Children that see another kernel than the real one: what it refuses, and what it answers.
namespace ring_test {

/// Runs `body` in a forked child. Returns what `body` returned, an exit code; 100 if it threw, and
/// 100 more than the signal that ended the child.
template <class Body>
int in_child(Body body) {
  const ::pid_t child = ::fork();
  if (child == 0) {
    int code = 100;
    try {
      code = body();
    } catch (const std::exception& error) {
      std::fprintf(stderr, "in the child: %s\n", error.what());
    }
    ::_exit(code);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

/// A sixth argument that lets a system call through answer_system_call()'s filter.
constexpr std::uint32_t pass_through = 0x6f75726f;

/// From now on the system call `number` ends as `action` says, a SECCOMP_RET value.
inline bool filter_system_call(long number, std::uint32_t action) {
  const auto low_word = [](std::size_t offset) {
    return sock_filter{BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<std::uint32_t>(offset)};
  };
  const auto skip_unless = [](std::uint32_t value, unsigned char count) {
    return sock_filter{BPF_JMP | BPF_JEQ | BPF_K, 0, count, value};
  };
  const auto end_with = [](std::uint32_t value) {
    return sock_filter{BPF_RET | BPF_K, 0, 0, value};
  };
  sock_filter program[] = {
      low_word(offsetof(seccomp_data, nr)),
      skip_unless(static_cast<std::uint32_t>(number), 3),
      low_word(offsetof(seccomp_data, args) + 5 * sizeof(std::uint64_t)),
      skip_unless(pass_through, 2),
      end_with(SECCOMP_RET_ALLOW),
      end_with(SECCOMP_RET_ALLOW),
      end_with(action),
  };
  // Another number goes to the second end, a call without the pass to the third.
  program[1].jf = 3;
  program[3].jf = 2;
  sock_fprog filter{static_cast<unsigned short>(sizeof program / sizeof *program), program};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

/// From now on the system call `number` fails with `error`.
inline bool refuse_system_call(long number, int error) {
  return filter_system_call(number, SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(error));
}

/// The first five arguments of a system call.
using arguments = long[5];

/// Stands in for a system call; returns its result or a negated errno.
using answer = long (*)(const arguments& given);

/// Makes the system call after all, with its sixth argument taken by the pass: the real
/// io_uring_setup() has no such argument, and io_uring_enter() ignores it if the fifth is null.
inline long really(long number, const arguments& given) {
  const long result = ::syscall(number, given[0], given[1], given[2], given[3], given[4],
                                static_cast<long>(pass_through));
  return result < 0 ? -errno : result;
}

inline answer current_answer = nullptr;

inline void on_sigsys(int, siginfo_t*, void* raw_context) {
  auto& machine = static_cast<ucontext_t*>(raw_context)->uc_mcontext;
#if defined(__x86_64__)
  const arguments given = {machine.gregs[REG_RDI], machine.gregs[REG_RSI], machine.gregs[REG_RDX],
                           machine.gregs[REG_R10], machine.gregs[REG_R8]};
  machine.gregs[REG_RAX] = current_answer(given);
#elif defined(__aarch64__)
  arguments given;
  for (int i = 0; i < 5; ++i) given[i] = static_cast<long>(machine.regs[i]);
  machine.regs[0] = static_cast<unsigned long long>(current_answer(given));
#else
#error "tell where this machine keeps the arguments of a system call"
#endif
}

/// From now on `stand_in` answers the system call `number`.
inline bool answer_system_call(long number, answer stand_in) {
  current_answer = stand_in;
  struct sigaction action{};
  action.sa_sigaction = on_sigsys;
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  return ::sigaction(SIGSYS, &action, nullptr) == 0 && filter_system_call(number, SECCOMP_RET_TRAP);
}

}  // namespace ring_test
