// SPDX-License-Identifier: BSL-1.0
#include "ouro/ring/buffer_ring.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/ring/liburing.hpp"
#include "ouro/ring/ring.hpp"

#include <cerrno>
#include <sys/mman.h>
#include <unistd.h>

namespace ouro::inline v0 {
namespace {

constexpr unsigned group_count = 1U << 16;

std::size_t to_whole_pages(std::size_t bytes) noexcept {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return (bytes + page - 1) / page * page;
}

}  // namespace

// The kernel has the pages of the ring pinned, and a forked child must not make them its own: so
// the child gets none of it.
buffer_ring::buffer_ring(ring& owner, unsigned count, std::size_t size)
    : owner_(owner), size_(size), count_(count) {
  const std::size_t ring_size = to_whole_pages(count * sizeof(::io_uring_buf));
  mapped_size_ = ring_size + to_whole_pages(count * size);
  void* const mapped = ::mmap(nullptr, mapped_size_, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped == MAP_FAILED) throw_os_error(errno, "mmap");
  ::madvise(mapped, mapped_size_, MADV_DONTFORK);
  ::madvise(mapped, mapped_size_, MADV_NOHUGEPAGE);  // a huge page would be there as a whole
  kernel_ = static_cast<::io_uring_buf_ring*>(mapped);
  buffers_ = static_cast<std::byte*>(mapped) + ring_size;
  if (const int result = enlist(); result < 0) {
    ::munmap(mapped, mapped_size_);
    throw_os_error(result, "io_uring_register");
  }
  ::io_uring_buf_ring_init(kernel_);
  for (unsigned index = 0; index < count; ++index) give_back(static_cast<std::uint16_t>(index));
}

/// Registers the ring under the first number that is free.
int buffer_ring::enlist() noexcept {
  ::io_uring_buf_reg request{};
  request.ring_addr = reinterpret_cast<std::uintptr_t>(kernel_);
  request.ring_entries = count_;
  int result = -EEXIST;
  for (unsigned group = 0; group < group_count && result == -EEXIST; ++group) {
    group_ = request.bgid = static_cast<std::uint16_t>(group);
    result = ::io_uring_register(static_cast<unsigned>(owner_.fd()), IORING_REGISTER_PBUF_RING,
                                 &request, 1);
  }
  return result;
}

// On another thread than the ring's the kernel refuses, and the number stays taken: it has the
// pages of the ring, but no request that would write to the buffers.
buffer_ring::~buffer_ring() {
  if (owner_.fd() < 0) return;
  ::io_uring_buf_reg request{};
  request.bgid = group_;
  ::io_uring_register(static_cast<unsigned>(owner_.fd()), IORING_UNREGISTER_PBUF_RING, &request, 1);
  ::munmap(kernel_, mapped_size_);
}

void buffer_ring::give_back(std::uint16_t index) noexcept {
  if (owner_.fd() < 0) return;
  ::io_uring_buf_ring_add(kernel_, buffers_ + index * size_, static_cast<unsigned>(size_), index,
                          ::io_uring_buf_ring_mask(count_), 0);
  ::io_uring_buf_ring_advance(kernel_, 1);
  ++available_;
}

}  // namespace ouro::inline v0
