// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/intrusive_list.hpp"
#include "ouro/stream/detail/stream_core.hpp"
#include "ouro/task/waiter.hpp"

namespace ouro::inline v0::detail {

/// Awaits something of the writing side, in a list of the core.
class writer_wait : public leaving_waiter, private list_hook {
 public:
  /// What is waited for has come.
  void meet() noexcept { wake(); }

 protected:
  explicit writer_wait(stream_core& core) noexcept : core_(&core) {}
  writer_wait(writer_wait&& other) noexcept
      : leaving_waiter(static_cast<leaving_waiter&&>(other)), list_hook(), core_(other.core_) {}
  ~writer_wait() = default;

  stream_core& core() const noexcept { return *core_; }
  bool wait_in(intrusive_list<writer_wait>& list, const await_point& at) noexcept {
    if (!begin_wait(at)) return false;
    list.push_back(*this);
    return true;
  }

 private:
  friend class intrusive_list<writer_wait>;
  void leave() noexcept final { unlink(); }

  stream_core* core_;
};

class [[nodiscard]] drain_operation final : public writer_wait {
 public:
  explicit drain_operation(stream_core& core) noexcept : writer_wait(core) {}

  bool await_ready() const noexcept {
    const bool free = !core().writing_paused() && !core().transport()->is_closing();
    return free || core().lost() || core().error() != nullptr;
  }
  /// While the transport closes it takes a turn: who writes and drains in a loop would else keep
  /// the loop from the end that drain() is to tell of.
  bool await_suspend(await_point at) noexcept {
    if (core().writing_paused()) return wait_in(core().drainers(), at);
    if (!begin_wait(at)) return false;
    meet();
    return true;
  }
  void await_resume() const {
    finish_wait();
    core().throw_if_broken();
  }
};

class [[nodiscard]] wait_closed_operation final : public writer_wait {
 public:
  explicit wait_closed_operation(stream_core& core) noexcept : writer_wait(core) {}

  bool await_ready() const noexcept { return core().lost(); }
  bool await_suspend(await_point at) noexcept { return wait_in(core().closers(), at); }
  void await_resume() const {
    finish_wait();
    if (core().transport()->error() != nullptr) std::rethrow_exception(core().transport()->error());
  }
};

}  // namespace ouro::inline v0::detail
