// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace ouro::inline v0 {

template <class Signature>
class unique_function;

/// A callable of any type behind one signature. Move-only, may be empty.
template <class Result, class... Arguments>
class unique_function<Result(Arguments...)> {
 public:
  unique_function() noexcept = default;
  explicit(false) unique_function(std::nullptr_t) noexcept {}

  template <class Function>
    requires(!std::same_as<std::remove_cvref_t<Function>, unique_function> &&
             std::is_invocable_r_v<Result, Function&, Arguments...>)
  explicit(false) unique_function(Function&& function)
      : target_(new holder<std::decay_t<Function>>(std::forward<Function>(function))) {}

  unique_function(unique_function&& other) noexcept
      : target_(std::exchange(other.target_, nullptr)) {}
  unique_function& operator=(unique_function&& other) noexcept {
    std::swap(target_, other.target_);
    return *this;
  }
  ~unique_function() { delete target_; }

  explicit operator bool() const noexcept { return target_ != nullptr; }

  Result operator()(Arguments... arguments) const {
    return target_->call(std::forward<Arguments>(arguments)...);
  }

 private:
  struct base {
    virtual ~base() = default;
    virtual Result call(Arguments... arguments) = 0;
  };
  template <class Function>
  struct holder final : base {
    template <class From>
      requires(!std::same_as<std::remove_cvref_t<From>, holder>)
    explicit holder(From&& from) : function(std::forward<From>(from)) {}
    Result call(Arguments... arguments) override {
      return static_cast<Result>(function(std::forward<Arguments>(arguments)...));
    }
    Function function;
  };

  base* target_ = nullptr;
};

}  // namespace ouro::inline v0
