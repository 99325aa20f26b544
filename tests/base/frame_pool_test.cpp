// SPDX-License-Identifier: BSL-1.0
#include "ouro/base/frame_pool.hpp"

#include "tests/support/catch.hpp"

#include <cstdint>
#include <cstring>
#include <random>
#include <set>
#include <thread>
#include <utility>
#include <vector>

using ouro::detail::frame_pool;

namespace {

struct block {
  void* memory;
  std::size_t size;
};

std::vector<block> take(std::size_t count, std::size_t size) {
  std::vector<block> blocks;
  for (std::size_t i = 0; i < count; ++i) blocks.push_back({frame_pool::allocate(size), size});
  return blocks;
}

void give_back(const std::vector<block>& blocks) {
  for (const block& each : blocks) frame_pool::free(each.memory, each.size);
}

/// Whether every byte of the block has the value.
bool is_filled(const block& filled, unsigned char value) {
  const auto* bytes = static_cast<const unsigned char*>(filled.memory);
  for (std::size_t i = 0; i < filled.size; ++i) {
    if (bytes[i] != value) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("frame_pool: blocks of all sizes are aligned and do not overlap", "[base][frame_pool]") {
  std::mt19937 random(7);
  std::vector<block> blocks;
  for (std::size_t size = 1; size <= frame_pool::largest + 100; size += 1 + random() % 5) {
    blocks.push_back({frame_pool::allocate(size), size});
  }

  for (std::size_t i = 0; i < blocks.size(); ++i) {
    REQUIRE(reinterpret_cast<std::uintptr_t>(blocks[i].memory) % frame_pool::granularity == 0);
    std::memset(blocks[i].memory, static_cast<int>(i % 251), blocks[i].size);
  }
  bool intact = true;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    intact = intact && is_filled(blocks[i], static_cast<unsigned char>(i % 251));
  }

  CHECK(intact);
  give_back(blocks);
}

TEST_CASE("frame_pool: live() counts what is out", "[base][frame_pool]") {
  const auto before = frame_pool::live();

  const auto small = take(10, 64);
  const auto large = take(2, frame_pool::largest + 1);
  CHECK(frame_pool::live() - before == 12);

  give_back(small);
  CHECK(frame_pool::live() - before == 2);
  give_back(large);
  CHECK(frame_pool::live() == before);
}

TEST_CASE("frame_pool: random allocating and freeing keeps every block intact",
          "[base][frame_pool]") {
  std::mt19937 random(99);
  std::vector<std::pair<block, unsigned char>> held;
  bool intact = true;

  for (int round = 0; round < 50'000; ++round) {
    if (held.empty() || (random() % 2 == 0 && held.size() < 500)) {
      const std::size_t size = 1 + random() % (frame_pool::largest + 64);
      const auto mark = static_cast<unsigned char>(random());
      held.push_back({{frame_pool::allocate(size), size}, mark});
      std::memset(held.back().first.memory, mark, size);
    } else {
      std::swap(held[random() % held.size()], held.back());
      intact = intact && is_filled(held.back().first, held.back().second);
      frame_pool::free(held.back().first.memory, held.back().first.size);
      held.pop_back();
    }
  }

  CHECK(intact);
  for (const auto& [each, mark] : held) frame_pool::free(each.memory, each.size);
}

TEST_CASE("frame_pool: blocks freed on another thread count against that thread",
          "[base][frame_pool][threads]") {
  const auto before = frame_pool::live();
  const auto blocks = take(5, 48);
  std::int64_t there = 0;

  std::thread other([&] {
    give_back(blocks);
    there = frame_pool::live();
  });
  other.join();

  CHECK(there == -5);
  CHECK(frame_pool::live() - before == 5);
  // The count of this thread is put right by freeing what another one took.
  std::vector<block> theirs;
  std::thread([&] { theirs = take(5, 48); }).join();
  give_back(theirs);
  CHECK(frame_pool::live() == before);
}

TEST_CASE("frame_pool: two threads free each other's blocks, and none is given out twice",
          "[base][frame_pool][threads][slow]") {
  constexpr int rounds = 200;
  bool intact[2] = {true, true};
  for (int round = 0; round < rounds; ++round) {
    std::vector<block> made[2];
    const auto make = [&](int who) {
      made[who] = take(200, 16 + 16 * static_cast<std::size_t>(round % 8));
      for (const block& each : made[who]) std::memset(each.memory, who + 1, each.size);
    };
    const auto free_theirs = [&](int who) {
      for (const block& each : made[1 - who]) {
        intact[who] = intact[who] && is_filled(each, static_cast<unsigned char>(2 - who));
      }
      give_back(made[1 - who]);
    };
    std::thread first(make, 0);
    make(1);
    first.join();
    std::thread second(free_theirs, 0);
    free_theirs(1);
    second.join();
  }
  CHECK(intact[0]);
  CHECK(intact[1]);
}

#ifndef OURO_NO_FRAME_POOL

namespace {

/// How many of `wanted` are among `count` fresh blocks of the same size.
std::size_t found_again(const std::vector<block>& wanted, std::size_t count) {
  const auto fresh = take(count, wanted.front().size);
  std::set<void*> addresses;
  for (const block& each : fresh) addresses.insert(each.memory);
  std::size_t found = 0;
  for (const block& each : wanted) found += addresses.count(each.memory);
  give_back(fresh);
  return found;
}

}  // namespace

TEST_CASE("frame_pool: gives the block that was freed last", "[base][frame_pool]") {
  void* first = frame_pool::allocate(100);
  frame_pool::free(first, 100);

  void* second = frame_pool::allocate(112);  // of the same size class

  CHECK(second == first);
  frame_pool::free(second, 112);
}

TEST_CASE("frame_pool: a block is not given to another size class", "[base][frame_pool]") {
  void* first = frame_pool::allocate(96);
  frame_pool::free(first, 96);

  void* larger = frame_pool::allocate(97);
  void* smaller = frame_pool::allocate(80);

  CHECK(larger != first);
  CHECK(smaller != first);
  frame_pool::free(larger, 97);
  frame_pool::free(smaller, 80);
}

TEST_CASE("frame_pool: a thread that ends hands over its blocks", "[base][frame_pool][threads]") {
  std::vector<block> blocks;
  std::thread([&] {
    blocks = take(100, 1008);
    give_back(blocks);
  }).join();

  CHECK(found_again(blocks, 2000) == 100);
}

TEST_CASE("frame_pool: a thread that only freed hands over at its end, too",
          "[base][frame_pool][threads]") {
  const auto blocks = take(100, 992);

  std::thread([&] { give_back(blocks); }).join();

  CHECK(found_again(blocks, 2000) == 100);
  std::vector<block> theirs;  // balances the count of this thread
  std::thread([&] { theirs = take(100, 992); }).join();
  give_back(theirs);
}

TEST_CASE("frame_pool: a thread that frees without end does not keep it all",
          "[base][frame_pool][threads][slow]") {
  constexpr std::size_t many = 40'000;
  const auto blocks = take(many, 32);
  std::size_t found = 0;
  std::thread other([&] {
    give_back(blocks);
    std::thread([&] { found = found_again(blocks, many); }).join();
  });
  other.join();

  CHECK(found >= many / 2);
  std::vector<block> theirs;  // balances the count of this thread
  std::thread([&] { theirs = take(many, 32); }).join();
  give_back(theirs);
}

#endif
