// SPDX-License-Identifier: BSL-1.0
#include "ouro/task/as_completed.hpp"

#include "ouro/task/detail/report.hpp"

namespace ouro::inline v0::detail {

completion_queue::completion_queue(std::vector<intrusive_ptr<future_base>> children,
                                   const as_completed_options& options, std::source_location place)
    : loop_(&get_running_loop()),
      place_(place),
      limit_(options.timeout),
      count_(children.size()),
      entries_(children.size()) {
  done_.reserve(count_);
  for (std::size_t i = 0; i < count_; ++i) {
    entries_[i].set_owner(this);
    entries_[i].watch(std::move(children[i]));
  }
  if (options.timeout && count_ > 0) {
    loop_->schedule_timer(*this, saturating_add(loop_->time(), *options.timeout));
  }
}

completion_queue::~completion_queue() {
  if (scheduled()) loop_->cancel_timer(*this);
  if (queued()) loop_->forget_ready(*this);
}

void completion_queue::on_child_done(done_entry& child) noexcept {
  if (over_) return;
  done_.push_back(child.child_pointer());
  if (done_.size() == count_ && scheduled()) loop_->cancel_timer(*this);
  waiting_.wake_one();
}

void completion_queue::run() noexcept {
  over_ = true;
  waiting_.wake_all();
}

void completion_queue::throw_timeout() const {
  detail::throw_timeout("as_completed", limit_, place_);
}

}  // namespace ouro::inline v0::detail
