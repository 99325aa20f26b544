// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/loop/fwd.hpp"
#include "ouro/task/task_handle.hpp"

namespace ouro::inline v0 {

/// Sees every task of a loop, those of gather() and task groups too. Derive, override what you
/// need, and give it to event_loop::set_task_hooks(). The calls must not throw.
/// asyncio: task factories.
class task_hooks {
 public:
  enum class start { later, eager };

  /// A task has been made; its first step has not run. The answer says when it does: with `eager`
  /// at once, inside create_task().
  virtual start on_create(const task_handle<>&) noexcept { return start::later; }
  /// A step begins.
  virtual void on_step(const task_handle<>&) noexcept {}
  /// A step has ended, and the task is blocked or gives the others a turn.
  virtual void on_suspend(const task_handle<>&) noexcept {}
  /// The task has ended, its outcome is there, and its frame is gone.
  virtual void on_done(const task_handle<>&) noexcept {}

 protected:
  ~task_hooks() = default;
};

/// Starts every task inside create_task(): `loop.set_task_hooks(eager_task_factory)`.
/// asyncio: eager_task_factory.
class eager_task_hooks final : public task_hooks {
 public:
  start on_create(const task_handle<>&) noexcept override { return start::eager; }
};
inline constinit eager_task_hooks eager_task_factory;

}  // namespace ouro::inline v0
