// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/light_std.hpp"
#include "ouro/task/task_handle.hpp"

namespace ouro::inline v0::detail {

/// What a stop callback, on any thread, and the connection, on the loop's thread, share.
class stop_link : public std::enable_shared_from_this<stop_link> {
 public:
  static std::shared_ptr<stop_link> make(task_handle<> task) {
    return std::make_shared<stop_link>(std::move(task));
  }
  explicit stop_link(task_handle<> task) : loop_(&task.get_loop()), task_(std::move(task)) {}

  /// Any thread: has the task cancelled in the loop.
  void post() noexcept;
  /// The loop's thread: a request that is still on its way does nothing.
  void disconnect() noexcept { task_ = {}; }

 private:
  event_loop* loop_;
  task_handle<> task_;  // touched on the loop's thread only
};

}  // namespace ouro::inline v0::detail
