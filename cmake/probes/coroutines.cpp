// SPDX-License-Identifier: BSL-1.0
//
// Succeeds if a coroutine runs in the right order and destroys its parameters and locals once.
#include <coroutine>
#include <exception>
#include <source_location>

namespace {

int alive = 0;

struct counted {
  counted() { ++alive; }
  counted(const counted&) { ++alive; }
  ~counted() { --alive; }
};

struct coroutine {
  struct promise_type {
    int value = 0;
    coroutine get_return_object() {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_value(int given) { value = given; }
    void unhandled_exception() { std::terminate(); }
  };
  std::coroutine_handle<promise_type> handle;
};

struct pause {
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<>) const noexcept { return true; }
  int await_resume() const noexcept { return 20; }
};

coroutine work(counted parameter) {
  const counted local = parameter;
  const int first = co_await pause();
  const int second = co_await pause();
  co_return first + second + alive;
}

}  // namespace

int main() {
  const coroutine running = work(counted());
  while (!running.handle.done()) running.handle.resume();
  const int result = running.handle.promise().value;
  running.handle.destroy();
  static_cast<void>(std::source_location::current());
  return result == 42 && alive == 0 ? 0 : 1;
}
