// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/intrusive_list.hpp"

namespace ouro::inline v0 {

namespace detail {
class ready_queue;
}

/// Sees every turn of a loop, and may bend it: for tests and tools. Derive, override, and give it
/// to event_loop::add_hooks(). A loop without hooks pays one branch a turn.
class loop_hooks : private list_hook {
 public:
  /// The turn is about to run what is in `batch`, which may be put in another order. Callbacks may
  /// be scheduled and tasks cancelled: what becomes ready by that runs in the next turn. Must not
  /// throw.
  virtual void on_turn(detail::ready_queue& batch) noexcept = 0;

 protected:
  loop_hooks() noexcept = default;
  ~loop_hooks() = default;

 private:
  friend class event_loop;
  friend class intrusive_list<loop_hooks>;
};

}  // namespace ouro::inline v0
