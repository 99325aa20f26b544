// SPDX-License-Identifier: BSL-1.0
#include "wakeup.hpp"

#include "ouro/base/system.hpp"
#include "ouro/ring/liburing.hpp"

#include <cerrno>
#include <unistd.h>

namespace ouro::inline v0 {

event_loop::wakeup::wakeup() : fd_(make_eventfd()) {}

void event_loop::wakeup::signal() noexcept {
  const int saved = errno;
  const std::uint64_t one = 1;
  // The only possible failure is a full counter, and then the loop is being woken anyway.
  static_cast<void>(!::write(fd_.get(), &one, sizeof one));
  errno = saved;
}

void event_loop::wakeup::prepare(io_uring_sqe& sqe) noexcept {
  io_uring_prep_read(&sqe, fd_.get(), &count_, sizeof count_, 0);
}

void event_loop::wakeup::on_complete(int, unsigned) noexcept {}

void event_loop::post(detail::ready_node& node) noexcept {
  // Once the node is in the inbox its callback may be the one that ends the loop; the destructor
  // waits.
  posting_.fetch_add(1, std::memory_order_relaxed);
  inbox_.post(node);
  // Pairs with the store in poll_or_sleep(): one of the two sides sees the other.
  if (sleeping_.exchange(false, std::memory_order_seq_cst)) wakeup_->signal();
  posting_.fetch_sub(1, std::memory_order_release);
}

void event_loop::interrupt(interrupt_kind kind) noexcept {
  interrupted_.fetch_or(1U << static_cast<unsigned>(kind), std::memory_order_seq_cst);
  wakeup_->signal();
}

}  // namespace ouro::inline v0
