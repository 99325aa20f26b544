// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <utility>

namespace ouro::inline v0::detail {

/// Shares an object that counts its owners itself, through `add_reference` and `drop_reference`.
template <class T>
class intrusive_ptr {
 public:
  intrusive_ptr() noexcept = default;
  explicit(false) intrusive_ptr(std::nullptr_t) noexcept {}
  explicit intrusive_ptr(T* object) noexcept : object_(object) {
    if (object_ != nullptr) object_->add_reference();
  }

  /// Takes over a reference that is already counted.
  static intrusive_ptr adopt(T* object) noexcept {
    intrusive_ptr pointer;
    pointer.object_ = object;
    return pointer;
  }

  intrusive_ptr(const intrusive_ptr& other) noexcept : intrusive_ptr(other.object_) {}
  intrusive_ptr(intrusive_ptr&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  intrusive_ptr& operator=(intrusive_ptr other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~intrusive_ptr() {
    if (object_ != nullptr) object_->drop_reference();
  }

  T* get() const noexcept { return object_; }
  T& operator*() const noexcept { return *object_; }
  T* operator->() const noexcept { return object_; }
  explicit operator bool() const noexcept { return object_ != nullptr; }
  bool operator==(const intrusive_ptr&) const noexcept = default;

  /// Gives the reference away uncounted.
  T* detach() noexcept { return std::exchange(object_, nullptr); }

 private:
  T* object_ = nullptr;
};

}  // namespace ouro::inline v0::detail
