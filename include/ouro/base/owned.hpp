// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <utility>

namespace ouro::inline v0::detail {

/// Owns an object made by `new`, or none: what std::unique_ptr does, without the tuple and the
/// traits that everybody who includes a header with one compiles: docs/design/includes.md.
template <class T>
class [[nodiscard]] owned {
 public:
  owned() noexcept = default;
  explicit owned(T* object) noexcept : object_(object) {}
  owned(owned&& other) noexcept : object_(other.release()) {}
  template <class Derived>
    requires requires(Derived* derived, T*& base) { base = derived; }
  explicit(false) owned(owned<Derived>&& other) noexcept : object_(other.release()) {}
  owned& operator=(owned&& other) noexcept {
    reset(other.release());
    return *this;
  }
  ~owned() { reset(); }

  /// The object; null if it owns none.
  [[nodiscard]] T* get() const noexcept { return object_; }
  T& operator*() const noexcept { return *object_; }
  T* operator->() const noexcept { return object_; }
  explicit operator bool() const noexcept { return object_ != nullptr; }

  /// Gives the object up.
  [[nodiscard]] T* release() noexcept { return std::exchange(object_, nullptr); }

  /// Destroys the object, which sees that it is owned no more, and owns `object` instead.
  void reset(T* object = nullptr) noexcept {
    // NOLINTNEXTLINE(bugprone-sizeof-expression): asks whether T is complete
    static_assert(sizeof(T) > 0, "the type must be complete to be destroyed");
    delete std::exchange(object_, object);
  }

 private:
  T* object_ = nullptr;
};

/// A new T, owned.
template <class T, class... Args>
owned<T> make_owned(Args&&... args) {
  return owned<T>(new T(std::forward<Args>(args)...));
}

/// Owns an array of a size that is known when it is made; or none.
template <class T>
class [[nodiscard]] owned_array {
 public:
  owned_array() noexcept = default;
  /// Elements are value-initialised.
  explicit owned_array(std::size_t count) : elements_(new T[count]()) {}
  owned_array(owned_array&& other) noexcept : elements_(std::exchange(other.elements_, nullptr)) {}
  owned_array& operator=(owned_array&& other) noexcept {
    delete[] std::exchange(elements_, std::exchange(other.elements_, nullptr));
    return *this;
  }
  ~owned_array() { delete[] elements_; }

  [[nodiscard]] T* get() const noexcept { return elements_; }
  T& operator[](std::size_t index) const noexcept { return elements_[index]; }

 private:
  T* elements_ = nullptr;
};

}  // namespace ouro::inline v0::detail
