// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <exception>
#include <type_traits>
#include <utility>
#include <variant>

namespace ouro::inline v0 {

/// A value, or the exception that came instead.
template <class T>
class [[nodiscard]] result {
 public:
  using value_type = T;

  explicit(false) result(T value) noexcept(std::is_nothrow_move_constructible_v<T>)
      : outcome_(std::in_place_index<0>, std::move(value)) {}
  explicit(false) result(std::exception_ptr error) noexcept
      : outcome_(std::in_place_index<1>, std::move(error)) {}

  bool has_value() const noexcept { return outcome_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  /// The value; throws the exception if there is one.
  T& value() & {
    check();
    return std::get<0>(outcome_);
  }
  const T& value() const& {
    check();
    return std::get<0>(outcome_);
  }
  T&& value() && {
    check();
    return std::move(std::get<0>(outcome_));
  }

  /// The value, which must be there.
  T& operator*() & noexcept { return *std::get_if<0>(&outcome_); }
  const T& operator*() const& noexcept { return *std::get_if<0>(&outcome_); }
  T&& operator*() && noexcept { return std::move(*std::get_if<0>(&outcome_)); }
  T* operator->() noexcept { return std::get_if<0>(&outcome_); }
  const T* operator->() const noexcept { return std::get_if<0>(&outcome_); }

  /// The exception; null if there is a value.
  std::exception_ptr exception() const noexcept {
    return has_value() ? nullptr : *std::get_if<1>(&outcome_);
  }

 private:
  void check() const {
    if (!has_value()) std::rethrow_exception(exception());
  }

  std::variant<T, std::exception_ptr> outcome_;
};

/// Success, or the exception that came instead.
template <>
class [[nodiscard]] result<void> {
 public:
  using value_type = void;

  result() noexcept = default;
  explicit(false) result(std::exception_ptr error) noexcept : error_(std::move(error)) {}

  bool has_value() const noexcept { return error_ == nullptr; }
  explicit operator bool() const noexcept { return has_value(); }
  void value() const {
    if (error_) std::rethrow_exception(error_);
  }
  std::exception_ptr exception() const noexcept { return error_; }

 private:
  std::exception_ptr error_;
};

}  // namespace ouro::inline v0
