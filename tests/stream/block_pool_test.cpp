// SPDX-License-Identifier: BSL-1.0
#include "ouro/stream/detail/block_pool.hpp"

#include "tests/support/catch.hpp"

#include <cstring>
#include <thread>
#include <utility>

using ouro::detail::block;

TEST_CASE("block: memory comes back in the size that fits, and large blocks are not kept",
          "[stream][block_pool]") {
  CHECK(block::of(1).size() == 4096);
  CHECK(block::of(4097).size() == 16384);
  CHECK(block::of(16385).size() == block::largest_kept);
  CHECK(block::of(block::largest_kept + 1).size() == block::largest_kept + 1);
#ifndef OURO_NO_FRAME_POOL
  block first = block::of(5000);
  const std::byte* const where = first.data();
  const std::size_t before = block::kept();
  first.release();
  CHECK(block::kept() == before + 16384);
  CHECK_FALSE(first);
  const block second = block::of(6000);
  CHECK(second.data() == where);
  CHECK(block::kept() == before);
#endif
}

TEST_CASE("block: moving it moves the memory", "[stream][block_pool]") {
  block first = block::of(100);
  std::byte* const where = first.data();
  std::memset(where, 7, first.size());

  block second = std::move(first);

  CHECK_FALSE(first);
  CHECK(first.size() == 0);
  CHECK(second.data() == where);
  CHECK(second.data()[4095] == std::byte{7});
}

TEST_CASE("block: what is given away comes back by give()", "[stream][block_pool]") {
  const std::size_t before = block::kept();
  block made = block::of(1);
  const std::size_t size = made.size();
  std::byte* const data = made.detach();
  CHECK_FALSE(made);
  CHECK(made.size() == 0);

  block::give(data, size);

  CHECK(block::kept() >= before);
}

TEST_CASE("block: may be let go by another thread, which keeps it then", "[stream][block_pool]") {
  block made = block::of(5000);
  const std::size_t size = made.size();
  std::size_t kept_there = 0;

  std::thread([&] {
    made.release();
    kept_there = block::kept();
  }).join();

  CHECK_FALSE(made);
#ifndef OURO_NO_FRAME_POOL
  CHECK(kept_there == size);
#else
  CHECK(kept_there <= size);
#endif
}
