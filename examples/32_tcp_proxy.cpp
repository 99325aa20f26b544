// SPDX-License-Identifier: BSL-1.0
// A proxy: what comes from either side goes to the other, until both have said that they are done.
//
// Shows: task_group, write_eof, read_view, write_all. asyncio: two tasks for each connection. The
// ends of the two directions are independent: a client may send its last byte and still be
// answered.

#include "ouro/ouro.hpp"

#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

// Bytes go from the memory of the reader to the kernel without a copy in between. A target that is
// slow holds up write_all(), so nothing more is received, and the source is held up in turn.
ouro::task<> copy(ouro::stream_reader& from, ouro::stream_writer& to) {
  for (;;) {
    const std::string_view data = co_await from.read_view();
    if (data.empty()) break;
    co_await to.write_all(data);
  }
  to.write_eof();
}

// If one direction breaks, the group cancels the other, and leaving closes both connections.
ouro::task<> proxy(ouro::stream_reader reader, ouro::stream_writer writer, int target) {
  auto [back, forth] = co_await ouro::open_connection("127.0.0.1", target);
  co_await ouro::task_group::run([&](ouro::task_group& group) -> ouro::task<> {
    group.create_task(copy(reader, forth));
    group.create_task(copy(back, writer));
    co_return;
  });
}

// Answers only when it has been told everything.
ouro::task<> count(ouro::stream_reader reader, ouro::stream_writer writer) {
  const std::string all = co_await reader.read();
  writer.write(std::to_string(all.size()) + " bytes\n");
}

ouro::task<> amain() {
  auto server = co_await ouro::start_server(count, "127.0.0.1", 0);
  const int target = server.sockets()[0].local_endpoint().port();
  const auto handle = [target](auto reader, auto writer) {
    return proxy(std::move(reader), std::move(writer), target);
  };
  auto front = co_await ouro::start_server(handle, "127.0.0.1", 0);

  auto [reader, writer] =
      co_await ouro::open_connection("127.0.0.1", front.sockets()[0].local_endpoint().port());
  co_await writer.write_all(std::string(1'000'000, 'x'));
  writer.write_eof();
  const std::string answer = co_await reader.read();
  std::printf("through the proxy: %s", answer.c_str());
}

int main() { ouro::run(amain()); }
