// SPDX-License-Identifier: BSL-1.0
//
// Tasks in every state, for a debugger to look at when stop_here() is called.

#include <ouro/ouro.hpp>

using namespace std::chrono_literals;

namespace {

ouro::task<int> naps(int seconds) {
  co_await ouro::sleep(std::chrono::seconds(seconds));
  co_return seconds;
}

ouro::task<int> calls_nap(int seconds) {
  const int napped = co_await naps(seconds);
  co_return napped;
}

ouro::task<> reads(ouro::future<int> promised) { co_await promised; }

ouro::task<> joins(ouro::task_handle<int> other) { co_await other; }

ouro::task<> waits(ouro::event& go) { co_await go.wait(); }

/// Queues in every state.
struct queues {
  ouro::queue<int> fed{2};
  ouro::queue<int> awaited;
  ouro::queue<int> full{1};
  ouro::lifo_queue<int> newest;
  ouro::priority_queue<int> smallest;
};

ouro::task<> gets(ouro::queue<int>& queue) { co_await queue.get(); }

ouro::task<> puts(ouro::queue<int>& queue) { co_await queue.put(1); }

}  // namespace

// The debugger stops here and looks at the arguments.
[[gnu::noinline]] void stop_here(const ouro::task<int>& coroutine, const ouro::task<int>& empty,
                                 const ouro::task_handle<int>& sleeper,
                                 const ouro::task_handle<>& done, const ouro::future<int>& promised,
                                 const queues& all) {
  asm volatile("" ::"r"(&coroutine), "r"(&empty), "r"(&sleeper), "r"(&done), "r"(&promised),
               "r"(&all)
               : "memory");
}

namespace {

ouro::task<> amain() {
  ouro::event go;
  auto promised = ouro::get_running_loop().create_future<int>();
  auto sleeper = ouro::create_task(calls_nap(3600), {.name = "sleeper"});
  auto reader = ouro::create_task(reads(promised), {.name = "reader"});
  auto joiner = ouro::create_task(joins(sleeper), {.name = "joiner"});
  auto waiter = ouro::create_task(waits(go), {.name = "waiter"});
  queues all;
  all.fed.put_nowait(1);
  all.full.put_nowait(1);
  for (int i = 1; i <= 300; ++i) all.newest.put_nowait(i);
  for (const int item : {3, 1, 2}) all.smallest.put_nowait(item);
  all.smallest.shutdown();
  for (int i = 0; i < 2; ++i) ouro::create_task(gets(all.awaited), {.name = "getter"});
  ouro::create_task(puts(all.full), {.name = "putter"});
  auto done = ouro::create_task(ouro::sleep(0s));
  co_await done;
  co_await ouro::sleep(0s);
  auto fresh = ouro::create_task(naps(1), {.name = "fresh"});
  auto coroutine = naps(2);
  const ouro::task<int> empty;

  stop_here(coroutine, empty, sleeper, done, promised, all);

  coroutine.close();
  promised.set_result(1);
  all.awaited.put_nowait(1);
  all.awaited.put_nowait(2);
  static_cast<void>(all.full.get_nowait());
  co_await ouro::sleep(0s);  // they run before their queues end
  go.set();
  sleeper.cancel();
  fresh.cancel();
  joiner.cancel();
}

}  // namespace

int main() { ouro::run(amain()); }
