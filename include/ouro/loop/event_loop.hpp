// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/errors.hpp"
#include "ouro/base/intrusive_list.hpp"
#include "ouro/base/intrusive_ptr.hpp"
#include "ouro/base/light_std.hpp"
#include "ouro/base/owned.hpp"
#include "ouro/base/time.hpp"
#include "ouro/base/unique_function.hpp"
#include "ouro/base/visibility.hpp"
#include "ouro/loop/exception_context.hpp"
#include "ouro/loop/extension.hpp"
#include "ouro/loop/fwd.hpp"
#include "ouro/loop/handle.hpp"
#include "ouro/loop/inbox.hpp"
#include "ouro/loop/loop_hooks.hpp"
#include "ouro/loop/network_methods.hpp"
#include "ouro/loop/ready_queue.hpp"
#include "ouro/loop/time_source.hpp"
#include "ouro/loop/timer_heap.hpp"
#include "ouro/ring/ring.hpp"

#include <atomic>
#include <concepts>
#include <cstdint>
#include <source_location>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ouro::inline v0 {

/// Options of a new loop.
struct event_loop_options {
  /// Requests that fit in the submission queue; more wait in user space. Rounded to a power of two.
  unsigned ring_entries = 1024;
  /// Completions that fit in the completion queue; more wait in the kernel, which is slower, but
  /// loses none. Zero is four times `ring_entries`, and less than `ring_entries` is raised to it.
  unsigned ring_cq_entries = 0;
  /// How long to look for completions before sleeping: buys latency with CPU. Zero sleeps at once.
  duration busy_poll = duration::zero();
  /// The clock; null is the steady clock.
  ouro::time_source* clock = nullptr;
};
static_assert(std::is_trivially_destructible_v<event_loop_options>);

/// Receives errors that nobody else can. asyncio: the argument of loop.set_exception_handler().
using exception_handler = unique_function<void(event_loop&, const exception_context&)>;

/// Runs callbacks, timers, completions of the kernel and steps of tasks on one thread.
///
/// One turn: what the kernel has completed joins the ready queue, then the timers that are due join
/// it, then everything that is in it at that moment runs, in order. What becomes ready meanwhile
/// waits for the next turn.
///
/// Threads: everything belongs to the thread that runs the loop, but call_soon_threadsafe(). While
/// the loop is not running any one thread may use it. The first thread to run it stays its thread.
/// asyncio: EventLoop.
class event_loop final : public network_methods {
 public:
  event_loop() : event_loop(event_loop_options{}) {}
  /// Errors: ring_setup_error, if the kernel gives no io_uring; its text says why and what to do.
  explicit event_loop(const event_loop_options& options);
  event_loop(const event_loop&) = delete;
  event_loop& operator=(const event_loop&) = delete;
  /// Closes the loop.
  ~event_loop();

  // Running ---------------------------------------------------------------------------------------

  /// Runs until stop() is called. Called after a stop() it runs one turn.
  /// Errors: usage_error if this or another loop is running in this thread, if the loop is closed,
  /// or if it has run on another thread before.
  void run_forever();

  /// Runs until the awaitable is done; returns its value or throws its exception. A task<T> becomes
  /// a task of this loop; a task_handle<T> or future<T> is waited for, and lives on if the loop is
  /// stopped before.
  /// Errors: usage_error as run_forever(), and if stop() came first.
  template <class Awaitable>
  decltype(auto) run_until_complete(Awaitable&& awaitable,
                                    std::source_location place = std::source_location::current());

  /// Lets the current turn finish, then ends run_forever(). What is ready by then stays for the
  /// next run.
  void stop() noexcept { stopping_ = true; }

  bool is_running() const noexcept { return running_.load(std::memory_order_relaxed); }
  bool is_closed() const noexcept { return closed_.load(std::memory_order_relaxed); }

  /// Cancels and reaps every request, drops callbacks and timers, and destroys the tasks that are
  /// left, with a report each. Idempotent.
  /// Errors: usage_error if the loop is running.
  void close();

  /// The loop's clock, read once a turn (and again in a turn that takes long).
  time_point time() noexcept { return clock_.now(); }

  // Callbacks -------------------------------------------------------------------------------------

  /// Calls `function` in the next turn.
  /// Errors: usage_error on a closed loop, or on another thread while the loop runs.
  template <std::invocable Function>
  handle call_soon(Function&& function, const callback_options& options = {},
                   std::source_location place = std::source_location::current());

