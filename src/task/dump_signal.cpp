// SPDX-License-Identifier: BSL-1.0
#include "ouro/base/errors.hpp"
#include "ouro/task/detail/shutdown.hpp"

#include <atomic>
#include <cerrno>
#include <csignal>

namespace ouro::inline v0::detail {
namespace {

std::atomic<event_loop*> dumped_loop{nullptr};

extern "C" void on_dump_signal(int) {
  if (event_loop* loop = dumped_loop.load()) loop->interrupt(event_loop::interrupt_kind::dump);
}

}  // namespace

struct dump_on_signal::saved {
  struct sigaction action;
};

dump_on_signal::dump_on_signal(event_loop& loop, int signal_number)
    : loop_(&loop), signal_number_(signal_number) {
  if (signal_number == 0) return;
  event_loop* nobody = nullptr;
  if (!dumped_loop.compare_exchange_strong(nobody, &loop)) {
    throw_usage_error("another loop of this process has taken a dump_signal already");
  }
  loop.set_interrupt_handler(event_loop::interrupt_kind::dump, [&loop] {
    for (const task_handle<>& task : all_tasks(loop)) task.print_stack();
  });
  saved_ = make_owned<saved>();
  struct sigaction ours{};
  ours.sa_handler = &on_dump_signal;
  sigemptyset(&ours.sa_mask);
  ours.sa_flags = SA_RESTART;
  if (::sigaction(signal_number, &ours, &saved_->action) != 0) {
    dumped_loop.store(nullptr);
    throw_os_error(errno, "sigaction");
  }
}

dump_on_signal::~dump_on_signal() {
  if (!saved_) return;
  static_cast<void>(::sigaction(signal_number_, &saved_->action, nullptr));
  dumped_loop.store(nullptr);
  loop_->set_interrupt_handler(event_loop::interrupt_kind::dump, {});
}

}  // namespace ouro::inline v0::detail
