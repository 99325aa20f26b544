// SPDX-License-Identifier: BSL-1.0
#include "ouro/task/stop_token.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/task/detail/task_base.hpp"

#include <utility>

namespace ouro::inline v0 {

namespace {

class stop_on_cancel final : public detail::cancel_observer {
 public:
  std::stop_token token() const noexcept { return source_.get_token(); }
  void cancel_requested() noexcept override { source_.request_stop(); }

 private:
  std::stop_source source_;
};

std::stop_token token_of(detail::task_base& task) {
  detail::owned<detail::cancel_observer>& observer = task.extras().observer;
  if (!observer) observer = detail::make_owned<stop_on_cancel>();
  return static_cast<stop_on_cancel&>(*observer).token();
}

}  // namespace

std::stop_token get_stop_token() {
  detail::task_base* task = detail::task_base::current_or_null();
  if (task == nullptr) detail::throw_usage_error("get_stop_token() needs a task around it");
  return token_of(*task);
}

std::stop_token get_stop_token(const task_handle<>& task) {
  return token_of(static_cast<detail::task_base&>(detail::checked(task.state())));
}

}  // namespace ouro::inline v0
