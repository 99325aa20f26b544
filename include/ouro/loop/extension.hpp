// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/owned.hpp"
#include "ouro/loop/fwd.hpp"

#include <utility>

namespace ouro::inline v0 {

/// What a layer above keeps with a loop, as the callbacks of add_reader(): a class derived from
/// this, made by event_loop::extension() when it is first asked for, at most one of each type. The
/// loop knows nothing of it but when to destroy it.
class loop_extension {
 public:
  loop_extension(const loop_extension&) = delete;
  loop_extension& operator=(const loop_extension&) = delete;
  virtual ~loop_extension() = default;

  /// The loop is about to close: the last moment in which requests are in flight.
  virtual void on_close() noexcept {}
  /// A moment later: no request is in flight any more, but tasks and callbacks are still there.
  virtual void on_drained() noexcept {}

 protected:
  loop_extension() noexcept = default;

 private:
  friend class detail::extension_list;

  const void* type_ = nullptr;
  detail::owned<loop_extension> next_;
};

namespace detail {

/// The extensions of a loop. Searched one by one: there are as many as there are layers.
class extension_list {
 public:
  template <class Extension>
  Extension* find() const noexcept {
    for (loop_extension* each = first_.get(); each != nullptr; each = each->next_.get()) {
      if (each->type_ == &type<Extension>) return static_cast<Extension*>(each);
    }
    return nullptr;
  }

  template <class Extension>
  Extension& add(detail::owned<Extension> extension) noexcept {
    Extension& added = *extension;
    added.loop_extension::type_ = &type<Extension>;
    added.loop_extension::next_ = std::exchange(first_, std::move(extension));
    return added;
  }

  void tell_close() noexcept {
    for (loop_extension* each = first_.get(); each != nullptr; each = each->next_.get()) {
      each->on_close();
    }
  }

  void tell_drained() noexcept {
    for (loop_extension* each = first_.get(); each != nullptr; each = each->next_.get()) {
      each->on_drained();
    }
  }

  /// The last one made goes first.
  void clear() noexcept {
    while (first_) {
      const detail::owned<loop_extension> gone = std::move(first_);
      first_ = std::move(gone->next_);
    }
  }

 private:
  template <class Extension>
  static constexpr char type = 0;  // its address stands for the type

  detail::owned<loop_extension> first_;
};

}  // namespace detail
}  // namespace ouro::inline v0
