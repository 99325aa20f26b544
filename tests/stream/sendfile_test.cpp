// SPDX-License-Identifier: BSL-1.0
#include "ouro/stream/sendfile.hpp"

#include "ouro/stream/connection.hpp"
#include "ouro/stream/socket_transport.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/wait_for.hpp"
#include "ouro/testing/memory_pipe.hpp"
#include "ouro/testing/stream_pair.hpp"

#include "tests/support/loop_test.hpp"

#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <system_error>

using namespace std::chrono_literals;
using namespace test;

namespace {

/// A file without a name that holds `text`.
class temporary_file {
 public:
  explicit temporary_file(const std::string& text) : file_(std::tmpfile()) {
    REQUIRE(file_ != nullptr);
    std::fwrite(text.data(), 1, text.size(), file_);
    std::fflush(file_);
  }
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;
  ~temporary_file() { std::fclose(file_); }
  int fd() const { return ::fileno(file_); }

 private:
  std::FILE* file_;
};

std::string letters(std::size_t count) {
  std::string text(count, '\0');
  for (std::size_t i = 0; i < count; ++i) text[i] = static_cast<char>('a' + i % 23);
  return text;
}

}  // namespace

OURO_TEST_CASE("sendfile: a whole file comes between what was written before and after",
               "[stream][sendfile]") {
  const std::string text = letters(500'000);
  const temporary_file file(text);
  auto [near, far] = ouro::testing::stream_pair();
  auto reading = ouro::create_task([](ouro::stream_reader& reader) -> ouro::task<std::string> {
    co_return co_await reader.read();
  }(far.reader));

  near.writer.write("before ");
  auto sending = ouro::create_task(near.writer.sendfile(file.fd()));
  co_await run_turns(1);
  near.writer.write(" after");
  const std::size_t count = co_await sending;
  near.writer.write_eof();
  const std::string received = co_await reading;

  CHECK(count == text.size());
  CHECK(received == "before " + text + " after");
}

OURO_TEST_CASE("sendfile: a transport without a socket reads and writes", "[stream][sendfile]") {
  const std::string text = letters(700'000);
  const temporary_file file(text);
  auto [near, far] = memory_pipe();
  auto reading = ouro::create_task([](ouro::stream_reader& reader) -> ouro::task<std::string> {
    co_return co_await reader.read();
  }(far.reader));

  near.writer.write("before ");
  const std::size_t count = co_await near.writer.sendfile(file.fd(), {.offset = 10});
  near.writer.write(" after");
  near.writer.write_eof();
  const std::string received = co_await reading;

  CHECK(count == text.size() - 10);
  CHECK(received == "before " + text.substr(10) + " after");
}

OURO_TEST_CASE("sendfile: without a fallback a transport without a socket says so",
               "[stream][sendfile][error]") {
  const temporary_file file("text");
  auto [near, far] = memory_pipe();

  CHECK_THROWS_AS(co_await near.writer.sendfile(file.fd(), {.fallback = false}),
                  ouro::sendfile_not_available_error);

  near.writer.write("goes on\n");
  const std::string line = co_await far.reader.readline();
  CHECK(line == "goes on\n");
}

OURO_TEST_CASE("sendfile: less than asked for is sent when the file ends", "[stream][sendfile]") {
  const temporary_file file("0123456789");
  auto [near, far] = ouro::testing::stream_pair();

  const std::size_t some = co_await near.writer.sendfile(file.fd(), {.offset = 4, .count = 100});
  const std::size_t none = co_await near.writer.sendfile(file.fd(), {.offset = 10});
  const std::size_t zero = co_await near.writer.sendfile(file.fd(), {.count = 0});
  const std::string received = co_await far.reader.readexactly(6);

  CHECK(some == 6);
  CHECK(none == 0);
  CHECK(zero == 0);
  CHECK(received == "456789");
}

OURO_TEST_CASE("sendfile: an abort while the peer does not read ends it with an error",
               "[stream][sendfile][error]") {
  const temporary_file file(letters(30'000'000));
  auto [near, far] = ouro::testing::stream_pair();
  auto sending = ouro::create_task(near.writer.sendfile(file.fd()));
  const std::string first = co_await far.reader.readexactly(1);
  CHECK(first == "a");
  CHECK_FALSE(sending.done());

  near.writer.abort();

  CHECK_THROWS_AS(co_await sending, std::system_error);
  co_await near.writer.wait_closed();
}

OURO_TEST_CASE("sendfile: one that is cancelled lets what was written behind it go",
               "[stream][sendfile][cancel]") {
  const temporary_file file(letters(30'000'000));
  auto [near, far] = ouro::testing::stream_pair();
  auto sending = ouro::create_task(near.writer.sendfile(file.fd()));
  const std::string first = co_await far.reader.readexactly(1);
  CHECK(first == "a");
  near.writer.write("the end");

  sending.cancel();
  CHECK_THROWS_AS(co_await sending, ouro::cancelled_error);
  near.writer.write_eof();

  const std::string received = co_await far.reader.read();
  CHECK(received.ends_with("the end"));
}

OURO_TEST_CASE("sendfile: misuse is refused", "[stream][sendfile][error]") {
  const temporary_file file("text");
  auto [near, far] = ouro::testing::stream_pair();

  CHECK_THROWS_AS(co_await near.writer.sendfile(file.fd(), {.offset = -1}), std::invalid_argument);
  CHECK_THROWS_AS(co_await near.writer.sendfile(-1), std::system_error);
  near.writer.close();
  CHECK_THROWS_AS(co_await near.writer.sendfile(file.fd()), ouro::usage_error);
}

OURO_TEST_CASE("sock_sendfile: sends over a socket without a transport", "[stream][sendfile]") {
  const std::string text = letters(100'000);
  const temporary_file file(text);
  auto [near, far] = ouro::socket_pair();
  auto [reader, writer] = ouro::detail::make_connection(
      ouro::detail::make_socket_transport(ouro::get_running_loop(), std::move(far)));

  const std::size_t count = co_await ouro::sock_sendfile(near, file.fd(), {.count = 3'000});
  near.close();
  const std::string received = co_await reader.read();

  CHECK(count == 3'000);
  CHECK(received == text.substr(0, 3'000));
}
