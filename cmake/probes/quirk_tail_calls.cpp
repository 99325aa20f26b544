// SPDX-License-Identifier: BSL-1.0
//
// Symmetric transfer back and forth: the stack must not grow. Compiled without optimization.
#include <coroutine>
#include <cstdint>
#include <exception>

namespace {

std::uintptr_t here() {
  volatile char local = 0;
  return reinterpret_cast<std::uintptr_t>(&local);
}

struct child {
  struct promise_type {
    std::coroutine_handle<> parent;
    child get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    struct transfer {
      bool await_ready() const noexcept { return false; }
      std::coroutine_handle<> await_suspend(
          std::coroutine_handle<promise_type> ended) const noexcept {
        return ended.promise().parent;
      }
      void await_resume() const noexcept {}
    };
    transfer final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }
  };

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> parent) const noexcept {
    handle.promise().parent = parent;
    return handle;
  }
  void await_resume() const noexcept { handle.destroy(); }

  std::coroutine_handle<promise_type> handle;
};

struct root {
  struct promise_type {
    root get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }
  };
};

std::uintptr_t first = 0;
std::uintptr_t last = 0;

child ready() {
  last = here();
  if (first == 0) first = last;
  co_return;
}

root run() {
  for (int i = 0; i < 100; ++i) co_await ready();
}

}  // namespace

int main() {
  run();
  return first - last < 4096 ? 0 : 1;
}
