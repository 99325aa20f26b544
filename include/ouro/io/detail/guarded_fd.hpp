// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/unique_fd.hpp"

#include <array>
#include <cstdint>

namespace ouro::inline v0 {

class io_operation;

namespace detail {

/// Which way the bytes of a request go.
enum class io_direction : std::uint8_t { in, out };

/// Owns a descriptor and knows the requests that use it: one in each direction at the most. Closing
/// a descriptor does not end its requests, and its number is soon another file's; so it is not
/// closed while it has any.
class guarded_fd {
 public:
  guarded_fd() noexcept = default;
  explicit guarded_fd(unique_fd fd) noexcept : fd_(static_cast<unique_fd&&>(fd)) {}
  /// Requests in flight move along.
  guarded_fd(guarded_fd&& other) noexcept;
  guarded_fd& operator=(guarded_fd&& other) noexcept;
  /// Reports requests in flight as an error and cancels them: whoever awaits them gets ECANCELED.
  ~guarded_fd() {
    if (pending()) [[unlikely]]
      give_up();
  }

  int get() const noexcept { return fd_.get(); }
  bool pending() const noexcept { return busy(io_direction::in) || busy(io_direction::out); }

  /// Errors: usage_error if a request is in flight.
  void close() { const unique_fd closed{release()}; }
  int release();
  /// As the destructor, but leaves the descriptor open: it belongs to somebody else.
  void let_go() noexcept {
    if (pending()) [[unlikely]]
      give_up();
    static_cast<void>(fd_.release());
  }

  /// Errors: usage_error if a request that way is in flight.
  void check_free(io_direction direction) const {
    if (busy(direction)) [[unlikely]]
      refuse(direction);
  }

  // For io_operation.

  bool busy(io_direction direction) const noexcept;
  [[noreturn]] void refuse(io_direction direction) const;
  void begin(io_operation& request) noexcept;
  void end(io_operation& request) noexcept;
  /// Closes the descriptor after the request that made it useless.
  void close_broken() noexcept;

 private:
  io_operation*& user(io_direction direction) noexcept {
    return users_[static_cast<unsigned>(direction)];
  }
  io_operation* user(io_direction direction) const noexcept {
    return users_[static_cast<unsigned>(direction)];
  }
  void take_users(guarded_fd& other) noexcept;
  void give_up() noexcept;

  unique_fd fd_;
  std::array<io_operation*, 2> users_{};  // by direction; null while there is no request
};

}  // namespace detail
}  // namespace ouro::inline v0
