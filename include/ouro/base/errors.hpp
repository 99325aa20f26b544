// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace ouro::inline v0 {

/// Thrown at the await of a task that is being cancelled. Not a `std::exception`, so that a handler
/// for ordinary errors does not swallow it. asyncio: CancelledError.
class cancelled_error final {
 public:
  cancelled_error() noexcept = default;
  explicit cancelled_error(std::string message) noexcept : message_(std::move(message)) {}

  /// The text given to cancel(); empty if there was none.
  const std::string& message() const noexcept { return message_; }

 private:
  std::string message_;
};

/// Leaves run() after Ctrl-C. Not a `std::exception`. asyncio: KeyboardInterrupt.
class keyboard_interrupt final {};

/// A deadline passed. asyncio: TimeoutError.
class timeout_error : public std::runtime_error {
 public:
  timeout_error() : std::runtime_error("timed out") {}
  /// `scope` is the address of the deadline scope that expired, for its owner to compare with.
  explicit timeout_error(const std::string& what, const void* scope = nullptr)
      : std::runtime_error(what), scope_(scope) {}

  /// The `fail_after` or `fail_at` that expired; null for other timeouts.
  const void* scope() const noexcept { return scope_; }

 private:
  const void* scope_ = nullptr;
};

/// A future or task is not in the state that the call needs. asyncio: InvalidStateError.
class invalid_state_error : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

/// The stream ended before everything that was asked for had come. asyncio: IncompleteReadError.
class incomplete_read_error : public std::runtime_error {
 public:
  /// No `expected` means "up to a separator".
  explicit incomplete_read_error(std::string partial_read,
                                 std::optional<std::size_t> wanted = std::nullopt);

  /// What came before the end; it is not in the stream any more.
  std::string partial;
  /// How many bytes were asked for; nothing if it was "up to a separator".
  std::optional<std::size_t> expected;
};

/// The library was used in a way it cannot work; the text says what to do instead.
/// asyncio: RuntimeError for misuse.
class usage_error : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

/// Throws `std::system_error` for `code`, an errno value (positive or negated). `call` names the
/// system call as its man page does. Values that are no errno (the kernel's internal restart codes)
/// are reported as EINTR.
[[noreturn]] void throw_os_error(int code, const char* call);

namespace detail {

[[noreturn]] void throw_usage_error(const char* text);
[[noreturn]] void throw_invalid_state(const char* text);

/// One line that tells type and text of an exception, for reports.
std::string describe(const std::exception_ptr& error);

}  // namespace detail
}  // namespace ouro::inline v0
