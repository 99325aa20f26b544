// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/fd_callback.hpp"

#include "tests/io/io_fixture.hpp"

#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <string>
#include <thread>

using namespace io_test;

namespace {

ouro::event_loop& loop() { return ouro::get_running_loop(); }

std::string error_of(int fd) {
  try {
    loop().add_reader(fd, [] {});
  } catch (const std::system_error& error) {
    return std::to_string(error.code().value()) + " " + error.what();
  }
  return "none";
}

}  // namespace

OURO_TEST_CASE("add_reader: what the callback throws is reported, and it is called again",
               "[io][fd_callback][error]") {
  const fd_pair ends = stream_pair();
  const int fd = ends.near.get();
  int calls = 0;
  send_text(ends.far.get(), "x");
  loop().add_reader(fd, [&] {
    if (++calls == 3) ouro::get_running_loop().remove_reader(fd);
    throw std::runtime_error("number " + std::to_string(calls));
  });

  co_await test::run_turns(5);
  const auto reports = test::take_reports();

  CHECK(calls == 3);
  REQUIRE(reports.size() == 3);
  CHECK(reports[0].starts_with("Exception in callback"));
  CHECK(reports[2].find("number 3") != std::string::npos);
}

OURO_TEST_CASE("add_reader: refuses a descriptor that is not open", "[io][fd_callback][error]") {
  CHECK(error_of(-1).starts_with(std::to_string(EBADF) + " add_reader"));
  CHECK(!loop().remove_reader(-1));
  co_return;
}

OURO_TEST_CASE("add_reader: refuses files that are always ready", "[io][fd_callback][error]") {
  for (const char* const path : {"/dev/null", "/proc/self/exe", "/tmp"}) {
    const ouro::unique_fd file(::open(path, O_RDONLY | O_CLOEXEC));
    const std::string error = error_of(file.get());

    CHECK(error.starts_with(std::to_string(EPERM) + " add_reader: descriptor "));
    CHECK(error.find("always ready") != std::string::npos);
  }
  co_return;
}

OURO_TEST_CASE("add_reader: a descriptor closed under it is reported once, and the calls end",
               "[io][fd_callback][error]") {
  fd_pair ends = stream_pair();
  const int number = ends.near.get();
  int calls = 0;
  loop().add_reader(number, [&] { ++calls; });
  co_await test::run_turns(5);

  ends.near.reset();
  send_text(ends.far.get(), "x");  // the kernel keeps the file for the poll
  co_await test::run_turns(5);
  const auto reports = test::take_reports();

  CHECK(calls == 0);
  REQUIRE(reports.size() == 1);
  CHECK(reports[0].find("closed under add_reader()") != std::string::npos);
  CHECK(!loop().remove_reader(number));
  CHECK(pending_requests() == 0);
}

OURO_TEST_CASE("add_reader: closed in its own call it is reported once",
               "[io][fd_callback][error]") {
  fd_pair ends = stream_pair();
  int calls = 0;
  send_text(ends.far.get(), "x");
  loop().add_reader(ends.near.get(), [&] {
    ++calls;
    ends.near.reset();
  });

  co_await test::run_turns(5);

  CHECK(calls == 1);
  CHECK(test::take_reports().size() == 1);
}

OURO_TEST_CASE("add_reader: removed, closed and opened again, the number means the new file",
               "[io][fd_callback]") {
  fd_pair old_ends = stream_pair();
  const int number = old_ends.near.get();
  std::string log;
  loop().add_reader(number, [&] { log += "old "; });
  co_await test::run_turns(5);

  send_text(old_ends.far.get(), "x");  // its poll may have completed by now
  CHECK(loop().remove_reader(number));
  old_ends.near.reset();
  fd_pair new_ends = stream_pair();
  REQUIRE(new_ends.near.get() == number);
  loop().add_reader(number, [&] { log += "new "; });
  co_await test::run_turns(5);
  CHECK(log == "");
  send_text(new_ends.far.get(), "y");
  co_await test::run_turns(2);

  CHECK(log == "new ");
  CHECK(loop().remove_reader(number));
}

