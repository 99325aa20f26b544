// SPDX-License-Identifier: BSL-1.0
//
// Scheduling: descriptors.
#include "ouro/io/fd_callback.hpp"
#include "ouro/io/socket.hpp"
#include "ouro/task/run.hpp"
#include "ouro/task/sleep.hpp"

#include "tests/parity/parity.hpp"

#include <array>
#include <chrono>
#include <thread>

using namespace std::chrono_literals;
using parity::print;

namespace {

// case: 033_ready_then_io_then_timers
namespace case_033 {

ouro::task<> amain() {
  auto& loop = ouro::get_running_loop();
  auto [a, b] = ouro::socket_pair();
  ouro::socket& near = a;
  loop.call_later(1ms, [] { print("timer"); });
  loop.add_reader(near.fd(), [&near] {
    std::array<std::byte, 10> data;
    const std::size_t size = near.try_recv(data).value();
    print("reader", ouro::as_text(data).substr(0, size));
  });
  b.try_send("data").value();
  loop.call_soon([] { print("ready"); });
  std::this_thread::sleep_for(20ms);
  co_await ouro::sleep(20ms);
  loop.remove_reader(near.fd());
}

const parity::entry entry("033_ready_then_io_then_timers", amain);

}  // namespace case_033

}  // namespace

int main(int argc, char** argv) { return parity::run_case(argc, argv); }
