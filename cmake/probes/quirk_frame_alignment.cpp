// SPDX-License-Identifier: BSL-1.0
//
// A local that needs more than the alignment of malloc().
#include "quirk.hpp"

#include <cstdint>
#include <cstdlib>
#include <new>

struct alignas(64) wide {
  char bytes[64];
};

struct shifted {
  struct promise_type : quirk::coroutine::promise_type {
    // Aligned as malloc() promises, and not one bit better.
    static void* operator new(std::size_t bytes) {
      static char* memory = nullptr;
      memory = static_cast<char*>(std::aligned_alloc(64, (bytes + 191) / 64 * 64));
      return memory + 16;
    }
    static void operator delete(void* frame) { std::free(static_cast<char*>(frame) - 16); }
    shifted get_return_object() noexcept { return {}; }
  };
};

shifted run(std::uintptr_t& place) {
  volatile wide local{};
  co_await quirk::pause<int>(1);
  local.bytes[0] = 1;
  place = reinterpret_cast<std::uintptr_t>(&local);
}

int main() {
  std::uintptr_t place = 0;
  run(place);
  return place % 64 == 0 ? 0 : 1;
}
