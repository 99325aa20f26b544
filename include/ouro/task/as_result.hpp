// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/errors.hpp"
#include "ouro/base/light_std.hpp"
#include "ouro/base/result.hpp"
#include "ouro/task/awaitable.hpp"
#include "ouro/task/detail/child.hpp"
#include "ouro/task/detail/future_awaiter.hpp"
#include "ouro/task/task.hpp"

#include <exception>
#include <type_traits>
#include <typeinfo>
#include <utility>

namespace ouro::inline v0 {
namespace detail {

template <class T>
using result_of = result<std::conditional_t<std::is_reference_v<T>,
                                            std::reference_wrapper<std::remove_reference_t<T>>, T>>;

/// as_result() of a coroutine looks at its outcome; nothing is thrown and caught on the way.
template <class T>
class child_result_awaiter final : public child<T> {
 public:
  using child<T>::child;
  bool await_ready() const noexcept { return false; }
  bool await_suspend(await_point at) noexcept { return this->start(at); }
  result_of<T> await_resume() {
    if (this->how() == outcome::error &&
        *this->error().__cxa_exception_type() != typeid(keyboard_interrupt)) {
      this->destroy_frame();
      return this->error();
    }
    if constexpr (std::is_void_v<T>) {
      this->take();
      return {};
    } else if constexpr (std::is_reference_v<T>) {
      return std::ref(this->take());
    } else {
      return this->take();
    }
  }
};

template <class Awaiter>
class result_awaiter {
 public:
  using value =
      std::conditional_t<std::is_reference_v<decltype(std::declval<Awaiter&>().await_resume())>,
                         std::decay_t<decltype(std::declval<Awaiter&>().await_resume())>,
                         decltype(std::declval<Awaiter&>().await_resume())>;

  explicit result_awaiter(Awaiter&& inner) : inner_(std::move(inner)) {}

  bool await_ready() { return inner_.await_ready(); }
  auto await_suspend(await_point at) { return inner_.await_suspend(at); }
  result<value> await_resume() {
    try {
      if constexpr (std::is_void_v<value>) {
        inner_.await_resume();
        return {};
      } else {
        return inner_.await_resume();
      }
    } catch (const cancelled_error&) {
      throw;
    } catch (const keyboard_interrupt&) {
      throw;
    } catch (...) {
      return std::current_exception();
    }
  }

 private:
  Awaiter inner_;
};

}  // namespace detail

/// Awaits `awaitable` and gives a result<T>, its value or the exception it threw, for code to which
/// a failure is an ordinary outcome. A cancellation is none: cancelled_error is thrown, as ever.
///
/// asyncio: what gather(..., return_exceptions=True) does for one.
template <class T>
[[nodiscard]] auto as_result(task<T> coroutine) {
  return detail::child_result_awaiter<T>(coroutine.release());
}
template <awaitable Awaitable>
  requires(!detail::is_coroutine<std::remove_cvref_t<Awaitable>>)
[[nodiscard]] auto as_result(Awaitable&& awaitable) {
  using awaiter =
      std::remove_cvref_t<decltype(detail::get_awaiter(std::forward<Awaitable>(awaitable)))>;
  return detail::result_awaiter<awaiter>(
      awaiter(detail::get_awaiter(std::forward<Awaitable>(awaitable))));
}
template <not_awaitable T>
void as_result(T&&) = delete;  // pass what can be awaited: work(), not work

}  // namespace ouro::inline v0
