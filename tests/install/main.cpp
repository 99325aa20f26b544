// SPDX-License-Identifier: BSL-1.0
//
// What a user's first program needs: one header, a task, a wait, a result.

#include <ouro/ouro.hpp>

#include <chrono>
#include <cstdio>

using namespace std::chrono_literals;

ouro::task<int> answer() {
  co_await ouro::sleep(1ms);
  co_return 42;
}

int main() {
  const int result = ouro::run(answer());
  std::printf("the answer is %d\n", result);
  return result == 42 ? 0 : 1;
}