  /// Calls `function` in a later turn, waking the loop if it sleeps. Calls of one thread keep their
  /// order. The handle's cancel() may be used on any thread.
  ///
  /// Threads: any. Errors: usage_error on a closed loop.
  template <std::invocable Function>
  handle call_soon_threadsafe(Function&& function, const callback_options& options = {},
                              std::source_location place = std::source_location::current());

  /// Calls `function` once `delay` has passed; zero or less means at the end of the next turn's
  /// queue. Equal deadlines keep the order of registration.
  template <class Rep, class Period, std::invocable Function>
  timer_handle call_later(std::chrono::duration<Rep, Period> delay, Function&& function,
                          const callback_options& options = {},
                          std::source_location place = std::source_location::current()) {
    return call_at(detail::saturating_add(time(), detail::to_duration(delay)),
                   std::forward<Function>(function), options, place);
  }

  /// Calls `function` at `when`, on the clock of time().
  template <std::invocable Function>
  timer_handle call_at(time_point when, Function&& function, const callback_options& options = {},
                       std::source_location place = std::source_location::current());

  template <class T>
  handle call_soon(task<T>) = delete;  // create_task() schedules a coroutine
  template <class T>
  handle call_soon_threadsafe(task<T>) = delete;  // call_soon_threadsafe() a create_task()

  // Futures and tasks (defined by the layer task) -------------------------------------------------

  /// A pending future of this loop.
  template <class T = void>
  future<T> create_future(std::source_location place = std::source_location::current());

  template <class T>
  task_handle<T> create_task(task<T> coroutine,
                             std::source_location place = std::source_location::current());
  template <class T>
  task_handle<T> create_task(task<T> coroutine, const task_options& options,
                             std::source_location place = std::source_location::current());

  /// Intercepts every task of this loop; null ends that. `hooks` must outlive its use.
  /// asyncio: set_task_factory().
  void set_task_hooks(task_hooks* hooks) noexcept { task_hooks_ = hooks; }
  void set_task_hooks(task_hooks& hooks) noexcept { task_hooks_ = &hooks; }
  task_hooks* get_task_hooks() const noexcept { return task_hooks_; }

  /// Lets `hooks` see and bend every turn, after those that were added before. It must be removed
  /// before it or the loop goes.
  void add_hooks(loop_hooks& hooks) noexcept {
    hooks_.push_back(hooks);
    watched_ = true;
  }
  void remove_hooks(loop_hooks& hooks) noexcept {
    hooks.unlink();
    watched_ = debug_ || !hooks_.empty();
  }

  // Descriptors (defined by the layer io) ---------------------------------------------------------

  /// Calls `function` in every turn in which `fd` is readable, at its end or broken, until
  /// remove_reader(). It replaces the one that was there. See ouro::add_reader() in
  /// io/fd_callback.hpp.
  template <std::invocable Function>
  void add_reader(int fd, Function&& function, const callback_options& options = {},
                  std::source_location place = std::source_location::current());
  /// As add_reader(), while `fd` is writable.
  template <std::invocable Function>
  void add_writer(int fd, Function&& function, const callback_options& options = {},
                  std::source_location place = std::source_location::current());
  /// Returns whether there was one. Call it before `fd` is closed.
  bool remove_reader(int fd);
  bool remove_writer(int fd);

  /// The members of `socket` by their names in asyncio; see there. `recv` and `recvfrom` give at
  /// most `limit` bytes in a string of their own.
  task<std::string> sock_recv(socket& from, std::size_t limit);
  task<std::size_t> sock_recv_into(socket& from, std::span<std::byte> into);
  task<std::pair<std::string, endpoint>> sock_recvfrom(socket& from, std::size_t limit);
  task<std::pair<std::size_t, endpoint>> sock_recvfrom_into(socket& from,
                                                            std::span<std::byte> into);
  task<> sock_sendall(socket& over, std::span<const std::byte> data);
  task<> sock_sendall(socket& over, std::string_view data);
  task<std::size_t> sock_sendto(socket& over, std::span<const std::byte> data, endpoint to);
  task<std::size_t> sock_sendto(socket& over, std::string_view data, endpoint to);
  task<> sock_connect(socket& from, endpoint to);
  task<std::pair<socket, endpoint>> sock_accept(socket& listening);

