// SPDX-License-Identifier: BSL-1.0
#include "ouro/stream/detail/write_queue.hpp"

#include "ouro/base/assert.hpp"
#include "ouro/stream/detail/block_pool.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <new>
#include <utility>

namespace ouro::inline v0::detail {

/// A copy at the end of its own block. The kernel reads what it was told of; more may be put behind
/// that meanwhile.
class write_queue::owned_segment final : public write_segment {
 public:
  static owned_segment& make(std::size_t room) {
    block memory = block::of(sizeof(owned_segment) + room);
    const std::size_t size = memory.size();
    return *::new (memory.detach()) owned_segment(size);
  }

  std::size_t room() const noexcept { return static_cast<std::size_t>(end_ - (data_ + size_)); }
  void put(const_buffer data) noexcept {
    std::memcpy(const_cast<std::byte*>(data_) + size_, data.data(), data.size());
    size_ += data.size();
  }
  void skip(std::size_t count) noexcept {
    data_ += count;
    size_ -= count;
  }
  /// Whether it is worth keeping.
  bool is_small() const noexcept {
    return end_ - reinterpret_cast<const std::byte*>(this) <= std::ptrdiff_t{block::largest_kept};
  }
  void reset() noexcept {
    data_ = reinterpret_cast<std::byte*>(this + 1);
    size_ = 0;
  }
  void dispose() noexcept {
    const auto size = static_cast<std::size_t>(end_ - reinterpret_cast<std::byte*>(this));
    this->~owned_segment();
    block::give(reinterpret_cast<std::byte*>(this), size);
  }

 private:
  explicit owned_segment(std::size_t block_size) noexcept
      : write_segment(kind::owned, {reinterpret_cast<std::byte*>(this + 1), 0}),
        end_(reinterpret_cast<std::byte*>(this) + block_size) {}

  std::byte* end_;
};

void write_queue::append(const_buffer data) {
  if (open_ == nullptr || open_->room() < data.size()) [[unlikely]]
    return append_slowly(data);
  if (empty_) {
    segments_.push_back(*open_);
    empty_ = false;
  }
  open_->put(data);
  size_ += data.size();
}

void write_queue::append_slowly(const_buffer data) {
  // Whoever writes faster than it is sent gets larger blocks.
  constexpr std::size_t busy_block = 16000;
  owned_segment& added =
      owned_segment::make(empty_ ? data.size() : std::max(data.size(), busy_block));
  if (empty_) release_spare();
  added.put(data);
  segments_.push_back(added);
  open_ = &added;
  size_ += data.size();
  empty_ = false;
}

void write_queue::append(borrowed_segment& segment) noexcept {
  release_spare();
  segments_.push_back(segment);
  open_ = nullptr;
  empty_ = false;
}

void write_queue::insert_before(borrowed_segment& barrier, const_buffer data) {
  owned_segment& added = owned_segment::make(data.size());
  added.put(data);
  segments_.insert_before(barrier, added);
  size_ += data.size();
  at_barrier_ = false;
}

std::size_t write_queue::gather(std::span<const_buffer> into) noexcept {
  std::size_t count = 0;
  for (write_segment& each : segments_) {
    if (count == into.size() || each.kind_ == write_segment::kind::barrier) break;
    into[count++] = each.rest();
  }
  return count;
}

void write_queue::consume(std::size_t count) noexcept {
  while (!empty_) {
    write_segment& first = segments_.front();
    if (first.kind_ == write_segment::kind::barrier) break;
    const std::size_t taken = std::min(count, first.size_);
    count -= taken;
    if (first.kind_ == write_segment::kind::owned) {
      size_ -= taken;
      static_cast<owned_segment&>(first).skip(taken);
      if (first.size_ != 0) break;
      drop_owned(static_cast<owned_segment&>(first));
    } else {
      first.data_ += taken;
      first.size_ -= taken;
      if (first.size_ != 0) break;
      auto& borrowed = static_cast<borrowed_segment&>(first);
      remove(borrowed);
      borrowed.on_turn();
    }
  }
  OURO_ASSERT(count == 0);
}

void write_queue::reach_barrier() noexcept {
  if (empty_ || at_barrier_ || segments_.front().kind_ != write_segment::kind::barrier) return;
  at_barrier_ = true;
  static_cast<borrowed_segment&>(segments_.front()).on_turn();
}

void write_queue::remove(borrowed_segment& segment) noexcept {
  if (&segments_.front() == &segment) at_barrier_ = false;
  segment.unlink();
  note_empty();
}

bool write_queue::replace_by_copy(borrowed_segment& segment) noexcept {
  try {
    owned_segment& copy = owned_segment::make(segment.size_);
    copy.put(segment.rest());
    size_ += segment.size_;
    segments_.insert_before(segment, copy);
  } catch (const std::bad_alloc&) {
    return false;
  }
  segment.unlink();
  note_empty();
  return true;
}

void write_queue::drop_owned(owned_segment& segment) noexcept {
  segment.unlink();
  note_empty();
  if (empty_ && &segment == open_ && segment.is_small()) {
    segment.reset();  // for what is written next
    return;
  }
  if (&segment == open_) open_ = nullptr;
  segment.dispose();
}

void write_queue::release_spare() noexcept {
  if (has_spare()) std::exchange(open_, nullptr)->dispose();
}

void write_queue::return_borrowed() noexcept {
  for (auto at = segments_.begin(); at != segments_.end();) {
    write_segment& each = *at;
    ++at;  // before the segment goes
    if (each.kind_ == write_segment::kind::borrowed) {
      static_cast<borrowed_segment&>(each).on_returned();
      if (empty_) return;  // there was no memory for a copy, and everything was dropped
    }
  }
}

void write_queue::clear() noexcept {
  while (!empty_) {
    write_segment& first = segments_.front();
    if (first.kind_ == write_segment::kind::owned) {
      size_ -= first.size_;
      drop_owned(static_cast<owned_segment&>(first));
    } else {
      auto& borrowed = static_cast<borrowed_segment&>(first);
      remove(borrowed);
      borrowed.on_dropped();
    }
  }
}

}  // namespace ouro::inline v0::detail
