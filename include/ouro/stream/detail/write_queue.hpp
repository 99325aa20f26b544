// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/intrusive_list.hpp"
#include "ouro/io/buffer.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace ouro::inline v0::detail {

/// A stretch of a write_queue.
class write_segment : public list_hook {
 public:
  enum class kind : std::uint8_t {
    owned,     // a copy, in memory of the queue
    borrowed,  // the memory of whoever waits until it is sent
    barrier,   // nothing: whoever waits sends something itself when its turn has come
  };

  kind what() const noexcept { return kind_; }
  /// What is left to send.
  const_buffer rest() const noexcept { return {data_, size_}; }

 protected:
  write_segment(kind what, const_buffer data) noexcept
      : data_(data.data()), size_(data.size()), kind_(what) {}
  ~write_segment() = default;

 private:
  friend class write_queue;

  const std::byte* data_;
  std::size_t size_;
  kind kind_;
};

/// A segment of whoever waits for it. It is taken out of the queue before it is told.
class borrowed_segment : public write_segment {
 public:
  /// Everything of it is sent; or, for a barrier, its turn has come, and nothing is sent before it
  /// is taken out of the queue.
  virtual void on_turn() noexcept = 0;
  /// It will never be sent.
  virtual void on_dropped() noexcept = 0;
  /// transport::take_back() can be called again now: the kernel does not read from it.
  virtual void on_returned() noexcept = 0;

 protected:
  using write_segment::write_segment;
  ~borrowed_segment() = default;
};

/// What is to be sent, in order: copies in blocks of memory, and stretches of the memory of those
/// who wait until they are sent.
class write_queue {
 public:
  write_queue() noexcept = default;
  write_queue(const write_queue&) = delete;
  write_queue& operator=(const write_queue&) = delete;
  ~write_queue() {
    clear();
    release_spare();
  }

  bool empty() const noexcept { return empty_; }
  /// Bytes in memory of the queue.
  std::size_t size() const noexcept { return size_; }

  /// Copies `data` to the end.
  /// Errors: std::bad_alloc; then the queue is as before.
  void append(const_buffer data);
  /// Puts the segment of somebody who waits at the end.
  void append(borrowed_segment& segment) noexcept;

  /// Copies `data` in front of `barrier`, which is in front of the queue and will be told again.
  /// Errors: std::bad_alloc.
  void insert_before(borrowed_segment& barrier, const_buffer data);

  /// Whether there is something to send: not if a barrier is next.
  bool sendable() noexcept {
    return !empty_ && segments_.front().kind_ != write_segment::kind::barrier;
  }
  /// What is to be sent next, up to a barrier: as many stretches as `into` holds. Returns how many.
  std::size_t gather(std::span<const_buffer> into) noexcept;
  /// The first of them.
  const_buffer front() noexcept { return segments_.front().rest(); }
  /// Whether there is nothing beside the first.
  bool is_single() noexcept { return &segments_.front() == &segments_.back(); }

  /// The first `count` bytes are sent. Takes out, and tells, who has waited for that.
  void consume(std::size_t count) noexcept;
  /// If a barrier is next that does not know it yet, tells it.
  void reach_barrier() noexcept;
  /// Takes a segment out that is in the queue.
  void remove(borrowed_segment& segment) noexcept;
  /// Puts a copy of what is left of `segment` in its place. If there is no memory for it, nothing
  /// happens and false is returned.
  bool replace_by_copy(borrowed_segment& segment) noexcept;
  /// No request is in flight, and somebody wants their bytes back: tells all who wait with bytes,
  /// by on_returned().
  void return_borrowed() noexcept;
  /// Drops everything, and tells who waits.
  void clear() noexcept;

  /// Whether memory is kept for what is written next, although nothing is in it.
  bool has_spare() const noexcept { return empty_ && open_ != nullptr; }
  void release_spare() noexcept;

 private:
  class owned_segment;

  void append_slowly(const_buffer data);
  void drop_owned(owned_segment& segment) noexcept;
  void note_empty() noexcept { empty_ = segments_.empty(); }

  intrusive_list<write_segment> segments_;
  owned_segment* open_ = nullptr;  // the last, if it is owned; or, while empty, the spare one
  std::size_t size_ = 0;
  bool empty_ = true;
  bool at_barrier_ = false;  // the barrier in front knows
};

}  // namespace ouro::inline v0::detail
