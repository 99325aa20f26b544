// SPDX-License-Identifier: BSL-1.0
// Clients and servers that have nothing to do with ouro at the other end of streams.
#include "ouro/net/open_connection.hpp"
#include "ouro/net/start_server.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/sleep.hpp"

#include "tests/net/programs.hpp"

#include <chrono>
#include <string>
#include <system_error>
#include <unistd.h>

using namespace std::chrono_literals;
using namespace net_test;
using ouro::stream_reader;
using ouro::stream_writer;

namespace {

std::string port_of(const ouro::server& server) {
  return std::to_string(server.sockets()[0].local_endpoint().port());
}

/// Sends each line back in upper case, and after the last one what it has counted.
ouro::task<> shout(stream_reader reader, stream_writer writer) {
  int lines = 0;
  while (auto line = co_await reader.anext()) {
    for (char& letter : *line) letter = static_cast<char>(std::toupper(letter));
    writer.write(*line);
    co_await writer.drain();
    ++lines;
  }
  writer.write(std::to_string(lines) + " lines\n");
}

ouro::task<> answer_http(stream_reader reader, stream_writer writer) {
  for (;;) {
    try {
      co_await reader.readuntil("\r\n\r\n");
    } catch (const ouro::incomplete_read_error&) {
      co_return;  // the client has gone
    } catch (const std::system_error&) {
      co_return;  // without a farewell
    }
    writer.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    co_await writer.drain();
  }
}

constexpr const char* python_client = R"(
import asyncio, sys
async def talk(port, n):
    reader, writer = await asyncio.open_connection('127.0.0.1', port)
    text = 'x' * (n * 1000)
    for i in range(20):
        writer.write((text + str(i) + '\n').encode())
        await writer.drain()
        answer = await asyncio.wait_for(reader.readline(), 20)
        assert answer.decode() == text.upper() + str(i) + '\n', answer[:80]
    writer.write_eof()
    rest = await asyncio.wait_for(reader.read(), 20)
    writer.close()
    await writer.wait_closed()
    return rest
async def main():
    if len(sys.argv) > 2:
        import uvloop
        assert isinstance(asyncio.get_running_loop(), uvloop.Loop)
    rests = await asyncio.gather(*(talk(int(sys.argv[1]), n) for n in range(40)))
    print(rests.count(b'20 lines\n'))
if len(sys.argv) > 2:
    import uvloop
    uvloop.install()
asyncio.run(main())
)";

constexpr const char* python_server = R"(
import asyncio
async def main():
    done = asyncio.Event()
    async def handle(reader, writer):
        data = await reader.readexactly(300000)
        writer.write(data[::-1])
        await writer.drain()
        writer.close()
        done.set()
    server = await asyncio.start_server(handle, '127.0.0.1', 0, limit=1 << 20)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.wait_for(done.wait(), 30)
asyncio.run(main())
)";

std::string python(const char* program, const std::string& arguments) {
  return "/usr/bin/python3 -c \"" + std::string(program) + "\" " + arguments + " 2>&1";
}

}  // namespace

OURO_TEST_CASE("start_server: serves forty clients of Python's asyncio at once", "[net][peers]") {
  if (!has_program("/usr/bin/python3")) co_return;
  auto server = co_await ouro::start_server(shout, "127.0.0.1", 0);

  auto running = output_of(python(python_client, port_of(server)));
  const std::string output = co_await std::move(running);

  CHECK(output == "40\n");
}

OURO_TEST_CASE("start_server: serves forty clients of uvloop at once", "[net][peers]") {
  if (!has_program("/usr/bin/python3")) co_return;
  if (std::system("/usr/bin/python3 -c 'import uvloop' > /dev/null 2>&1") != 0) {
    WARN("skipped: the Python module uvloop is not installed");
    co_return;
  }
  auto server = co_await ouro::start_server(shout, "127.0.0.1", 0);

  auto running = output_of(python(python_client, port_of(server) + " uvloop"));
  const std::string output = co_await std::move(running);

  CHECK(output == "40\n");
}

OURO_TEST_CASE("start_server: answers netcat, which ends its side first", "[net][peers]") {
  if (!has_program("nc")) co_return;
  auto server = co_await ouro::start_server(shout, "127.0.0.1", 0);

  auto running = output_of("printf 'one\\ntwo\\n' | nc -N 127.0.0.1 " + port_of(server));
  const std::string output = co_await std::move(running);

  CHECK(output == "ONE\nTWO\n2 lines\n");
}

OURO_TEST_CASE("start_unix_server: answers socat, which ends its side first", "[net][peers]") {
  if (!has_program("socat")) co_return;
  const std::string name = "ouro-shout" + std::to_string(::getpid());
  auto server = co_await ouro::start_unix_server(shout, std::string(1, '\0') + name);

  auto running = output_of("printf 'one\\ntwo' | socat -t 10 - ABSTRACT-CONNECT:" + name);
  const std::string output = co_await std::move(running);

  CHECK(output == "ONE\nTWO2 lines\n");
}

OURO_TEST_CASE("start_server: answers curl over one connection", "[net][peers]") {
  if (!has_program("curl")) co_return;
  auto server = co_await ouro::start_server(answer_http, "127.0.0.1", 0);

  const std::string url = "http://127.0.0.1:" + port_of(server) + "/";
  auto running = output_of("curl -s -w '%{num_connects} ' " + url + " " + url);
  const std::string output = co_await std::move(running);

  CHECK(output == "hello1 hello0 ");
}

OURO_TEST_CASE("start_server: answers what wrk asks, without an error", "[net][peers]") {
  if (!has_program("wrk")) co_return;
  auto server = co_await ouro::start_server(answer_http, "127.0.0.1", 0);

  auto running = output_of("wrk -t1 -c20 -d1 http://127.0.0.1:" + port_of(server) + "/");
  const std::string output = co_await std::move(running);

  CHECK(output.find("Requests/sec") != std::string::npos);
  CHECK(output.find("Socket errors") == std::string::npos);
}

OURO_TEST_CASE("open_connection: talks to a server of Python's asyncio", "[net][peers]") {
  if (!has_program("/usr/bin/python3")) co_return;
  program server(python(python_server, ""));
  auto starting = server.line();
  const std::string digits = co_await std::move(starting);
  const int port = std::stoi(digits);
  std::string sent(300'000, '\0');
  for (std::size_t i = 0; i < sent.size(); ++i) sent[i] = static_cast<char>('a' + i % 26);

  std::string received;
  {
    auto [reader, writer] = co_await ouro::open_connection("127.0.0.1", port);
    co_await writer.write_all(sent);
    received = co_await reader.read();
  }

  CHECK(received == std::string(sent.rbegin(), sent.rend()));
}

OURO_TEST_CASE("start_server: answers socat, which ends its side first", "[net][peers]") {
  if (!has_program("socat")) co_return;
  auto server = co_await ouro::start_server(shout, "127.0.0.1", 0);

  auto running = output_of("printf 'one\\ntwo' | socat -t 10 - TCP:127.0.0.1:" + port_of(server));
  const std::string output = co_await std::move(running);

  CHECK(output == "ONE\nTWO2 lines\n");
}

OURO_TEST_CASE("start_unix_server: answers netcat at a path", "[net][peers]") {
  if (!has_program("nc")) co_return;
  const temporary_folder folder;
  const std::string path = folder.path() + "/socket";
  auto server = co_await ouro::start_unix_server(shout, path);

  auto running = output_of("printf 'one\\ntwo\\n' | nc -N -U " + path);
  const std::string output = co_await std::move(running);

  CHECK(output == "ONE\nTWO\n2 lines\n");
}
