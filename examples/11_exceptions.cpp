// SPDX-License-Identifier: BSL-1.0
// Where exceptions go: to who awaits, in groups if there are several, to a handler if nobody does.
//
// Shows: exception_group, set_exception_handler. asyncio: ExceptionGroup, set_exception_handler().

#include "ouro/ouro.hpp"

#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <system_error>

using namespace std::chrono_literals;

ouro::task<int> parse(std::string text) {
  co_await ouro::sleep(0s);
  co_return std::stoi(text);  // throws std::invalid_argument
}

ouro::task<> amain() {
  // A task keeps its exception for who awaits it, however late.
  auto handle = ouro::create_task(parse("one"));
  co_await ouro::sleep(10ms);
  try {
    co_await handle;
  } catch (const std::invalid_argument&) {
    std::puts("not a number");
  }

  // Several at once are a group. What handle() does not take is thrown on, as by except*.
  try {
    co_await ouro::task_group::run([&](ouro::task_group& group) -> ouro::task<> {
      group.create_task(parse("two"));
      group.create_task(parse("three"));
      co_return;
    });
  } catch (const ouro::exception_group& group) {
    std::puts(group.what());
    group.handle<std::logic_error>([](const std::logic_error&) { std::puts("no number either"); });
  }

  // Errors of the system are std::system_error; what() begins with the call.
  try {
    co_await ouro::recv(-1, {});  // no such descriptor
  } catch (const std::system_error& error) {
    std::puts(error.what());
  }

  // Nobody awaits this one: it is reported, by default as a line on stderr.
  ouro::get_running_loop().set_exception_handler(
      [](ouro::event_loop&, const ouro::exception_context& context) {
        std::printf("%.*s\n", static_cast<int>(context.message.size()), context.message.data());
      });
  ouro::create_task(parse("four"));
  co_await ouro::sleep(10ms);
}

int main() { ouro::run(amain()); }
