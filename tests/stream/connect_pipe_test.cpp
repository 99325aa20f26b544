// SPDX-License-Identifier: BSL-1.0
#include "ouro/stream/connect_pipe.hpp"

#include "ouro/base/system.hpp"
#include "ouro/stream/stream_reader_protocol.hpp"
#include "ouro/task/create_task.hpp"

#include "tests/support/loop_test.hpp"

#include <cerrno>
#include <cstdio>
#include <memory>
#include <string>
#include <system_error>
#include <unistd.h>
#include <utility>

using namespace test;

OURO_TEST_CASE("connect_read_pipe: reads lines and the end of a pipe", "[stream][connect_pipe]") {
  auto [readable, writable] = ouro::make_pipe();
  auto reader = ouro::connect_read_pipe(std::move(readable));
  auto writer = ouro::connect_write_pipe(std::move(writable));

  writer.write("one\ntwo");
  const std::string line = co_await reader.readline();
  writer.close();
  const std::string rest = co_await reader.read();

  CHECK(line == "one\n");
  CHECK(rest == "two");
  CHECK(reader.at_eof());
  co_await writer.wait_closed();
}

OURO_TEST_CASE("connect_write_pipe: more than a pipe holds arrives in order",
               "[stream][connect_pipe]") {
  auto [readable, writable] = ouro::make_pipe();
  auto reader = ouro::connect_read_pipe(std::move(readable));
  auto writer = ouro::connect_write_pipe(std::move(writable));
  std::string sent;
  for (int i = 0; i < 60'000; ++i) sent += std::to_string(i);

  for (std::size_t at = 0; at < sent.size(); at += 1000) writer.write(sent.substr(at, 1000));
  writer.write_eof();
  const std::string received = co_await reader.read();

  CHECK(received == sent);
}

OURO_TEST_CASE("connect_write_pipe: closes when nobody reads any more", "[stream][connect_pipe]") {
  auto [readable, writable] = ouro::make_pipe();
  auto writer = ouro::connect_write_pipe(std::move(writable));
  CHECK_FALSE(writer.is_closing());

  readable.reset();
  co_await writer.wait_closed();

  CHECK(writer.is_closing());
  CHECK_FALSE(writer.pipe());
}

OURO_TEST_CASE("connect_write_pipe: what nobody will read is an error",
               "[stream][connect_pipe][error]") {
  auto [readable, writable] = ouro::make_pipe();
  auto writer = ouro::connect_write_pipe(std::move(writable));
  writer.write(std::string(500'000, 'x'));
  co_await run_turns(5);

  readable.reset();

  int code = 0;
  try {
    co_await writer.wait_closed();
  } catch (const std::system_error& error) {
    code = error.code().value();
  }
  CHECK(code == EPIPE);
}

OURO_TEST_CASE("connect_read_pipe: a file is read to its end", "[stream][connect_pipe]") {
  std::FILE* const file = std::tmpfile();
  REQUIRE(file != nullptr);
  std::fputs("a line\nand more", file);
  std::rewind(file);
  auto reader = ouro::connect_read_pipe(ouro::unique_fd(::dup(::fileno(file))));
  std::fclose(file);

  const std::string line = co_await reader.readline();
  const std::string rest = co_await reader.read();

  CHECK(line == "a line\n");
  CHECK(rest == "and more");
}

OURO_TEST_CASE("connect_read_pipe: of a file nothing comes twice, whoever moves its position",
               "[stream][connect_pipe]") {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::tmpfile(), &std::fclose);
  REQUIRE(file != nullptr);
  std::fputs("skipped, a line\nand more", file.get());
  std::fflush(file.get());
  const int fd = ::fileno(file.get());
  REQUIRE(::lseek(fd, 9, SEEK_SET) == 9);
  auto reader = ouro::connect_read_pipe(ouro::unique_fd(::dup(fd)));

  const std::string line = co_await reader.readline();
  const ::off_t position = ::lseek(fd, 0, SEEK_CUR);
  const std::string rest = co_await reader.read();

  CHECK(line == "a line\n");
  CHECK(position == 9);
  CHECK(rest == "and more");
}

OURO_TEST_CASE("connect_read_pipe: the end that reads cannot be written to",
               "[stream][connect_pipe][error]") {
  auto [readable, writable] = ouro::make_pipe();
  ouro::stream_reader reader;
  auto made = co_await ouro::get_running_loop().connect_read_pipe(
      [&reader] { return new ouro::stream_reader_protocol(reader); }, std::move(readable));

  CHECK_THROWS_AS(made.transport->write("x"), ouro::usage_error);
  CHECK(made.transport->pipe().has_value());

  made.transport->close();
}

OURO_TEST_CASE("stream_reader_protocol: holds the pipe up beyond twice the limit of the reader",
               "[stream][connect_pipe]") {
  auto [readable, writable] = ouro::make_pipe();
  ouro::stream_reader reader(1000);
  auto made = co_await ouro::get_running_loop().connect_read_pipe(
      [&reader] { return new ouro::stream_reader_protocol(reader); }, std::move(readable));
  auto writer = ouro::connect_write_pipe(std::move(writable));

  writer.write(std::string(300'000, 'x'));
  while (made.transport->is_reading()) co_await ouro::sleep(0s);
  writer.close();
  const std::string all = co_await reader.read();

  CHECK(all.size() == 300'000);
  made.transport->close();
}
