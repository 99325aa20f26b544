// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

struct io_uring_buf_ring;

namespace ouro::inline v0 {

class ring;

/// Buffers of one size that the kernel takes from by itself, one for each completion, when a
/// request says `group()` and IOSQE_BUFFER_SELECT. A completion with IORING_CQE_F_BUFFER in its
/// flags, and be it an error, has taken the buffer index_of(flags), which is then the program's
/// until give_back().
///
/// The memory is there once it is written to: a buffer costs what its largest contents were.
class buffer_ring {
 public:
  /// Makes `count` buffers, a power of two up to 32768, of `size` bytes each, and gives all of them
  /// to the kernel. `owner` must be bound to this thread, have the feature buffer_rings, and
  /// outlive the buffers.
  ///
  /// Errors: std::system_error, with the errno of mmap(2) or io_uring_register(2).
  buffer_ring(ring& owner, unsigned count, std::size_t size);
  buffer_ring(const buffer_ring&) = delete;
  buffer_ring& operator=(const buffer_ring&) = delete;
  /// No request that uses the buffers may be in flight.
  ~buffer_ring();

  /// What a request calls the buffers: `buf_group` of its entry.
  [[nodiscard]] std::uint16_t group() const noexcept { return group_; }

  [[nodiscard]] std::span<std::byte> operator[](std::uint16_t index) const noexcept {
    return {buffers_ + index * size_, size_};
  }

  /// Which buffer a completion has taken; nothing to go by without IORING_CQE_F_BUFFER.
  [[nodiscard]] static std::uint16_t index_of(unsigned flags) noexcept {
    return static_cast<std::uint16_t>(flags >> 16);  // IORING_CQE_BUFFER_SHIFT
  }

  /// Gives a buffer to the kernel again. Does nothing in a forked child.
  void give_back(std::uint16_t index) noexcept;

  /// How many buffers the kernel has, as far as completions have told.
  [[nodiscard]] unsigned available() const noexcept { return available_; }
  /// A completion has told that the kernel took one.
  void taken() noexcept { --available_; }

 private:
  int enlist() noexcept;

  ring& owner_;
  std::size_t size_;
  std::size_t mapped_size_;
  unsigned count_;
  unsigned available_ = 0;
  std::uint16_t group_ = 0;
  std::byte* buffers_ = nullptr;           // behind `kernel_`, in the same mapping
  ::io_uring_buf_ring* kernel_ = nullptr;  // shared with the kernel
};

}  // namespace ouro::inline v0
