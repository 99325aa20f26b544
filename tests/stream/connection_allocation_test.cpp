// SPDX-License-Identifier: BSL-1.0
// What a request over a connection takes from the heap.
#include "ouro/stream/connection.hpp"

#include "tests/stream/stream_fixture.hpp"

// The sanitizers have an operator new of their own, and their builds no pool.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define OURO_TEST_SANITIZED
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define OURO_TEST_SANITIZED
#endif

#if !defined(OURO_TEST_SANITIZED) && !defined(OURO_NO_FRAME_POOL)
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <string>
#include <string_view>

namespace {

std::atomic<std::size_t> heap_allocations{0};

}  // namespace

void* operator new(std::size_t size) {
  heap_allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

using namespace stream_test;

enum class form { span, small_span, view, line_view, exactly_view, text };

const std::string message = std::string(99, 'm') + "\n";

/// One request and the read of it.
ouro::task<> exchange(ouro::connection& from, ouro::connection& to, form how) {
  static std::array<std::byte, 1000> memory;  // a frame of that size would come from the heap
  if (how == form::span) {
    co_await from.writer.write_all(message);
  } else {
    from.writer.write(message);
  }
  switch (how) {
    case form::span:
      co_await to.reader.read(std::span(memory));
      break;
    case form::small_span:
      co_await to.reader.read(std::span(memory).first(100));
      break;
    case form::view:
      co_await to.reader.read_view();
      break;
    case form::line_view:
      co_await to.reader.readline_view();
      break;
    case form::exactly_view:
      co_await to.reader.readexactly_view(100);
      break;
    case form::text:
      co_await to.reader.readline();
      break;
  }
}

ouro::task<std::size_t> heap_use(form how) {
  auto pair = connect_both();
  for (int i = 0; i < 20; ++i) co_await exchange(pair.near, pair.far, how);
  const std::size_t before = heap_allocations.load();
  for (int i = 0; i < 100; ++i) co_await exchange(pair.near, pair.far, how);
  co_return heap_allocations.load() - before;
}

}  // namespace

OURO_TEST_CASE("connection: a request allocates nothing in the span and view forms",
               "[stream][connection][allocation]") {
  for (const form how :
       {form::span, form::small_span, form::view, form::line_view, form::exactly_view}) {
    const std::size_t used = co_await heap_use(how);
    INFO("form " << static_cast<int>(how));
    CHECK(used == 0);
  }
}

OURO_TEST_CASE("connection: a request allocates the string in the string form, and no more",
               "[stream][connection][allocation]") {
  const std::size_t used = co_await heap_use(form::text);

  CHECK(used <= 100);
}
#endif
