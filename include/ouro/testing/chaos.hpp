// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/loop/event_loop.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace ouro::inline v0::testing {

/// What `chaos` does. A share is a number from 0 (never) to 1 (always).
struct chaos_options {
  /// Decides all that is random; the same seed does the same to the same program.
  std::uint64_t seed = 0;
  /// The share of the kernel's answers that are held back …
  double delay = 0.2;
  /// … for one to this many turns of the loop.
  unsigned longest_delay = 4;
  /// Hands the answers of one turn out in any order.
  bool reorder = true;
  /// The share of transfers on pipes and stream sockets that move only a part of what they were
  /// asked to.
  double shorten = 0.3;
  /// The share of requests on pipes and sockets that fail without doing anything …
  double fail = 0;
  /// … with one of these errno values; empty means ECONNRESET and ENOBUFS.
  std::span<const int> errors = {};
};
static_assert(std::is_trivially_destructible_v<chaos_options>);

/// While it lives, the kernel is as unhelpful as it is allowed to be: answers come late and in
/// another order, transfers are short, requests fail. Nothing that has happened is denied: a byte
/// that was moved is reported, and what fails has not been tried. So a correct program stays
/// correct.
///
///     ouro::testing::chaos chaos({.seed = 7});
///
/// Requests made before it keep their course. Datagrams stay whole.
class chaos {
 public:
  /// Bends the running loop. Errors: usage_error if no loop is running.
  explicit chaos(const chaos_options& options) : chaos(options, get_running_loop()) {}
  chaos(const chaos_options& options, event_loop& loop);
  chaos(const chaos&) = delete;
  chaos& operator=(const chaos&) = delete;
  ~chaos();

  /// How many answers were held back so far.
  std::size_t delayed() const noexcept;
  /// How many transfers were asked of the kernel with less than the program wanted.
  std::size_t shortened() const noexcept;
  /// How many requests failed by its will.
  std::size_t failed() const noexcept;

 private:
  class hooks;

  event_loop& loop_;
  std::unique_ptr<hooks> hooks_;
};

}  // namespace ouro::inline v0::testing
