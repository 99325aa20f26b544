// SPDX-License-Identifier: BSL-1.0
#include "ouro/stream/write_buffer_limits.hpp"

#include "tests/support/catch.hpp"

#include <limits>
#include <stdexcept>

using ouro::detail::resolve;

TEST_CASE("write_buffer_limits: without options they are 16 and 64 KiB, and 1 GiB at most",
          "[stream][write_buffer_limits]") {
  const ouro::write_buffer_limits limits = resolve({});

  CHECK(limits.low == 16 * 1024);
  CHECK(limits.high == 64 * 1024);
  CHECK(limits.cap == 1024 * 1024 * 1024);
  CHECK(limits == ouro::write_buffer_limits{});
}

TEST_CASE("write_buffer_limits: each follows from the other", "[stream][write_buffer_limits]") {
  CHECK(resolve({.high = 100}).low == 25);
  CHECK(resolve({.low = 100}).high == 400);
  CHECK(resolve({.high = 3}).low == 0);
  CHECK(resolve({.high = 0}) == ouro::write_buffer_limits{.low = 0, .high = 0});
}

TEST_CASE("write_buffer_limits: the cap is raised to a `high` that is above it",
          "[stream][write_buffer_limits]") {
  constexpr std::size_t much = std::size_t{1} << 40;

  CHECK(resolve({.high = much}).cap == much);
  CHECK(resolve({.high = 1, .cap = 1}).cap == 1);
}

TEST_CASE("write_buffer_limits: low <= high <= cap, or std::invalid_argument",
          "[stream][write_buffer_limits][error]") {
  CHECK_THROWS_AS(resolve({.high = 1, .low = 2}), std::invalid_argument);
  CHECK_THROWS_AS(resolve({.high = 2, .cap = 1}), std::invalid_argument);
  CHECK_THROWS_AS(resolve({.low = std::numeric_limits<std::size_t>::max()}), std::invalid_argument);
}
