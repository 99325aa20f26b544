// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/intrusive_list.hpp"
#include "ouro/ring/operation.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace ouro::inline v0 {

/// An answer of the kernel on its way to an operation.
struct ring_answer {
  std::uint64_t id;  // the user_data of the request
  int result;
  unsigned flags;
};

/// Sees every request and every answer of a ring, and may bend them: for tests and tools. Derive,
/// override what you need, and give it to ring::add_hooks(). A ring without hooks pays one branch
/// for each request and each answer. The calls must not throw, nor use the ring.
class ring_hooks : private list_hook {
 public:
  /// `request` goes into the submission queue as `entry` says, which may be changed, all but its
  /// user_data.
  virtual void on_submit(operation& /*request*/, io_uring_sqe& /*entry*/) noexcept {}

  /// `answers` are to be handed out, the oldest first. They may be changed and put in another
  /// order, but those of one id must keep theirs. Returns how many to hand out now, from the front;
  /// the others come again in the next turn. While the ring drains, all are handed out, whatever it
  /// says.
  virtual std::size_t on_answers(std::span<ring_answer> answers) noexcept { return answers.size(); }

  /// `request` is about to be told; without IORING_CQE_F_MORE in the flags for the last time.
  virtual void on_complete(operation& /*request*/, const ring_answer& /*answer*/) noexcept {}

 protected:
  ring_hooks() noexcept = default;
  ~ring_hooks() = default;

 private:
  friend class ring;
  friend class intrusive_list<ring_hooks>;
};

}  // namespace ouro::inline v0
