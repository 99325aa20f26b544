// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/detail/buffer_list.hpp"

#include <iterator>

namespace ouro::inline v0::detail {

namespace {

// The kernel's type is the same for both directions; it writes only what recvmsg() names.
::iovec to_native(const_buffer buffer) noexcept {
  return {const_cast<std::byte*>(buffer.data()), buffer.size()};
}

}  // namespace

buffer_list::buffer_list(const_buffer one) noexcept : few_{to_native(one)}, size_(1) {}

buffer_list::buffer_list(mutable_buffer one) noexcept : buffer_list(const_buffer(one)) {}

buffer_list::buffer_list(std::span<const const_buffer> buffers) { assign(buffers); }

buffer_list::buffer_list(std::span<const mutable_buffer> buffers) { assign(buffers); }

template <class Buffers>
void buffer_list::assign(const Buffers& buffers) {
  size_ = buffers.size();
  if (size_ > std::size(few_)) many_ = owned_array<::iovec>(size_);
  ::iovec* next = data();
  for (const auto& each : buffers) *next++ = to_native(each);
}

}  // namespace ouro::inline v0::detail
