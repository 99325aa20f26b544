// SPDX-License-Identifier: BSL-1.0
// Programs that have nothing to do with ouro at the other end.
#include "ouro/net/datagram_transport.hpp"

#include "tests/net/datagram_fixture.hpp"
#include "tests/net/programs.hpp"

#include <string>
#include <unistd.h>

using namespace net_test;

namespace {

/// Answers each datagram with "re:" before it.
ouro::task<logging_endpoint> answering() {
  logging_endpoint made = co_await bound();
  made.protocol->on_datagram = [](logging_protocol& self, std::string_view data) {
    self.transport->sendto("re:" + std::string(data), self.sender);
  };
  co_return made;
}

constexpr const char* python_client = R"(
import asyncio, sys
class Client(asyncio.DatagramProtocol):
    def __init__(self): self.queue = asyncio.Queue()
    def datagram_received(self, data, addr): self.queue.put_nowait(data)
async def main():
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_datagram_endpoint(
        Client, remote_addr=('127.0.0.1', int(sys.argv[1])))
    total = 0
    for i in range(500):
        transport.sendto(b'x' * i if i else b'y')
        answer = await asyncio.wait_for(protocol.queue.get(), 10)
        total += len(answer)
        assert answer.startswith(b're:'), answer
    transport.close()
    print(total)
asyncio.run(main())
)";

}  // namespace

OURO_TEST_CASE("datagram_transport: answers a client of Python's asyncio",
               "[net][datagram_transport]") {
  if (!has_program("python3")) co_return;
  const auto [server, protocol] = co_await answering();
  const std::string port = std::to_string(server->sockname()->port());

  auto running = output_of("python3 -c \"" + std::string(python_client) + "\" " + port + " 2>&1");
  const std::string output = co_await std::move(running);

  CHECK(output == std::to_string(1 + 499 * 500 / 2 + 500 * 3) + "\n");
  CHECK(protocol->received == 500);
  server->close();
}

OURO_TEST_CASE("datagram_transport: answers socat", "[net][datagram_transport]") {
  if (!has_program("socat")) co_return;
  const auto [server, protocol] = co_await answering();
  const std::string port = std::to_string(server->sockname()->port());

  auto running =
      output_of("{ echo hello; sleep 0.2; } | socat -t 0.2 - UDP:127.0.0.1:" + port + " 2>&1");
  const std::string output = co_await std::move(running);

  CHECK(output == "re:hello\n");
  server->close();
}

OURO_TEST_CASE("datagram_transport: hears socat over a UNIX socket", "[net][datagram_transport]") {
  if (!has_program("socat")) co_return;
  const std::string name = "ouro-datagram-socat" + std::to_string(::getpid());
  const auto [server, protocol] = co_await ouro::create_datagram_endpoint(
      make_logging, {.local_addr = ouro::endpoint::local_abstract(name)});

  auto running = output_of("echo hello | socat -u - ABSTRACT-SENDTO:" + name + " 2>&1");
  const std::string output = co_await std::move(running);
  co_await until_log(*protocol, "made got:hello\n");

  CHECK(output == "");
  CHECK(protocol->sender.path().empty());
  server->close();
}
