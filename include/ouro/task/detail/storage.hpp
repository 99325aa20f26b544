// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/light_std.hpp"

#include <new>
#include <utility>

namespace ouro::inline v0::detail {

struct nothing {};

/// How a result of type T is kept: a reference as a pointer, void as nothing.
template <class T>
struct stored {
  using type = T;
};
template <class T>
struct stored<T&> {
  using type = T*;
};
template <>
struct stored<void> {
  using type = nothing;
};
template <class T>
using stored_t = typename stored<T>::type;

/// Room for a result that is made later, or never. Whoever uses it knows whether it is there.
template <class T>
class storage_of {
 public:
  storage_of() noexcept {}
  storage_of(const storage_of&) = delete;
  storage_of& operator=(const storage_of&) = delete;
  ~storage_of() {}

  template <class... Arguments>
  void emplace(Arguments&&... arguments) {
    void* const place = std::addressof(value_);
    if constexpr (std::is_arithmetic_v<stored_t<T>> && sizeof...(Arguments) == 1) {
      ::new (place) stored_t<T>(static_cast<stored_t<T>>(arguments)...);  // `co_return 0` of a size
    } else {
      ::new (place) stored_t<T>(std::forward<Arguments>(arguments)...);
    }
  }
  void destroy() noexcept { std::destroy_at(std::addressof(value_)); }
  stored_t<T>& get() noexcept { return value_; }

 private:
  union {
    stored_t<T> value_;
  };
};

/// Nothing is kept, and it takes no room as a [[no_unique_address]] member.
template <>
class storage_of<void> {
 public:
  void emplace() noexcept {}
  void destroy() noexcept {}
  nothing& get() noexcept { return value_; }

 private:
  [[no_unique_address]] nothing value_;
};

}  // namespace ouro::inline v0::detail
