// SPDX-License-Identifier: BSL-1.0
#include "ouro/task/runner.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/loop/interrupt.hpp"
#include "ouro/task/detail/report.hpp"
#include "ouro/task/detail/shutdown.hpp"

#include <vector>

namespace ouro::inline v0 {

runner::runner(const run_options& options) : options_(options), context_(copy_context()) {}

runner::~runner() {
  try {
    close();
  } catch (...) {
    exception_context report;
    report.message = "Error while closing a runner";
    report.exception = std::current_exception();
    detail::report_loss(loop_.get(), report);
  }
}

event_loop& runner::get_loop() {
  if (closed_) detail::throw_usage_error("Runner is closed");
  if (loop_ == nullptr) {
    loop_ = options_.loop_factory != nullptr ? options_.loop_factory() : new_event_loop();
    if (options_.debug) loop_->set_debug(*options_.debug);
  }
  return *loop_;
}

void runner::check_idle() const {
  if (try_get_running_loop() != nullptr) {
    detail::throw_usage_error("run() cannot be called from a running event loop: co_await instead");
  }
}

void runner::wait_for_main(const task_handle<>& main) {
  event_loop& loop = *loop_;
  const detail::dump_on_signal dump(loop, options_.dump_signal);
  if (!options_.handle_sigint) {
    detail::run_until_done(loop, main);
    return;
  }
  const interrupt_guard interrupts(loop, [&main] { main.cancel(); });
  interrupt_guard::set_last_words(&detail::write_task_tree);
  detail::run_until_done(loop, main);
  if (main.cancelled() && interrupts.count() > 0 && main.uncancel() == 0) {
    throw keyboard_interrupt{};
  }
}

void runner::close() {
  if (closed_) return;
  closed_ = true;
  if (loop_ == nullptr) return;
  detail::cancel_all_tasks(*loop_, options_.shutdown_grace);
  loop_->close();
}

}  // namespace ouro::inline v0
