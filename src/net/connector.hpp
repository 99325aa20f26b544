// SPDX-License-Identifier: BSL-1.0
// Tries addresses, with the semantics of asyncio's create_connection().
#pragma once

#include "ouro/io/socket.hpp"
#include "ouro/net/address_info.hpp"
#include "ouro/net/connection_options.hpp"
#include "ouro/task/task.hpp"

#include <cstddef>
#include <exception>
#include <optional>
#include <vector>

namespace ouro::inline v0::detail {

/// The addresses with their families in turn, after `first_count` of the first one.
[[nodiscard]] std::vector<address_info> interleave(std::vector<address_info> addresses,
                                                   int first_count);

/// Must outlive what its functions return.
class connector {
 public:
  /// No `from` is any local address; an empty one is none at all.
  connector(std::vector<address_info> addresses, std::optional<std::vector<address_info>> from)
      : to_(std::move(addresses)), from_(std::move(from)), logs_(to_.size()) {}

  /// One after the other; a socket that is not open if all have failed.
  task<socket> one_by_one();
  /// The next one after `delay`, or when one has failed.
  task<socket> race(duration delay);

  [[noreturn]] void throw_failures(bool all_errors) const;

 private:
  struct attempt_log {
    std::vector<std::exception_ptr> errors;  // of the system; not only those that ended it
    bool failed = false;                     // ended by the last of them
  };

  task<socket> attempt(std::size_t index);
  void bind(socket& made, std::size_t index);

  std::vector<address_info> to_;
  std::optional<std::vector<address_info>> from_;
  std::vector<attempt_log> logs_;
};

}  // namespace ouro::inline v0::detail
