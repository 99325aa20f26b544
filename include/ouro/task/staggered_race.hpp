// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/task/as_result.hpp"
#include "ouro/task/task_group.hpp"
#include "ouro/task/wait_for.hpp"
#include "ouro/task/wait_list.hpp"

#include <cstddef>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace ouro::inline v0 {

/// What staggered_race() gives.
template <class T>
struct staggered_result {
  /// The first value; nothing if all failed.
  std::optional<T> winner;
  /// Which function gave it.
  std::optional<std::size_t> winner_index;
  /// What the functions threw; null for the winner, for those that were cancelled or never called.
  std::vector<std::exception_ptr> exceptions;
};

namespace detail {

template <class Function>
class staggered {
 public:
  using T = typename std::invoke_result_t<Function&>::value_type;
  static_assert(!std::is_void_v<T> && !std::is_reference_v<T>,
                "staggered_race() needs functions whose tasks give a value");

  explicit staggered(std::vector<Function> functions) : functions_(std::move(functions)) {
    result_.exceptions.resize(functions_.size());
  }

  task<> start_all(task_group& group, optional_duration delay) {
    for (std::size_t i = 0; i < functions_.size(); ++i) {
      const std::size_t failed_before = failed_;
      group.create_task(run_one(group, i));
      if (i + 1 == functions_.size()) break;
      // The one that was just started, or an earlier one: any failure starts the next.
      if (failed_ != failed_before) continue;
      static_cast<void>(co_await as_result(wait_for(failure_.wait(), delay)));
    }
  }

  staggered_result<T>& result() noexcept { return result_; }

 private:
  task<> run_one(task_group& group, std::size_t index) {
    auto outcome = co_await as_result(functions_[index]());
    if (!outcome) {
      ++failed_;
      result_.exceptions[index] = outcome.exception();
      failure_.wake_all();
    } else if (!result_.winner_index) {
      result_.winner.emplace(*std::move(outcome));
      result_.winner_index = index;
      group.cancel();
    }
  }

  std::vector<Function> functions_;
  staggered_result<T> result_;
  wait_list failure_;
  std::size_t failed_ = 0;
};

}  // namespace detail

/// Calls `functions`, which give tasks, one after the other: the next when `delay` has passed or
/// one has failed. The first value wins; the others are cancelled and joined. `std::nullopt` starts
/// the next after a failure only.
///
/// Cancellation: cancels all that run, and waits for their end. asyncio:
/// staggered.staggered_race().
template <class Function>
auto staggered_race(std::vector<Function> functions, optional_duration delay)
    -> task<staggered_result<typename detail::staggered<Function>::T>> {
  detail::staggered<Function> race(std::move(functions));
  auto body = [&](task_group& group) { return race.start_all(group, delay); };
  co_await task_group::run(body);
  co_return std::move(race.result());
}

}  // namespace ouro::inline v0
