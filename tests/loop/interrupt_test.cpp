// SPDX-License-Identifier: BSL-1.0
#include "ouro/loop/interrupt.hpp"

#include "ouro/base/system.hpp"
#include "ouro/loop/event_loop.hpp"

#include "tests/loop/interrupt_child.hpp"
#include "tests/ring/child_process.hpp"
#include "tests/support/catch.hpp"

#include <array>
#include <csignal>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace {

using ring_test::in_child;

// All of this happens in child processes: the signals are for them alone.

extern "C" void do_nothing(int) {}

void take_sigint_by_default() { std::signal(SIGINT, SIG_DFL); }

bool sigint_is_default() {
  struct sigaction current{};
  ::sigaction(SIGINT, nullptr, &current);
  return current.sa_handler == SIG_DFL;
}

int last_words_pipe = -1;

void say_goodbye(ouro::event_loop&) noexcept {
  static_cast<void>(!::write(last_words_pipe, "bye", 3));
}

}  // namespace

TEST_CASE("interrupt_guard: the first SIGINT calls the handler inside the loop",
          "[loop][interrupt]") {
  const int code = in_child([] {
    take_sigint_by_default();
    ouro::event_loop loop;
    bool inside = false;
    const ouro::interrupt_guard guard(loop, [&] {
      inside = loop.is_running();
      loop.stop();
    });
    if (!guard.active() || guard.count() != 0) return 1;
    loop.call_soon([] { ::raise(SIGINT); });
    loop.run_forever();
    if (!inside) return 2;
    return guard.count() == 1 ? 0 : 3;
  });
  CHECK(code == 0);
}

TEST_CASE("interrupt_guard: SIGINT wakes a loop that sleeps", "[loop][interrupt]") {
  CHECK(loop_test::sigint_stops_idle_loop({}));
}

TEST_CASE("interrupt_guard: the second SIGINT ends the process even in a busy step",
          "[loop][interrupt]") {
  const int code = in_child([] {
    take_sigint_by_default();
    ouro::event_loop loop;
    const ouro::interrupt_guard guard(loop, [] {});
    loop.call_soon([] {
      ::raise(SIGINT);
      ::raise(SIGINT);
      ::_exit(1);  // not reached
    });
    loop.run_forever();
    return 2;
  });
  CHECK(code == 130);
}

TEST_CASE("interrupt_guard: the last words are said before the process ends", "[loop][interrupt]") {
  auto sockets = ouro::make_socket_pair(AF_UNIX, SOCK_STREAM);
  const int code = in_child([&] {
    take_sigint_by_default();
    last_words_pipe = sockets[1].get();
    ouro::event_loop loop;
    const ouro::interrupt_guard guard(loop, [] {});
    ouro::interrupt_guard::set_last_words(&say_goodbye);
    ::raise(SIGINT);
    ::raise(SIGINT);
    return 1;
  });
  std::array<char, 8> said{};
  const auto length = ::read(sockets[0].get(), said.data(), said.size());

  CHECK(code == 130);
  CHECK(length == 3);
  CHECK(std::string(said.data()) == "bye");
}

TEST_CASE("interrupt_guard: a handler of the program's own stays", "[loop][interrupt]") {
  const int code = in_child([] {
    std::signal(SIGINT, &do_nothing);
    ouro::event_loop loop;
    bool called = false;
    {
      const ouro::interrupt_guard guard(loop, [&] { called = true; });
      if (guard.active() || guard.count() != 0) return 1;
      ::raise(SIGINT);
      loop.stop();
      loop.run_forever();
    }
    struct sigaction current{};
    ::sigaction(SIGINT, nullptr, &current);
    return !called && current.sa_handler == &do_nothing ? 0 : 2;
  });
  CHECK(code == 0);
}

TEST_CASE("interrupt_guard: an ignored SIGINT stays ignored", "[loop][interrupt]") {
  const int code = in_child([] {
    std::signal(SIGINT, SIG_IGN);
    ouro::event_loop loop;
    const ouro::interrupt_guard guard(loop, [] {});
    ::raise(SIGINT);
    return guard.active() ? 1 : 0;
  });
  CHECK(code == 0);
}

TEST_CASE("interrupt_guard: gives the signal back at its end", "[loop][interrupt]") {
  const int code = in_child([] {
    take_sigint_by_default();
    ouro::event_loop loop;
    {
      const ouro::interrupt_guard guard(loop, [] {});
      if (sigint_is_default()) return 1;
    }
    return sigint_is_default() ? 0 : 2;
  });
  CHECK(code == 0);
}

TEST_CASE("interrupt_guard: a handler installed meanwhile stays", "[loop][interrupt]") {
  const int code = in_child([] {
    take_sigint_by_default();
    ouro::event_loop loop;
    {
      const ouro::interrupt_guard guard(loop, [] {});
      std::signal(SIGINT, &do_nothing);
    }
    struct sigaction current{};
    ::sigaction(SIGINT, nullptr, &current);
    return current.sa_handler == &do_nothing ? 0 : 1;
  });
  CHECK(code == 0);
}

TEST_CASE("interrupt_guard: one after the other counts from zero", "[loop][interrupt]") {
  const int code = in_child([] {
    take_sigint_by_default();
    ouro::event_loop loop;
    for (int i = 0; i < 3; ++i) {
      int calls = 0;
      const ouro::interrupt_guard guard(loop, [&] {
        ++calls;
        loop.stop();
      });
      if (!guard.active()) return 1;
      ::raise(SIGINT);
      loop.run_forever();
      if (calls != 1 || guard.count() != 1) return 2;
    }
    return 0;
  });
  CHECK(code == 0);
}

TEST_CASE("interrupt_guard: a second one beside it is not active", "[loop][interrupt]") {
  const int code = in_child([] {
    take_sigint_by_default();
    ouro::event_loop first;
    ouro::event_loop second;
    const ouro::interrupt_guard guard(first, [] {});
    {
      const ouro::interrupt_guard other(second, [] {});
      if (other.active()) return 1;
    }
    return guard.active() && !sigint_is_default() ? 0 : 2;
  });
  CHECK(code == 0);
}

TEST_CASE("interrupt_guard: takes SIGINT in the main thread only", "[loop][interrupt]") {
  const int code = in_child([] {
    take_sigint_by_default();
    bool active = true;
    std::thread([&] {
      ouro::event_loop loop;
      const ouro::interrupt_guard guard(loop, [] {});
      active = guard.active();
    }).join();
    return !active && sigint_is_default() ? 0 : 1;
  });
  CHECK(code == 0);
}
