// SPDX-License-Identifier: BSL-1.0
// Sends files by name: a line with the name from the client, a line with the size and the file
// back.
//
// Shows: sendfile, which the kernel does without the bytes entering the program; std::system_error
// for what is missing. asyncio: loop.sendfile().

#include "ouro/ouro.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <stdexcept>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

// A real server answers only for files below a folder of its own.
ouro::task<> handle(ouro::stream_reader reader, ouro::stream_writer writer) {
  while (auto line = co_await reader.anext()) {
    if (line->ends_with('\n')) line->pop_back();
    const ouro::unique_fd file(::open(line->c_str(), O_RDONLY | O_CLOEXEC));
    struct ::stat about;
    if (!file || ::fstat(file.get(), &about) != 0 || !S_ISREG(about.st_mode)) {
      writer.write("0 no such file\n");
      continue;
    }
    writer.write(std::to_string(about.st_size) + "\n");
    // After what was written before, and before what is written later. A file that grows meanwhile
    // is cut at the size that was promised.
    const auto size = static_cast<std::size_t>(about.st_size);
    const std::size_t sent = co_await writer.sendfile(file.get(), {.count = size});
    if (sent < size) throw std::runtime_error("the file has shrunk");  // closes the connection
  }
}

ouro::task<> fetch(int port, std::string name) {
  auto [reader, writer] = co_await ouro::open_connection("127.0.0.1", port);
  writer.write(name + "\n");
  const std::string head = co_await reader.readline();
  const std::string body = co_await reader.readexactly(std::stoul(head));
  std::printf("%zu bytes after the line %s", body.size(), head.c_str());
}

ouro::task<> amain() {
  char name[] = "/tmp/ouro-example-XXXXXX";
  const ouro::unique_fd file(::mkstemp(name));
  if (!file || ::ftruncate(file.get(), 3'000'000) != 0)
    throw std::system_error(errno, std::system_category(), "mkstemp");
  auto server = co_await ouro::start_server(handle, "127.0.0.1", 0);
  const int port = server.sockets()[0].local_endpoint().port();
  co_await fetch(port, name);
  ::unlink(name);
  co_await fetch(port, name);
}

int main() { ouro::run(amain()); }
