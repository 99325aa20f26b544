// SPDX-License-Identifier: BSL-1.0
#include "ouro/ring/ring.hpp"

#include "tests/ring/operations.hpp"
#include "tests/support/catch.hpp"

// The sanitizers have an operator new of their own.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define OURO_TEST_SANITIZED
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define OURO_TEST_SANITIZED
#endif

#ifndef OURO_TEST_SANITIZED
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <vector>

namespace {

std::atomic<std::size_t> allocations{0};

}  // namespace

void* operator new(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

class counted_nop final : public ouro::operation {
 public:
  counted_nop(ouro::ring& ring, int rounds) : ring_(ring), rounds_(rounds) {}

 private:
  void prepare(io_uring_sqe& sqe) noexcept override { io_uring_prep_nop(&sqe); }
  void on_complete(int, unsigned) noexcept override {
    if (--rounds_ > 0) ring_.submit(*this);
    if (rounds_ % 3 == 0) ring_.cancel(*this);
  }

  ouro::ring& ring_;
  int rounds_;
};

}  // namespace

TEST_CASE("ring: requests cost no allocation once there have been as many in flight",
          "[ring][ring]") {
  ring_test::bound_ring ring({.entries = 8});
  std::vector<counted_nop> nops;
  nops.reserve(200);
  for (int i = 0; i < 200; ++i) nops.emplace_back(ring, 100);
  for (counted_nop& nop : nops) ring.submit(nop);
  ring_test::turn(ring);

  const std::size_t before = allocations.load();
  ring_test::run_all(ring);

  CHECK(allocations.load() == before);
}
#endif
