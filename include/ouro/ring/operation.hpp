// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/assert.hpp"
#include "ouro/base/intrusive_list.hpp"

#include <cstdint>

struct io_uring_sqe;

namespace ouro::inline v0 {

class ring;

/// One request to the kernel. It is idle until `ring::submit()` takes it, then in flight until the
/// terminal completion; while it is in flight, it and the memory its request names must stay where
/// they are. An idle operation may be submitted any number of times, one after the other.
class operation : private list_hook {
 public:
  operation() noexcept = default;

  /// Makes an idle operation; `other` must be idle too.
  operation(operation&& other) noexcept : list_hook() { OURO_ASSERT(!other.in_flight()); }

  /// True from submit() until just before the terminal on_complete(): waiting for room in the
  /// queue, prepared, or in the kernel.
  bool in_flight() const noexcept { return state_ != state::idle; }

 protected:
  ~operation() { OURO_ASSERT(!in_flight()); }

 private:
  friend class ring;
  friend class intrusive_list<operation>;

  enum class state : std::uint8_t {
    idle,
    waiting,    // in a list of the ring, because the submission queue was full
    refused,    // in a list of the ring: ended before the kernel saw it, not yet told so
    submitted,  // owns a slot; its entry is in the submission queue or in the kernel
    withdrawn,  // as submitted, but its entry was turned into a NOP before the kernel saw it
  };

  /// Fills in what to ask the kernel: all fields but user_data, as the io_uring_prep functions do.
  /// Called once per submit(), inside it or later. What `sqe` points to must stay valid until
  /// the terminal completion.
  virtual void prepare(io_uring_sqe& sqe) noexcept = 0;

  /// Takes one completion; `result` and `flags` are the kernel's. Without IORING_CQE_F_MORE in
  /// `flags` it is the terminal one: the operation is idle again, and may be destroyed or submitted
  /// anew inside the call. A request whose cancellation was asked for may still succeed; one that
  /// was cancelled before the kernel saw it gets -ECANCELED. May call submit() and cancel(), for
  /// any operation, but not enter(), dispatch() or drain().
  virtual void on_complete(int result, unsigned flags) noexcept = 0;

  std::uint32_t slot_ = 0;             // index into the ring's slots; valid while submitted
  std::uint32_t position_ = 0;         // of its entry in the submission queue, not yet masked
  std::uint32_t cancel_position_ = 0;  // the same of its cancel; valid if cancel_queued_
  state state_ = state::idle;
  bool cancel_requested_ = false;
  bool cancel_queued_ = false;
};

}  // namespace ouro::inline v0