  // Errors and debugging --------------------------------------------------------------------------

  /// A handler may replace itself; the old one lives until it has returned.
  void set_exception_handler(exception_handler handler);
  /// The handler that was set; empty stands for the default.
  const exception_handler& get_exception_handler() const noexcept;

  /// Logs the report as an error.
  void default_exception_handler(const exception_context& context) noexcept;
  /// Gives the report to the handler. A handler that throws does not harm the loop.
  void call_exception_handler(const exception_context& context) noexcept;

  /// Debug mode reports steps longer than `slow_callback_duration`. Starts as the environment
  /// variable OURO_DEBUG says.
  void set_debug(bool enabled) noexcept {
    debug_ = enabled;
    watched_ = debug_ || !hooks_.empty();
  }
  bool get_debug() const noexcept { return debug_; }

  /// Steps and callbacks that take longer than this are reported in debug mode.
  duration slow_callback_duration = std::chrono::milliseconds(100);

  /// Becomes readable when the kernel has something for the loop: for embedding it in another.
  int fileno() const noexcept { return ring_.fd(); }

  // For the layers above --------------------------------------------------------------------------

  void make_ready(detail::ready_node& node) noexcept { ready_.push(node); }
  bool forget_ready(detail::ready_node& node) noexcept {
    return ready_.remove(node) || batch_.remove(node);
  }
  void schedule_timer(detail::timer_node& node, time_point when) { timers_.insert(node, when); }
  void cancel_timer(detail::timer_node& node) noexcept { timers_.remove(node); }
  std::size_t pending_timers() const noexcept { return timers_.size(); }
  /// Requests in flight, without the loop's own.
  std::size_t pending_requests() const noexcept;
  /// Whether a turn would run something: beside what runs now, a callback, step or timer is due, or
  /// the kernel shows that it has something for the loop.
  bool has_ready() noexcept;
  /// The clock of the options; null is the steady clock.
  ouro::time_source* get_time_source() const noexcept { return clock_.source(); }
  /// What each pending timer belongs to, in no order: for reports.
  std::vector<std::string> describe_timers() const;
  ring& io() noexcept { return ring_; }
  /// Work that ends by itself although nothing here shows it: on another thread, in another
  /// process, in a file. While there is some, a virtual clock does not jump.
  void begin_outside_work() noexcept { ++outside_work_; }
  void end_outside_work() noexcept { --outside_work_; }
  intrusive_list<detail::task_base>& tasks() noexcept { return tasks_; }
  std::uint64_t next_task_number() noexcept { return ++task_number_; }
  /// The state that a layer above keeps with this loop, made by Extension(loop) when it is first
  /// asked for. close() destroys it last: requests, tasks and callbacks have gone by then.
  template <std::derived_from<loop_extension> Extension>
  Extension& extension() {
    if (Extension* found = extensions_.find<Extension>()) return *found;
    return extensions_.add(detail::make_owned<Extension>(*this));
  }
  /// As extension(), but null if there is none.
  template <std::derived_from<loop_extension> Extension>
  Extension* find_extension() const noexcept {
    return extensions_.find<Extension>();
  }
  /// Called by close(), once no request is in flight, to destroy the tasks that are left.
  void set_abandon_tasks(void (*function)(event_loop&)) noexcept { abandon_tasks_ = function; }
  /// What a signal handler can ask of a loop.
  enum class interrupt_kind : unsigned { sigint, dump };
  /// Has the handler of `kind` called in the next turn, waking the loop. Async-signal-safe.
  void interrupt(interrupt_kind kind) noexcept;
  void set_interrupt_handler(interrupt_kind kind, unique_function<void()> handler) {
    on_interrupt_[static_cast<unsigned>(kind)] = std::move(handler);
  }
  /// Throws usage_error if the loop is closed or runs on another thread.
  void check_scheduling() const {
    if (is_closed() || (is_running() && running_here_ != this)) [[unlikely]]
      refuse_scheduling();
  }

  static event_loop* running_here() noexcept { return running_here_; }
  /// Whether `loop` exists and this thread may call its handlers.
  static bool alive(const event_loop* loop) noexcept;
  /// Whether `loop` exists and runs on another thread.
  static bool runs_elsewhere(const event_loop* loop) noexcept;

