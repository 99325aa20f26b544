// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/unique_function.hpp"
#include "ouro/loop/event_loop.hpp"

#include <concepts>
#include <source_location>
#include <utility>

namespace ouro::inline v0 {

/// Calls `function` in every turn of `loop` in which `fd` is readable, at its end or broken
/// (POLLHUP, POLLERR), until remove_reader(): level-triggered. It runs as a callback of the loop,
/// behind those that were ready before, and in one context, as of call_soon(). There is one for
/// each descriptor and direction: adding replaces, also from inside the callback. What it throws
/// goes to the exception handler, and the next turn calls it again.
///
/// The descriptor is not owned, and needs not be non-blocking. Call remove_reader() before it is
/// closed: until then the kernel keeps the file open. A closed one is noticed when the file has
/// something to tell: that is reported to the exception handler, once, and ends the calls. Adding
/// one again under the same number is safe.
///
/// Closing the loop ends it, and destroys `function`.
///
/// Errors: std::system_error: EBADF if `fd` is not open; EPERM if it is a file that cannot be polled,
/// because it is always ready. usage_error as call_soon().
/// asyncio: loop.add_reader().
void add_reader(event_loop& loop, int fd, unique_function<void()> function,
                const callback_options& options = {},
                std::source_location place = std::source_location::current());

/// As add_reader(), while `fd` can be written to. asyncio: loop.add_writer().
void add_writer(event_loop& loop, int fd, unique_function<void()> function,
                const callback_options& options = {},
                std::source_location place = std::source_location::current());

/// Ends the calls; one that is queued in this turn does not come. Destroys the function, if it is
/// not running: then when it has returned. Returns whether there was one; false if the loop is
/// closed.
/// Errors: usage_error on another thread while the loop runs. asyncio: loop.remove_reader().
bool remove_reader(event_loop& loop, int fd);

/// As remove_reader(). asyncio: loop.remove_writer().
bool remove_writer(event_loop& loop, int fd);

// The members of event_loop

template <std::invocable Function>
void event_loop::add_reader(int fd, Function&& function, const callback_options& options,
                            std::source_location place) {
  ouro::add_reader(*this, fd, std::forward<Function>(function), options, place);
}

template <std::invocable Function>
void event_loop::add_writer(int fd, Function&& function, const callback_options& options,
                            std::source_location place) {
  ouro::add_writer(*this, fd, std::forward<Function>(function), options, place);
}

}  // namespace ouro::inline v0
