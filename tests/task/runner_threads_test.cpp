// SPDX-License-Identifier: BSL-1.0
#include "ouro/base/errors.hpp"
#include "ouro/task/run.hpp"
#include "ouro/task/sleep.hpp"

#include "tests/support/catch.hpp"

#include <csignal>
#include <thread>

using namespace std::chrono_literals;

namespace {

ouro::task<bool> sigint_is_handled() {
  struct sigaction action{};
  ::sigaction(SIGINT, nullptr, &action);
  co_await ouro::sleep(0s);
  co_return action.sa_handler != SIG_DFL&& action.sa_handler != SIG_IGN;
}

ouro::task<int> number_after_turns(int value) {
  for (int i = 0; i < 20; ++i) co_await ouro::sleep(0s);
  co_return value;
}

/// SIGINT with its default action for as long as it lives.
class default_sigint {
 public:
  default_sigint() {
    struct sigaction plain{};
    plain.sa_handler = SIG_DFL;
    ::sigaction(SIGINT, &plain, &before_);
  }
  ~default_sigint() { ::sigaction(SIGINT, &before_, nullptr); }

 private:
  struct sigaction before_{};
};

}  // namespace

TEST_CASE("SIGINT: is handled in the main thread and not in another", "[task][runner][threads]") {
  const default_sigint scope;
  bool handled_elsewhere = true;

  std::thread([&] { handled_elsewhere = ouro::run(sigint_is_handled()); }).join();
  const bool handled_here = ouro::run(sigint_is_handled());

  CHECK(!handled_elsewhere);
  CHECK(handled_here);
}

TEST_CASE("run: works on several threads at the same time", "[task][run][threads]") {
  int sums[2] = {0, 0};
  const auto work = [](int& sum) {
    for (int i = 0; i < 10; ++i) sum += ouro::run(number_after_turns(i));
  };

  std::thread first(work, std::ref(sums[0]));
  std::thread second(work, std::ref(sums[1]));
  first.join();
  second.join();

  CHECK(sums[0] == 45);
  CHECK(sums[1] == 45);
}
