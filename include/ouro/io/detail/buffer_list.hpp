// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/buffer.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <sys/uio.h>
#include <vector>

namespace ouro::inline v0::detail {

/// The buffers of a message in the kernel's form. A few of them take no memory of their own.
class buffer_list {
 public:
  explicit buffer_list(const_buffer one) noexcept : few_{to_native(one)}, size_(1) {}
  explicit buffer_list(mutable_buffer one) noexcept : buffer_list(const_buffer(one)) {}
  explicit buffer_list(std::span<const const_buffer> buffers) { assign(buffers); }
  explicit buffer_list(std::span<const mutable_buffer> buffers) { assign(buffers); }

  /// Valid until the list is moved.
  ::iovec* data() noexcept { return many_.empty() ? few_.data() : many_.data(); }
  std::size_t size() const noexcept { return size_; }

 private:
  // The kernel's type is the same for both directions; it writes only what recvmsg() names.
  static ::iovec to_native(const_buffer buffer) noexcept {
    return {const_cast<std::byte*>(buffer.data()), buffer.size()};
  }

  template <class Buffers>
  void assign(const Buffers& buffers) {
    size_ = buffers.size();
    if (size_ > few_.size()) many_.resize(size_);
    ::iovec* next = data();
    for (const auto& each : buffers) *next++ = to_native(each);
  }

  std::array<::iovec, 4> few_{};
  std::vector<::iovec> many_;  // empty if they fit in few_
  std::size_t size_;
};

}  // namespace ouro::inline v0::detail
