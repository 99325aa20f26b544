// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/fd_callback.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/base/unique_fd.hpp"
#include "ouro/io/detail/file_identity.hpp"
#include "ouro/io/detail/guarded_fd.hpp"
#include "ouro/ring/liburing.hpp"

#include <array>
#include <cerrno>
#include <memory>
#include <poll.h>
#include <sys/epoll.h>
#include <system_error>
#include <unordered_map>

namespace ouro::inline v0 {
namespace {

using detail::io_direction;

class fd_table;

/// A callback with its poll. It is idle for the moment between two states: polled for in the
/// kernel, queued in the loop, running. Who takes it out of the last of them deletes it, once
/// removed.
class fd_callback final : public detail::ready_node, private operation {
 public:
  fd_callback(fd_table& table, int fd, io_direction direction, unique_function<void()> function,
              const callback_options& options, std::source_location place)
      : table_(table),
        fd_(fd),
        direction_(direction),
        file_(detail::file_identity::of(fd)),
        function_(std::move(function)),
        slot_(detail::context_slot::for_new(options.context)),
        place_(place) {}

  int fd() const noexcept { return fd_; }
  io_direction direction() const noexcept { return direction_; }
  void arm() noexcept;
  /// The table has forgotten it.
  void remove() noexcept;

 private:
  void prepare(io_uring_sqe& sqe) noexcept override;
  void on_complete(int result, unsigned flags) noexcept override;
  void run() noexcept override;
  void drop() noexcept override {
    if (removed_) delete this;
  }
  std::string describe() const override { return "callback " + detail::describe(place_); }

  short events() const noexcept { return direction_ == io_direction::in ? POLLIN : POLLOUT; }
  bool is_ready() noexcept;
  void call() noexcept;
  void report_lost() noexcept;

  fd_table& table_;
  const int fd_;
  const io_direction direction_;
  const detail::file_identity file_;
  unique_function<void()> function_;
  detail::context_slot slot_;
  const std::source_location place_;
  int error_ = 0;  // of poll(2): the descriptor cannot be watched any more
  bool running_ = false;
  bool removed_ = false;
};

/// The callbacks of a loop, by descriptor.
class fd_table final : public loop_extension {
 public:
  explicit fd_table(event_loop& loop) noexcept : loop_(loop) {}
  ~fd_table() override;

  event_loop& loop() const noexcept { return loop_; }
  void add(detail::owned<fd_callback> callback);
  bool remove(int fd, io_direction direction) noexcept;

 private:
  using callbacks = std::array<fd_callback*, 2>;  // by direction; owned, null if there is none

