// SPDX-License-Identifier: BSL-1.0
#include "ouro/task/detail/promise_base.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/task/detail/child.hpp"
#include "ouro/task/detail/report.hpp"

#include <cxxabi.h>

namespace ouro::inline v0::detail {

promise_base* promise_base::parent() const noexcept {
  return is_root() || link_ == 0 ? nullptr : child()->parent();
}

// The type of the exception tells a cancellation without the cost of catching it.
void promise_base::unhandled_exception() noexcept {
  const std::type_info* type = abi::__cxa_current_exception_type();
  const bool cancelled = type != nullptr && *type == typeid(cancelled_error);
  const outcome how = cancelled ? outcome::cancelled : outcome::error;
  if (is_root()) {
    root()->set_result_outcome(how, std::current_exception());
  } else {
    child()->set_outcome(how, std::current_exception());
  }
}

void child_base::drop_frame() noexcept {
  if (parent_ == nullptr) report_never_awaited(frame_->place());
  destroy_frame();
}

}  // namespace ouro::inline v0::detail