OURO_TEST_CASE("add_reader: added and removed in one turn, nothing reaches the next file",
               "[io][fd_callback]") {
  fd_pair old_ends = stream_pair();
  const int number = old_ends.near.get();
  std::string log;
  loop().add_reader(number, [&] { log += "old "; });
  CHECK(loop().remove_reader(number));
  old_ends.near.reset();

  fd_pair new_ends = stream_pair();
  REQUIRE(new_ends.near.get() == number);
  send_text(new_ends.far.get(), "y");
  loop().add_reader(number, [&] { log += "new "; });
  co_await test::run_turns(2);

  CHECK(log == "new ");
  CHECK(loop().remove_reader(number));
}

OURO_TEST_CASE("add_reader: a number that means another file without remove_reader() is reported",
               "[io][fd_callback][error]") {
  fd_pair old_ends = stream_pair();
  const int number = old_ends.near.get();
  int calls = 0;
  loop().add_reader(number, [&] { ++calls; });
  co_await test::run_turns(5);

  old_ends.near.reset();
  const fd_pair new_ends = stream_pair();
  REQUIRE(new_ends.near.get() == number);
  send_text(new_ends.far.get(), "for somebody else");
  send_text(old_ends.far.get(), "x");
  co_await test::run_turns(5);

  CHECK(calls == 0);
  CHECK(test::take_reports().size() == 1);
}

TEST_CASE("add_reader: closing the loop removes it and destroys the callback",
          "[io][fd_callback]") {
  const fd_pair ends = stream_pair();
  auto owner = std::make_shared<int>(1);
  const std::weak_ptr<int> alive = owner;
  bool removed = true;
  {
    ouro::event_loop loop;
    struct removes_itself {
      ouro::event_loop* loop;
      int fd;
      bool* removed;
      ~removes_itself() { *removed = loop->remove_reader(fd); }
    };
    const auto guard = std::make_shared<removes_itself>(&loop, ends.near.get(), &removed);
    loop.add_reader(ends.near.get(), [owner = std::move(owner), guard] {});
    loop.call_soon([&loop] { loop.stop(); });
    loop.run_forever();
    CHECK(!alive.expired());

    loop.close();

    CHECK(alive.expired());
    CHECK(!loop.remove_reader(ends.near.get()));
    CHECK_THROWS_AS(loop.add_reader(ends.near.get(), [] {}), ouro::usage_error);
  }
  CHECK(!removed);
}

TEST_CASE("add_reader: a call that is queued when the loop closes does not come",
          "[io][fd_callback]") {
  const fd_pair ends = stream_pair();
  int calls = 0;
  {
    ouro::event_loop loop;
    loop.add_reader(ends.near.get(), [&] { ++calls; });
    send_text(ends.far.get(), "x");
    loop.close();
  }
  CHECK(calls == 0);
}

OURO_TEST_CASE("add_reader: its call may not close the loop, but may stop it",
               "[io][fd_callback][error]") {
  const fd_pair ends = stream_pair();
  const int fd = ends.near.get();
  send_text(ends.far.get(), "x");
  loop().add_reader(fd, [fd] {
    ouro::get_running_loop().remove_reader(fd);
    ouro::get_running_loop().close();
  });

  co_await test::run_turns(5);
  const auto reports = test::take_reports();

  REQUIRE(reports.size() == 1);
  CHECK(reports[0].find("Cannot close a running event loop") != std::string::npos);
}

TEST_CASE("add_reader: its call may stop the loop, and a later run goes on", "[io][fd_callback]") {
  const fd_pair ends = stream_pair();
  int calls = 0;
  ouro::event_loop loop;
  loop.add_reader(ends.near.get(), [&] {
    ++calls;
    loop.stop();
  });
  send_text(ends.far.get(), "x");

  loop.run_forever();
  loop.run_forever();

  CHECK(calls == 2);
}

OURO_TEST_CASE("add_reader: refuses another thread while the loop runs",
               "[io][fd_callback][error]") {
  const fd_pair ends = stream_pair();
  ouro::event_loop& mine = loop();
  int refused = 0;

  std::thread([&] {
    try {
      mine.add_reader(ends.near.get(), [] {});
    } catch (const ouro::usage_error&) {
      ++refused;
    }
    try {
      mine.remove_reader(ends.near.get());
    } catch (const ouro::usage_error&) {
      ++refused;
    }
  }).join();

  CHECK(refused == 2);
  co_return;
}
