// SPDX-License-Identifier: BSL-1.0
// A store of texts with a protocol of lines: SET key value, GET key, DEL key.
//
// Shows: readline with a limit, limit_overrun_error, skip_line, a deadline for each request.
// asyncio: StreamReader.readline(), whose ValueError drops what it has read.

#include "ouro/ouro.hpp"

#include <chrono>
#include <cstdio>
#include <map>
#include <optional>
#include <string>

using namespace std::chrono_literals;

std::map<std::string, std::string> store;

std::string answer(const std::string& line) {
  const std::string verb = line.substr(0, 3), key = line.size() > 4 ? line.substr(4) : "";
  if (verb == "GET") return store.contains(key) ? "= " + store[key] : "missing";
  if (verb == "DEL") return store.erase(key) > 0 ? "ok" : "missing";
  const std::size_t end = key.find(' ');
  if (verb != "SET" || end == std::string::npos) return "what?";
  store[key.substr(0, end)] = key.substr(end + 1);
  return "ok";
}

ouro::task<> handle(ouro::stream_reader reader, ouro::stream_writer writer) {
  for (;;) {
    std::optional<std::string> line;
    try {
      // Who is silent for a minute makes room for others: timeout_error ends the handler.
      line = co_await ouro::wait_for(reader.readline(), 60s);
    } catch (const ouro::limit_overrun_error&) {  // NOLINT(bugprone-empty-catch): it is still there
    }
    if (!line) {
      const std::size_t size = co_await reader.skip_line();  // however much that is
      writer.write("no room for " + std::to_string(size) + " bytes\n");
      continue;
    }
    if (line->empty()) co_return;  // the end
    if (line->ends_with('\n')) line->pop_back();
    writer.write(answer(*line) + "\n");
    co_await writer.drain();
  }
}

ouro::task<> amain() {
  auto server = co_await ouro::start_server(handle, "127.0.0.1", 0, {.limit = 64});
  const int port = server.sockets()[0].local_endpoint().port();
  auto [reader, writer] = co_await ouro::open_connection("127.0.0.1", port);
  writer.write("SET one eins\nGET one\n");  // a client need not wait for each answer
  writer.write("SET long " + std::string(100'000, 'x') + "\nDEL one\nGET one\n");
  writer.write_eof();
  while (auto line = co_await reader.anext()) std::printf("%s", line->c_str());
}

int main() { ouro::run(amain()); }
