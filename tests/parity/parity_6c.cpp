// SPDX-License-Identifier: BSL-1.0
//
// The test kit.
#include "ouro/loop/event_loop.hpp"
#include "ouro/testing/isolated_asyncio_test_case.hpp"

#include "tests/parity/parity.hpp"

using parity::print;

namespace {

// case: 631_isolated_test_case
namespace case_631 {

int tests_run = 0;

struct fixture : ouro::testing::isolated_asyncio_test_case {
  ouro::event_loop* loop = nullptr;

  void set_up() override { print("setUp"); }
  ouro::task<> async_set_up() override {
    loop = &ouro::get_running_loop();
    print("asyncSetUp");
    co_return;
  }
  ouro::task<> cleanup() {
    print("cleanup, same loop", &ouro::get_running_loop() == loop);
    co_return;
  }
  ouro::task<> test_it() {
    ++tests_run;
    add_async_cleanup([this] { return cleanup(); });
    print("test, same loop", &ouro::get_running_loop() == loop);
    co_return;
  }
  ouro::task<> async_tear_down() override {
    print("asyncTearDown");
    co_return;
  }
  void tear_down() override { print("tearDown"); }
};

void main_function() {
  const bool successful = ouro::testing::run_isolated(&fixture::test_it).empty();
  print("ok", successful, tests_run);
}

const parity::entry entry("631_isolated_test_case", main_function);

}  // namespace case_631

}  // namespace

int main(int argc, char** argv) { return parity::run_case(argc, argv); }
