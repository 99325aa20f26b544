// SPDX-License-Identifier: BSL-1.0
// The smallest wait for the kernel: a read from a pipe, written with nothing but ring, loop and
// waiter.
#pragma once

#include "ouro/base/unique_fd.hpp"
#include "ouro/loop/event_loop.hpp"
#include "ouro/ring/liburing.hpp"
#include "ouro/ring/operation.hpp"
#include "ouro/task/waiter.hpp"

#include <cerrno>
#include <span>
#include <stdexcept>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace kernel_test {

struct pipe_ends {
  pipe_ends() {
    int ends[2];
    if (::pipe(ends) != 0) throw std::runtime_error("pipe");
    read = ouro::unique_fd(ends[0]);
    write = ouro::unique_fd(ends[1]);
  }
  void put(std::string_view bytes) const {
    if (::write(write.get(), bytes.data(), bytes.size()) < 0) throw std::runtime_error("write");
  }
  ouro::unique_fd read;
  ouro::unique_fd write;
};

/// What became of a read, for a test to look at after its frame has gone.
struct read_record {
  int aborts = 0;       // calls of abort()
  int completions = 0;  // completions of the kernel
  bool destroyed = false;
  bool destroyed_in_flight = false;
};

/// Reads from a pipe; `co_await` gives the number of bytes. With `deaf` it does not pass a request
/// to cancel on, as if the kernel had been faster.
class kernel_read final : public ouro::waiter, private ouro::operation {
 public:
  kernel_read(const pipe_ends& from, std::span<char> into, read_record& record, bool deaf = false)
      : fd_(from.read.get()), into_(into), record_(&record), deaf_(deaf) {}
  kernel_read(kernel_read&&) = delete;
  ~kernel_read() {
    record_->destroyed = true;
    record_->destroyed_in_flight |= in_flight();
  }

  bool await_ready() const noexcept { return false; }
  bool await_suspend(ouro::detail::await_point at) {
    ouro::detail::task_base& current = ouro::detail::task_base::current();
    if (current.interrupt_pending()) {
      set_task(current);
      return false;
    }
    park(at);
    current.loop().io().submit(*this);
    return true;
  }
  int await_resume() {
    if (record_->completions == 0 || (aborted_ && result_ < 0)) task()->throw_if_interrupted();
    if (aborted_) task()->keep_interruption();
    return result_;
  }

 private:
  bool abort(ouro::detail::cancel_mode) noexcept override {
    ++record_->aborts;
    if (!std::exchange(aborted_, true) && !deaf_) task()->loop().io().cancel(*this);
    return true;
  }
  void detach() noexcept override { OURO_ASSERT(!in_flight()); }
  void prepare(io_uring_sqe& sqe) noexcept override {
    io_uring_prep_read(&sqe, fd_, into_.data(), static_cast<unsigned>(into_.size()), 0);
  }
  void on_complete(int result, unsigned) noexcept override {
    ++record_->completions;
    result_ = result;
    wake();
  }

  int fd_;
  std::span<char> into_;
  read_record* record_;
  int result_ = -ECANCELED;
  bool deaf_;
  bool aborted_ = false;
};

}  // namespace kernel_test
