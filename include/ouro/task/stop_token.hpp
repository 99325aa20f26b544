// SPDX-License-Identifier: BSL-1.0
#pragma once

// Not part of ouro.hpp: <stop_token> brings threads and semaphores, and few programs need it.

#include "ouro/base/light_std.hpp"
#include "ouro/task/detail/stop_bridge.hpp"
#include "ouro/task/task_handle.hpp"

#include <stop_token>
#include <utility>

namespace ouro::inline v0 {

/// A token that is requested when the current task is cancelled: for code that takes a
/// std::stop_token. It stays requested if the task swallows the cancellation.
///
/// Errors: usage_error outside a task. From here to there; cancel_on_stop() goes the other way.
[[nodiscard]] std::stop_token get_stop_token();

/// The same for another task. Call it on the loop's thread.
[[nodiscard]] std::stop_token get_stop_token(const task_handle<>& task);

/// Cancels `task` when `token` is requested to stop, on whatever thread that happens. The object is
/// the connection: it ends with it. Make it on the loop's thread.
///
///     ouro::cancel_on_stop connection(token, handle);
class [[nodiscard]] cancel_on_stop {
 public:
  cancel_on_stop(std::stop_token token, task_handle<> task)
      : link_(detail::stop_link::make(std::move(task))),
        callback_(std::move(token), request{link_}) {}
  cancel_on_stop(const cancel_on_stop&) = delete;
  cancel_on_stop& operator=(const cancel_on_stop&) = delete;
  ~cancel_on_stop() { link_->disconnect(); }

 private:
  struct request {
    std::shared_ptr<detail::stop_link> link;
    void operator()() const noexcept { link->post(); }
  };

  std::shared_ptr<detail::stop_link> link_;
  std::stop_callback<request> callback_;
};

}  // namespace ouro::inline v0