  event_loop& loop_;
  std::unordered_map<int, callbacks> by_fd_;
};

// Requests and the ready queue have let go of everything by now.
fd_table::~fd_table() {
  for (const auto& [fd, both] : std::exchange(by_fd_, {})) {
    for (fd_callback* each : both) {
      if (each != nullptr) each->remove();
    }
  }
}

void fd_table::add(detail::owned<fd_callback> callback) {
  fd_callback*& place = by_fd_[callback->fd()][static_cast<unsigned>(callback->direction())];
  fd_callback* const replaced = std::exchange(place, callback.release());
  place->arm();
  if (replaced != nullptr) replaced->remove();
}

bool fd_table::remove(int fd, io_direction direction) noexcept {
  const auto found = by_fd_.find(fd);
  if (found == by_fd_.end()) return false;
  fd_callback* const removed =
      std::exchange(found->second[static_cast<unsigned>(direction)], nullptr);
  if (found->second == callbacks{}) by_fd_.erase(found);
  if (removed == nullptr) return false;
  removed->remove();
  return true;
}

void fd_callback::arm() noexcept { table_.loop().io().submit(*this); }

void fd_callback::remove() noexcept {
  removed_ = true;
  if (running_) return;
  // A new poll of the same number must not find this one's entry: so it is cancelled by its id.
  if (in_flight()) table_.loop().io().cancel(*this);
  const bool idle = !in_flight() && !queued();
  {
    const unique_function<void()> forgotten = std::move(function_);
  }
  if (idle) delete this;
}

void fd_callback::prepare(io_uring_sqe& sqe) noexcept {
  ::io_uring_prep_poll_add(&sqe, fd_, static_cast<unsigned>(events()));
}

void fd_callback::on_complete(int result, unsigned) noexcept {
  if (removed_) {
    delete this;
    return;
  }
  if (result == -ECANCELED) return;  // the loop is closing: the table goes soon
  if (result < 0) error_ = -result;
  if (error_ == 0 && !is_ready()) return arm();
  table_.loop().make_ready(*this);
}

// The kernel's answer may be older than the last callbacks, which may have taken what there was or
// closed the descriptor.
bool fd_callback::is_ready() noexcept {
  ::pollfd now{fd_, events(), 0};
  if (::poll(&now, 1, 0) < 0) return true;
  if ((now.revents & POLLNVAL) != 0 || detail::file_identity::of(fd_) != file_) error_ = EBADF;
  return now.revents != 0 || error_ != 0;
}

void fd_callback::run() noexcept {
  if (!removed_ && error_ != 0) {
    running_ = true;
    table_.remove(fd_, direction_);
    report_lost();
  } else if (!removed_) {
    running_ = true;
    call();
    running_ = false;
    if (!removed_) return arm();
  }
  delete this;
}

void fd_callback::call() noexcept {
  detail::context_slot* const outer = detail::context_slot::exchange_current(&slot_);
  try {
    function_();
  } catch (...) {
    exception_context report;
    report.message = "Exception in callback";
    report.exception = std::current_exception();
    report.place = place_;
    table_.loop().call_exception_handler(report);
  }
  detail::context_slot::exchange_current(outer);
}

void fd_callback::report_lost() noexcept {
  exception_context report;
  report.message =
      direction_ == io_direction::in
          ? "A descriptor was closed under add_reader(): call remove_reader() before you close it"
          : "A descriptor was closed under add_writer(): call remove_writer() before you close it";
  report.exception =
      std::make_exception_ptr(std::system_error(error_, std::system_category(), "poll"));
  report.place = place_;
  table_.loop().call_exception_handler(report);
}

/// Whether the file of `fd` tells when it is ready. epoll knows; where it cannot be asked the
/// answer is yes.
bool can_be_polled(int fd) noexcept {
  const unique_fd probe(::epoll_create1(EPOLL_CLOEXEC));
  ::epoll_event event{};
  return !probe || ::epoll_ctl(probe.get(), EPOLL_CTL_ADD, fd, &event) == 0 || errno != EPERM;
}

void add(event_loop& loop, int fd, io_direction direction, unique_function<void()> function,
         const callback_options& options, std::source_location place) {
  loop.check_scheduling();
  const char* const name = direction == io_direction::in ? "add_reader" : "add_writer";
  if (detail::file_identity::of(fd) == detail::file_identity{}) throw_os_error(EBADF, name);
  if (!can_be_polled(fd)) {
    throw std::system_error(EPERM, std::system_category(),
                            std::string(name) + ": descriptor " + std::to_string(fd) +
                                " is a file that is always ready, which cannot be polled");
  }
  fd_table& table = loop.extension<fd_table>();
  table.add(
      detail::make_owned<fd_callback>(table, fd, direction, std::move(function), options, place));
}

bool remove(event_loop& loop, int fd, io_direction direction) {
  if (loop.is_closed()) return false;
  loop.check_scheduling();
  fd_table* const table = loop.find_extension<fd_table>();
  return table != nullptr && table->remove(fd, direction);
}

}  // namespace

void add_reader(event_loop& loop, int fd, unique_function<void()> function,
                const callback_options& options, std::source_location place) {
  add(loop, fd, io_direction::in, std::move(function), options, place);
}

void add_writer(event_loop& loop, int fd, unique_function<void()> function,
                const callback_options& options, std::source_location place) {
  add(loop, fd, io_direction::out, std::move(function), options, place);
}

bool remove_reader(event_loop& loop, int fd) { return remove(loop, fd, io_direction::in); }

bool remove_writer(event_loop& loop, int fd) { return remove(loop, fd, io_direction::out); }

bool event_loop::remove_reader(int fd) { return ouro::remove_reader(*this, fd); }

bool event_loop::remove_writer(int fd) { return ouro::remove_writer(*this, fd); }

}  // namespace ouro::inline v0
