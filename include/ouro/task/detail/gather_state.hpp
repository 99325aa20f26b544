// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/light_std.hpp"
#include "ouro/base/owned.hpp"
#include "ouro/base/result.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/detail/done_entry.hpp"
#include "ouro/task/detail/future_awaiter.hpp"

#include <cstddef>
#include <exception>
#include <string_view>
#include <type_traits>
#include <utility>

namespace ouro::inline v0::detail {

/// When a gather is done.
enum class gather_mode : std::uint8_t {
  first_error,  // with the first failure, or with all values; the others go on
  collect,      // when all have ended; failures are results
  all_or_none,  // when all have ended; the first failure cancels the others
};

/// What gathers have in common, whatever their results.
class gather_core {
 public:
  using entry = done_entry_of<gather_core>;

  void on_child_done(entry& child) noexcept;

 protected:
  explicit gather_core(gather_mode mode) noexcept : mode_(mode) {}
  ~gather_core() = default;

  void watch(entry* entries, std::size_t count, intrusive_ptr<future_base>* children);
  bool cancel_children(std::string_view message, cancel_mode mode) noexcept;

 private:
  virtual future_base& outer() noexcept = 0;
  virtual void build_results() = 0;

  void note_failure(future_base& child) noexcept;
  void finish() noexcept;
  void fail_with(std::exception_ptr error, bool cancelled) noexcept;
  bool waits_for_all() const noexcept { return mode_ != gather_mode::first_error || joining_; }

  entry* entries_ = nullptr;
  std::size_t count_ = 0;
  std::size_t left_ = 0;
  std::exception_ptr first_failure_;
  const gather_mode mode_;
  bool failed_ = false;            // first_failure_ is set
  bool failed_cancelled_ = false;  // … and is a cancellation
  bool cancel_requested_ = false;
  bool joining_ = false;  // cancelled by a deadline: leaves only when all have ended
};

/// How gather() gives a child's result.
template <class T>
struct gathered {
  using type = T;
};
template <>
struct gathered<void> {
  using type = std::monostate;
};
template <class T>
struct gathered<T&> {
  using type = std::reference_wrapper<T>;
};
template <class T>
using gathered_t = typename gathered<T>::type;

/// The type of future that ensure_future() makes of an awaitable.
template <class Awaitable>
using child_handle_t = decltype(ensure_future(std::declval<Awaitable>()));
template <class Awaitable>
using child_value_t = typename child_handle_t<Awaitable>::value_type;

/// The value of a finished child: moved if the gather made the task, else copied where possible.
template <class T, bool Owned>
gathered_t<T> gathered_value(future_base& child) {
  if constexpr (std::is_void_v<T>) {
    return {};
  } else if constexpr (std::is_reference_v<T>) {
    return value_of<T>(child);
  } else if constexpr (!Owned && is_copyable<T>) {
    return std::as_const(value_of<T>(child));
  } else {
    return extract_value<T>(child);
  }
}

template <class T, bool Owned>
result<gathered_t<T>> gathered_result(future_base& child) {
  if (std::exception_ptr error = child.failure()) return error;
  return gathered_value<T, Owned>(child);
}

/// The future that a gather gives. `Build` makes its value of the finished children.
template <class Value, class Children, class Build>
class gather_state final : public value_state<Value, plain_future>, private gather_core {
 public:
  gather_state(event_loop& loop, std::source_location place, gather_mode mode, Children children,
               std::size_t count, Build build)
      : value_state<Value, plain_future>(loop, place),
        gather_core(mode),
        entries_(count),
        build_(std::move(build)) {
    this->watch(entries_.get(), count, children.data());
  }

  bool cancel(std::string_view message, cancel_mode mode) noexcept override {
    return !this->done() && cancel_children(message, mode);
  }

 private:
  future_base& outer() noexcept override { return *this; }
  void build_results() override { this->emplace(build_(entries_.get())); }

  owned_array<entry> entries_;
  Build build_;
};

template <class Value, class Children, class Build>
future<Value> start_gather(gather_mode mode, Children children, std::size_t count, Build build,
                           std::source_location place) {
  using state = gather_state<Value, Children, Build>;
  auto* fresh =
      new state(get_running_loop(), place, mode, std::move(children), count, std::move(build));
  return future<Value>(intrusive_ptr<future_base>::adopt(fresh));
}

}  // namespace ouro::inline v0::detail
