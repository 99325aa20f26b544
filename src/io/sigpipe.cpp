// SPDX-License-Identifier: BSL-1.0
#include "sigpipe.hpp"

#include <csignal>

namespace ouro::inline v0::detail {
namespace {

// Not blocked in the thread, which would leave the signal pending, to kill the process whenever it
// is unblocked.
bool ignore_sigpipe() noexcept {
  struct ::sigaction action{};
  if (::sigaction(SIGPIPE, nullptr, &action) != 0) return false;
  if ((action.sa_flags & SA_SIGINFO) != 0 || action.sa_handler != SIG_DFL) return false;
  return ::signal(SIGPIPE, SIG_IGN) != SIG_ERR;
}

}  // namespace

void ignore_sigpipe_once() noexcept { [[maybe_unused]] static const bool once = ignore_sigpipe(); }

}  // namespace ouro::inline v0::detail
