// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <utility>

namespace ouro::inline v0::detail {

/// Memory for bytes on their way. It comes from a pool of the thread, and goes back to the pool of
/// the thread that lets it go: blocks of 4, 16 and 64 KiB, of which a thread keeps up to 16 MiB, and
/// 1 MiB when it has long not needed more. What is not kept is the system's.
class block {
 public:
  /// The largest size that is kept for reuse.
  static constexpr std::size_t largest_kept = 65536;

  /// No memory.
  block() noexcept = default;
  block(block&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  block& operator=(block&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~block() { release(); }

  /// At least `size` bytes.
  /// Errors: std::bad_alloc.
  static block of(std::size_t size);

  explicit operator bool() const noexcept { return data_ != nullptr; }
  std::byte* data() const noexcept { return data_; }
  std::size_t size() const noexcept { return size_; }

  /// Gives the memory back.
  void release() noexcept {
    if (data_ != nullptr) give(std::exchange(data_, nullptr), std::exchange(size_, 0));
  }
  /// Gives it away: give() takes it back.
  std::byte* detach() noexcept {
    size_ = 0;
    return std::exchange(data_, nullptr);
  }
  static void give(std::byte* data, std::size_t size) noexcept;

  /// How many bytes the calling thread keeps for reuse.
  static std::size_t kept() noexcept;
  /// How many bytes of blocks, the largest left out, are in use, unless another thread keeps some.
  static std::size_t used() noexcept;
  /// To be called from time to time: gives the system what the calling thread has kept and not used
  /// since the last call. Returns whether the next call may find more.
  static bool trim() noexcept;

 private:
  block(std::byte* data, std::size_t size) noexcept : data_(data), size_(size) {}

  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace ouro::inline v0::detail
