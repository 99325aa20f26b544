// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/loop/fwd.hpp"

#include <exception>
#include <source_location>
#include <string>
#include <string_view>

namespace ouro::inline v0 {

/// What an exception handler is told. Only `message` is always there; null means "does not apply".
/// Pointers are valid during the call. asyncio: the context dict.
struct exception_context {
  std::string_view message;
  std::exception_ptr exception;
  const ouro::handle* handle = nullptr;
  const ouro::task_handle<void>* task = nullptr;
  const ouro::future<void>* future = nullptr;
  const void* protocol = nullptr;
  const void* transport = nullptr;
  const void* socket = nullptr;
  /// Name of the task or coroutine concerned, if any.
  std::string_view name;
  /// Where the task, callback or coroutine was made; line 0 if unknown.
  std::source_location place;
};

namespace detail {

/// "function (file:line)" of a place, with the compiler's decoration of coroutines taken off.
std::string describe(const std::source_location& place);
/// The bare function name of a place.
std::string_view function_name(const std::source_location& place) noexcept;
/// The text of the default exception handler.
std::string describe(const exception_context& context);

}  // namespace detail
}  // namespace ouro::inline v0
