// SPDX-License-Identifier: BSL-1.0
#include "ouro/stream/detail/block_pool.hpp"

#include "tests/support/catch.hpp"

#include <cstring>
#include <thread>
#include <vector>

namespace {

using ouro::detail::block;

/// Runs `what` with a pool in which nothing is.
template <class Function>
void on_fresh_thread(Function what) {
  std::thread(what).join();
}

}  // namespace

#ifndef OURO_NO_FRAME_POOL  // else nothing is kept

namespace {

constexpr std::size_t idle_kept = std::size_t{1} << 20;
constexpr std::size_t most_kept = std::size_t{16} << 20;

std::vector<block> make_blocks(std::size_t count, std::size_t size) {
  std::vector<block> made;
  for (std::size_t i = 0; i < count; ++i) {
    made.push_back(block::of(size));
    std::memset(made.back().data(), 1, made.back().size());
  }
  return made;
}

}  // namespace

TEST_CASE("block: trim() leaves what was used since the last one, and then all but a megabyte goes",
          "[stream][block_pool]") {
  std::size_t after_first = 0;
  std::size_t after_second = 0;
  bool more_after_first = false;
  bool more_after_second = true;

  on_fresh_thread([&] {
    block::trim();
    make_blocks(1000, 4096).clear();
    more_after_first = block::trim();
    after_first = block::kept();
    more_after_second = block::trim();
    after_second = block::kept();
  });

  CHECK(after_first == std::size_t{1000} * 4096);
  CHECK(more_after_first);
  CHECK(after_second == idle_kept);
  CHECK_FALSE(more_after_second);
}

TEST_CASE("block: trim() takes no more than was idle all the time", "[stream][block_pool]") {
  std::size_t kept = 0;

  on_fresh_thread([&] {
    make_blocks(1000, 4096).clear();
    block::trim();
    make_blocks(900, 4096).clear();
    block::trim();
    kept = block::kept();
  });

  CHECK(kept == std::size_t{900} * 4096);
}

TEST_CASE("block: no more than 16 MiB is kept, and what goes comes back empty", "[stream][block_pool]") {
  std::size_t kept = 0;
  std::size_t touched = 0;

  on_fresh_thread([&] {
    constexpr std::size_t count = 1000;  // 64 MiB
    make_blocks(count, block::largest_kept).clear();
    kept = block::kept();
    std::vector<block> again;
    for (std::size_t i = 0; i < count; ++i) {
      again.push_back(block::of(block::largest_kept));
      touched += again.back().data()[4096] == std::byte{1} ? 1 : 0;
    }
  });

  CHECK(kept <= most_kept);
  CHECK(kept >= most_kept / 4);
  CHECK(touched == kept / block::largest_kept);
}

TEST_CASE("block: a block may go on another thread than it came from", "[stream][block_pool][threads]") {
  std::vector<block> made = make_blocks(100, 16384);
  const std::byte* const first = made.front().data();
  std::size_t kept_there = 0;
  bool found = false;

  on_fresh_thread([&] {
    made.clear();
    kept_there = block::kept();
  });
  on_fresh_thread([&] {
    std::vector<block> again;
    for (int i = 0; i < 1000 && !found; ++i) {
      again.push_back(block::of(16384));
      found = again.back().data() == first;
    }
  });

  CHECK(kept_there == std::size_t{100} * 16384);
  CHECK(found);
}

#endif

TEST_CASE("block: trim() of a thread that keeps nothing finds nothing", "[stream][block_pool]") {
  bool more = true;

  on_fresh_thread([&] { more = block::trim(); });

  CHECK_FALSE(more);
}