 private:
  class wakeup;
  struct shared_handler;

  void prepare_run();
  [[noreturn]] void refuse_scheduling() const;
  void run_once();
  void wait_for_events();
  void poll_or_sleep();
  bool busy_poll();
  void collect_due_timers();
  void handle_interrupts();
  void run_batch() noexcept;
  void run_watched_batch() noexcept;
  void run_timed(detail::ready_node& node) noexcept;
  void drop_callbacks() noexcept;
  void post(detail::ready_node& node) noexcept;

  template <class Function>
  detail::callback_state* make_callback(Function&& function, const callback_options& options,
                                        std::source_location place, bool posted) {
    return new detail::callback_of<std::decay_t<Function>>(
        *this, detail::context_slot::for_new(options.context), place, posted,
        std::forward<Function>(function));
  }

  OURO_ONE_PER_PROCESS static constinit inline thread_local event_loop* running_here_ = nullptr;

  detail::ready_queue ready_;
  detail::ready_queue batch_;  // what runs in this turn
  detail::timer_heap timers_;
  detail::turn_clock clock_;
  bool stopping_ = false;
  bool debug_ = false;
  bool watched_ = false;  // in debug mode, or there are hooks
  std::atomic<bool> running_{false};
  std::atomic<bool> closed_{false};
  std::atomic<bool> sleeping_{false};
  std::atomic<unsigned> posting_{0};      // threads that are inside post()
  std::atomic<unsigned> interrupted_{0};  // a bit for each interrupt_kind
  intrusive_list<loop_hooks> hooks_;
  task_hooks* task_hooks_ = nullptr;
  std::size_t outside_work_ = 0;
  intrusive_list<detail::task_base> tasks_;  // unfinished, in order of creation
  std::uint64_t task_number_ = 0;
  void (*abandon_tasks_)(event_loop&) = nullptr;
  detail::extension_list extensions_;
  detail::inbox inbox_;
  detail::intrusive_ptr<shared_handler> handler_;
  unique_function<void()> on_interrupt_[2];  // by interrupt_kind
  duration busy_poll_;
  ring ring_;
  detail::owned<wakeup> wakeup_;
};

/// The loop that is running in this thread.
/// Errors: usage_error if there is none. asyncio: get_running_loop().
inline event_loop& get_running_loop() {
  event_loop* loop = event_loop::running_here();
  if (loop == nullptr) [[unlikely]]
    detail::throw_usage_error("no running event loop");
  return *loop;
}

/// The loop that is running in this thread, or null.
inline event_loop* try_get_running_loop() noexcept { return event_loop::running_here(); }

/// The running loop, else the one set for this thread, else a new one, which is then set and lives
/// as long as the thread. asyncio: get_event_loop().
event_loop& get_event_loop();

/// Sets the loop of this thread for get_event_loop(), without owning it. asyncio: set_event_loop().
void set_event_loop(event_loop* loop) noexcept;

/// asyncio: new_event_loop().
std::unique_ptr<event_loop> new_event_loop(const event_loop_options& options = {});

// Definitions of the templates above

inline event_loop& network_methods::self() noexcept { return static_cast<event_loop&>(*this); }

template <std::invocable Function>
handle event_loop::call_soon(Function&& function, const callback_options& options,
                             std::source_location place) {
  check_scheduling();
  detail::callback_state* state =
      make_callback(std::forward<Function>(function), options, place, false);
  ready_.push(*state);
  return handle(detail::intrusive_ptr<detail::callback_state>(state));
}

template <std::invocable Function>
handle event_loop::call_soon_threadsafe(Function&& function, const callback_options& options,
                                        std::source_location place) {
  if (is_closed()) refuse_scheduling();
  detail::callback_state* state =
      make_callback(std::forward<Function>(function), options, place, true);
  handle result{detail::intrusive_ptr<detail::callback_state>(state)};
  post(*state);
  return result;
}

template <std::invocable Function>
timer_handle event_loop::call_at(time_point when, Function&& function,
                                 const callback_options& options, std::source_location place) {
  check_scheduling();
  detail::callback_state* state =
      make_callback(std::forward<Function>(function), options, place, false);
  state->when = when;
  timers_.insert(*state, when);
  return timer_handle(detail::intrusive_ptr<detail::callback_state>(state));
}

}  // namespace ouro::inline v0
