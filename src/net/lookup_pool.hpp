// SPDX-License-Identifier: BSL-1.0
// The threads of the resolver.
#pragma once

#include "ouro/base/time.hpp"
#include "ouro/net/detail/resolver.hpp"

#include "lookup.hpp"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string_view>

namespace ouro::inline v0::detail {

/// One in a process. It is never destroyed: at the end of the process its threads may be anywhere.
class lookup_pool {
 public:
  static lookup_pool& instance();

  /// Has the question of `wait` asked, or lets it wait for an equal one that is in flight. The wait
  /// is parked. Errors: std::system_error if there is no thread and none can be started.
  void join(lookup_wait& wait);

  /// Takes `wait` out. A question that nobody waits for any more and that no thread has begun with
  /// is not asked.
  void leave(lookup_wait& wait) noexcept;

  /// The answer is there: the thread that sent it has let go of `wait`.
  void receive(lookup_wait& wait) noexcept;

  resolver_state state();
  void set_most_threads(std::size_t most);
  void set_idle_time(duration time);

 private:
  void start_threads();
  void work() noexcept;
  bool wait_for_work(std::unique_lock<std::mutex>& lock);
  void finish(lookup& done) noexcept;
  void remove(lookup& unwanted) noexcept;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<lookup>> queue_;
  std::map<std::string_view, std::shared_ptr<lookup>> in_flight_;  // queued or running, by key
  std::size_t threads_ = 0;
  std::size_t idle_ = 0;
  std::size_t most_threads_ = 4;
  duration idle_time_ = std::chrono::seconds(10);
};

}  // namespace ouro::inline v0::detail
