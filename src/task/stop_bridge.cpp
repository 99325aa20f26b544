// SPDX-License-Identifier: BSL-1.0
#include "ouro/task/detail/stop_bridge.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/base/log.hpp"

namespace ouro::inline v0::detail {

void stop_link::post() noexcept {
  try {
    loop_->call_soon_threadsafe([link = shared_from_this()] {
      if (link->task_) link->task_.cancel("stop requested");
    });
  } catch (const usage_error&) {  // NOLINT(bugprone-empty-catch)
    // The loop is closed, and with it the task.
  } catch (const std::exception& error) {
    log(log_level::error, error.what());
  }
}

}  // namespace ouro::inline v0::detail
