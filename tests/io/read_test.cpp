// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/read.hpp"

#include "ouro/io/socket.hpp"
#include "ouro/ring/liburing.hpp"
#include "ouro/ring/ring_hooks.hpp"

#include "tests/io/io_fixture.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <poll.h>
#include <string>
#include <thread>

using namespace io_test;

namespace {

using buffer = std::array<std::byte, 64>;

void write_text(int fd, const std::string& text) {
  REQUIRE(::write(fd, text.data(), text.size()) == static_cast<::ssize_t>(text.size()));
}

/// A file without a name, with `text` in it and the position at its end.
ouro::unique_fd file_with(const std::string& text) {
  char name[] = "/tmp/ouro-read-XXXXXX";
  ouro::unique_fd file(::mkstemp(name));
  REQUIRE(file);
  ::unlink(name);
  write_text(file.get(), text);
  return file;
}

}  // namespace

OURO_TEST_CASE("read: gives what is in the pipe", "[io][read]") {
  const fd_pair ends = pipe_pair();
  buffer into;
  write_text(ends.far.get(), "abc");

  const std::size_t count = co_await ouro::read(ends.near.get(), into);

  CHECK(ouro::as_text(into).substr(0, count) == "abc");
}

OURO_TEST_CASE("read: suspends until a byte comes, and gives zero at the end", "[io][read]") {
  fd_pair ends = pipe_pair();
  buffer into;
  auto reading = ouro::create_task(outcome_of(ouro::read(ends.near.get(), into)));
  co_await test::settle();
  CHECK(!reading.done());

  write_text(ends.far.get(), "x");
  const std::string first = co_await reading;
  ends.far.reset();
  auto reading_on = ouro::create_task(outcome_of(ouro::read(ends.near.get(), into)));
  const std::string second = co_await reading_on;

  CHECK(first == "1");
  CHECK(second == "0");
}

OURO_TEST_CASE("read: reads a file at an offset or at its position", "[io][read]") {
  const ouro::unique_fd file = file_with("0123456789");
  std::array<std::byte, 4> into;

  const std::size_t at_six = co_await ouro::read(file.get(), into, 6);
  const std::string six(ouro::as_text(into).substr(0, at_six));
  const std::size_t at_end = co_await ouro::read(file.get(), into);
  ::lseek(file.get(), 1, SEEK_SET);
  const std::size_t at_one = co_await ouro::read(file.get(), into);
  const std::string one(ouro::as_text(into).substr(0, at_one));

  CHECK(six == "6789");
  CHECK(at_end == 0);
  CHECK(one == "1234");
  CHECK(::lseek(file.get(), 0, SEEK_CUR) == 5);
}

OURO_TEST_CASE("read: cancelled while it waits, it throws and takes no byte",
               "[io][read][cancel]") {
  const fd_pair ends = pipe_pair();
  buffer into;
  auto reading = ouro::create_task(outcome_of(ouro::read(ends.near.get(), into)));
  co_await test::settle();

  reading.cancel();
  const std::string outcome = co_await reading;
  write_text(ends.far.get(), "kept");
  const std::size_t count = co_await ouro::read(ends.near.get(), into);

  CHECK(outcome == "cancelled");
  CHECK(count == 4);
}

OURO_TEST_CASE("read: cancelled before it starts, it takes no byte", "[io][read][cancel]") {
  const fd_pair ends = pipe_pair();
  buffer into;
  write_text(ends.far.get(), "kept");

  auto reading = ouro::create_task(outcome_if_cancelled_before(ouro::read(ends.near.get(), into)));
  const std::string outcome = co_await reading;
  const std::size_t count = co_await ouro::read(ends.near.get(), into);

  CHECK(outcome == "cancelled");
  CHECK(count == 4);
}

OURO_TEST_CASE("read: nothing_lost: cancelled after it has completed, it gives the bytes first",
               "[io][read][cancel]") {
  const fd_pair ends = pipe_pair();
  buffer into;
  auto reading = ouro::create_task(outcome_of(ouro::read(ends.near.get(), into)));
  co_await test::settle();

  write_text(ends.far.get(), "won");
  // Linux 6.1 reads from a pipe on a thread of its own, so it takes some turns. Then the task is
  // ready, behind this one.
  do {
    co_await ouro::sleep(0s);
  } while (pending_requests() != 0);
  CHECK(!reading.done());
  reading.cancel();
  const std::string outcome = co_await reading;

  CHECK(outcome == "3, then cancelled");
}

OURO_TEST_CASE("read: names the call and the errno if it fails", "[io][read][error]") {
  buffer into;

  auto reading = ouro::create_task(outcome_of(ouro::read(-1, into)));
  const std::string outcome = co_await reading;

  CHECK(outcome == "read: " + std::to_string(EBADF));
}

namespace {

/// Makes reads as slow as a disk: each becomes a wait for `until` to be readable.
class slow_disk final : public ouro::ring_hooks {
 public:
  explicit slow_disk(int until) : until_(until) { ouro::get_running_loop().io().add_hooks(*this); }
  slow_disk(const slow_disk&) = delete;
  ~slow_disk() { ouro::get_running_loop().io().remove_hooks(*this); }

 private:
  void on_submit(ouro::operation&, io_uring_sqe& entry) noexcept override {
    const auto id = entry.user_data;
    ::io_uring_prep_poll_add(&entry, until_, POLLIN);
    entry.user_data = id;
  }

  int until_;
};

/// Reads from `fd` while a timer of 1 ms runs. The read ends when the timer fires or, if
/// `disk_answers`, when another thread says so. Returns whether the timer fired.
ouro::task<bool> is_overtaken_by_timer(int fd, bool disk_answers) {
  auto [ready, say_ready] = ouro::socket_pair();
  bool overtaken = false;
  auto timer = ouro::get_running_loop().call_later(1ms, [&] {
    overtaken = true;
    write_text(say_ready.fd(), "x");
  });
  std::thread disk([&] {
    if (!disk_answers) return;
    std::this_thread::sleep_for(4ms);  // real time, in which a clock that jumps would be wrong
    write_text(say_ready.fd(), "x");
  });
  buffer into;
  {
    const slow_disk slow(ready.fd());
    co_await ouro::read(fd, into, 0);
  }
  disk.join();
  timer.cancel();
  co_return overtaken;
}

}  // namespace

OURO_TEST_CASE("read: a virtual clock stands still while a file is read", "[io][read]") {
  const ouro::unique_fd file = file_with("text");

  const bool overtaken = co_await is_overtaken_by_timer(file.get(), true);

  CHECK_FALSE(overtaken);
}

OURO_TEST_CASE("read: a virtual clock jumps while a socket is read", "[io][read]") {
  auto [in, out] = ouro::socket_pair();

  const bool overtaken = co_await is_overtaken_by_timer(in.fd(), false);

  CHECK(overtaken);
}
