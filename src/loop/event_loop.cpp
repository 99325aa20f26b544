// SPDX-License-Identifier: BSL-1.0
#include "ouro/loop/event_loop.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/base/log.hpp"

#include "wakeup.hpp"

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace ouro::inline v0 {
namespace detail {

// The loops that exist; scripts/gdb/ouro-gdb.py reads it.
extern const std::vector<const event_loop*>* loops_for_debuggers;
[[gnu::used]] constinit const std::vector<const event_loop*>* loops_for_debuggers = nullptr;

}  // namespace detail

namespace {

struct thread_loop {
  event_loop* set = nullptr;         // not owned
  std::unique_ptr<event_loop> made;  // by get_event_loop()
};

thread_loop& loop_of_thread() {
  static thread_local thread_loop loop;
  return loop;
}

/// The loops that exist, for reports about what outlived its loop.
struct loop_registry {
  std::mutex mutex;
  std::vector<const event_loop*> loops;

  static loop_registry& instance() {
    static loop_registry* registry = new loop_registry;  // outlives every static
    return *registry;
  }
  void add(const event_loop* loop) {
    const std::lock_guard lock(mutex);
    loops.push_back(loop);
    detail::loops_for_debuggers = &loops;
  }
  void remove(const event_loop* loop) noexcept {
    const std::lock_guard lock(mutex);
    std::erase(loops, loop);
  }
  /// Whether `loop` exists, and runs or does not run, as asked.
  bool contains(const event_loop* loop, bool running) noexcept {
    const std::lock_guard lock(mutex);
    return std::find(loops.begin(), loops.end(), loop) != loops.end() &&
           loop->is_running() == running;
  }
};

bool debug_from_environment() noexcept {
  const char* value = std::getenv("OURO_DEBUG");
  return value != nullptr && *value != '\0' && std::string_view(value) != "0";
}

}  // namespace

/// Lives as long as it is set or runs.
struct event_loop::shared_handler {
  exception_handler function;
  unsigned references = 1;

  void add_reference() noexcept { ++references; }
  void drop_reference() noexcept {
    if (--references == 0) delete this;
  }
};

event_loop::event_loop(const event_loop_options& options)
    : clock_(options.clock),
      debug_(debug_from_environment()),
      watched_(debug_),
      handler_(detail::intrusive_ptr<shared_handler>::adopt(new shared_handler)),
      busy_poll_(options.busy_poll),
      ring_(ring_options{.entries = options.ring_entries, .cq_entries = options.ring_cq_entries}),
      wakeup_(detail::make_owned<wakeup>()) {
  loop_registry::instance().add(this);
}

event_loop::~event_loop() {
  close();
  while (posting_.load(std::memory_order_acquire) != 0) std::this_thread::yield();
  drop_callbacks();  // what other threads posted while the loop closed
  loop_registry::instance().remove(this);
}

bool event_loop::alive(const event_loop* loop) noexcept {
  if (loop == nullptr || running_here_ == loop) return loop != nullptr;
  return loop_registry::instance().contains(loop, false);
}

bool event_loop::runs_elsewhere(const event_loop* loop) noexcept {
  return running_here_ != loop && loop_registry::instance().contains(loop, true);
}

void event_loop::close() {
  if (is_running()) detail::throw_usage_error("Cannot close a running event loop");
  if (is_closed()) return;
  extensions_.tell_close();
  ring_.drain();
  extensions_.tell_drained();
  if (abandon_tasks_ != nullptr) abandon_tasks_(*this);
  closed_.store(true);
  drop_callbacks();
  extensions_.clear();
}

void event_loop::drop_callbacks() noexcept {
  inbox_.take(ready_);
  while (!timers_.empty()) timers_.pop().drop();
  while (!ready_.empty()) ready_.pop().drop();
}

std::size_t event_loop::pending_requests() const noexcept {
  return ring_.in_flight() - (wakeup_->in_flight() ? 1 : 0);
}

std::vector<std::string> event_loop::describe_timers() const {
  std::vector<std::string> texts;
  timers_.for_each([&](const detail::timer_node& node) { texts.push_back(node.describe()); });
  return texts;
}

/// Refuses what cannot be run here, before a coroutine is taken for it.
void event_loop::prepare_run() {
  if (is_closed()) detail::throw_usage_error("Event loop is closed");
  if (is_running()) detail::throw_usage_error("This event loop is already running");
  if (running_here_ != nullptr) {
    detail::throw_usage_error("Cannot run the event loop while another loop is running");
  }
  ring_.bind();
}

void event_loop::refuse_scheduling() const {
  if (is_closed()) detail::throw_usage_error("Event loop is closed");
  detail::throw_usage_error(
      "This event loop runs on another thread: use call_soon_threadsafe() from here");
}

void event_loop::default_exception_handler(const exception_context& context) noexcept {
  try {
    detail::log(log_level::error, detail::describe(context));
  } catch (...) {
    detail::log(log_level::error, context.message);  // no memory for the details
  }
}

void event_loop::set_exception_handler(exception_handler handler) {
  handler_ = detail::intrusive_ptr<shared_handler>::adopt(
      new shared_handler{.function = std::move(handler)});
}

const exception_handler& event_loop::get_exception_handler() const noexcept {
  return handler_->function;
}

void event_loop::call_exception_handler(const exception_context& context) noexcept {
  const detail::intrusive_ptr<shared_handler> handler = handler_;
  if (!handler->function) {
    default_exception_handler(context);
    return;
  }
  try {
    handler->function(*this, context);
  } catch (...) {
    exception_context failure;
    failure.message = "Unhandled error in exception handler";
    failure.exception = std::current_exception();
    default_exception_handler(failure);
    default_exception_handler(context);
  }
}

event_loop& get_event_loop() {
  if (event_loop* loop = event_loop::running_here()) return *loop;
  thread_loop& loop = loop_of_thread();
  if (loop.set == nullptr) {
    loop.made = new_event_loop();
    loop.set = loop.made.get();
  }
  return *loop.set;
}

void set_event_loop(event_loop* loop) noexcept { loop_of_thread().set = loop; }

std::unique_ptr<event_loop> new_event_loop(const event_loop_options& options) {
  return std::make_unique<event_loop>(options);
}

}  // namespace ouro::inline v0
