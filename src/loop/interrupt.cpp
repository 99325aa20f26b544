// SPDX-License-Identifier: BSL-1.0
#include "ouro/loop/interrupt.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/loop/event_loop.hpp"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <unistd.h>

namespace ouro::inline v0 {
namespace {

// What the signal handler may touch: lock-free atomics only.
std::atomic<event_loop*> interrupted_loop{nullptr};
std::atomic<int> interrupts{0};
std::atomic<void (*)(event_loop&) noexcept> last_words{nullptr};

constexpr int interrupted_status = 130;  // 128 + SIGINT, as a shell reports it

extern "C" void on_sigint(int) {
  event_loop* loop = interrupted_loop.load();
  if (loop == nullptr) return;
  if (interrupts.fetch_add(1) == 0) {
    loop->interrupt(event_loop::interrupt_kind::sigint);
    return;
  }
  if (auto* function = last_words.load()) function(*loop);
  ::_exit(interrupted_status);
}

}  // namespace

struct interrupt_guard::saved {
  struct sigaction action;
};

interrupt_guard::interrupt_guard(event_loop& loop, unique_function<void()> on_interrupt)
    : loop_(&loop) {
  struct sigaction current{};
  if (::gettid() != ::getpid() || ::sigaction(SIGINT, nullptr, &current) != 0) return;
  if ((current.sa_flags & SA_SIGINFO) != 0 || current.sa_handler != SIG_DFL) return;
  event_loop* nobody = nullptr;
  if (!interrupted_loop.compare_exchange_strong(nobody, &loop)) return;
  interrupts.store(0);
  loop.set_interrupt_handler(event_loop::interrupt_kind::sigint, std::move(on_interrupt));
  saved_ = detail::make_owned<saved>(saved{current});
  struct sigaction ours{};
  ours.sa_handler = &on_sigint;
  sigemptyset(&ours.sa_mask);
  ours.sa_flags = SA_RESTART;
  if (::sigaction(SIGINT, &ours, nullptr) != 0) throw_os_error(errno, "sigaction");
}

interrupt_guard::~interrupt_guard() {
  if (!active()) return;
  struct sigaction current{};
  // A handler that the program installed meanwhile stays.
  if (::sigaction(SIGINT, nullptr, &current) == 0 && current.sa_handler == &on_sigint) {
    static_cast<void>(::sigaction(SIGINT, &saved_->action, nullptr));
  }
  loop_->set_interrupt_handler(event_loop::interrupt_kind::sigint, {});
  interrupted_loop.store(nullptr);
}

int interrupt_guard::count() const noexcept { return active() ? interrupts.load() : 0; }

void interrupt_guard::set_last_words(void (*function)(event_loop&) noexcept) noexcept {
  last_words.store(function);
}

}  // namespace ouro::inline v0
