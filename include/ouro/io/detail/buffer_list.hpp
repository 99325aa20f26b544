// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/owned.hpp"
#include "ouro/io/buffer.hpp"

#include <cstddef>
#include <span>
#include <sys/uio.h>

namespace ouro::inline v0::detail {

/// The buffers of a message in the kernel's form. A few of them take no memory of their own.
class buffer_list {
 public:
  explicit buffer_list(const_buffer one) noexcept;
  explicit buffer_list(mutable_buffer one) noexcept;
  explicit buffer_list(std::span<const const_buffer> buffers);
  explicit buffer_list(std::span<const mutable_buffer> buffers);

  /// Valid until the list is moved.
  ::iovec* data() noexcept { return many_.get() == nullptr ? few_ : many_.get(); }
  std::size_t size() const noexcept { return size_; }

 private:
  template <class Buffers>
  void assign(const Buffers& buffers);

  ::iovec few_[4]{};
  owned_array<::iovec> many_;  // null if they fit in few_
  std::size_t size_;
};

}  // namespace ouro::inline v0::detail
