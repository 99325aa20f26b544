// SPDX-License-Identifier: BSL-1.0
// A chat: what one says is sent to all the others.
//
// Shows: start_server with state shared by its handlers, anext, write without drain. asyncio:
// start_server, `async for line in reader`. All handlers run in one thread: no lock.

#include "ouro/ouro.hpp"

#include <chrono>
#include <cstdio>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>

struct room {
  void broadcast(std::string_view line, const ouro::stream_writer* from) {
    for (auto* member : members) {
      // Nobody waits for the slowest: who has a megabyte to read is thrown out.
      if (member->transport().get_write_buffer_size() > 1'000'000) member->abort();
      if (member != from) member->write(line);
    }
  }
  std::set<ouro::stream_writer*> members;
};

ouro::task<> handle(room& lobby, ouro::stream_reader reader, ouro::stream_writer writer) {
  const std::string name = co_await reader.readuntil(" ");
  lobby.members.insert(&writer);
  const auto leave = [&](auto*) { lobby.members.erase(&writer); };
  const std::unique_ptr<room, decltype(leave)> here(&lobby, leave);  // however the handler ends
  writer.write("welcome\n");
  while (auto line = co_await reader.anext()) lobby.broadcast(name + *line, &writer);
  lobby.broadcast(name + "leaves\n", &writer);
}

ouro::task<> amain() {
  room lobby;
  const auto serve = [&lobby](ouro::stream_reader reader, ouro::stream_writer writer) {
    return handle(lobby, std::move(reader), std::move(writer));
  };
  auto server = co_await ouro::start_server(serve, "127.0.0.1", 0);
  const int port = server.sockets()[0].local_endpoint().port();

  auto [ann, to_ann] = co_await ouro::open_connection("127.0.0.1", port);
  auto [bob, to_bob] = co_await ouro::open_connection("127.0.0.1", port);
  to_ann.write("ann: ");
  to_bob.write("bob: ");
  co_await ouro::gather(ann.readline(), bob.readline());  // both are welcome
  to_ann.write("hello, bob\n");
  std::printf("bob reads %s", (co_await bob.readline()).c_str());
  to_bob.close();
  std::printf("ann reads %s", (co_await ann.readline()).c_str());
  co_await server.shutdown(std::chrono::seconds(0));  // ends who uses the lobby
}

int main() { ouro::run(amain()); }
