// SPDX-License-Identifier: BSL-1.0
// co_await was forgotten: nothing is put in.
// g++: ignoring return.* value of .*put
// clang: ignoring return value of function declared with 'nodiscard'
#include <ouro/ouro.hpp>

ouro::queue<int> queue;

ouro::task<> wrong() {
  queue.put(1);
  co_return;
}
