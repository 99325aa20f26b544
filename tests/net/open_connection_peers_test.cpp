// SPDX-License-Identifier: BSL-1.0
// Servers that everybody knows at the other end of our clients.
#include "ouro/base/system.hpp"
#include "ouro/net/open_connection.hpp"

#include "tests/net/programs.hpp"
#include "tests/net/storm_fixture.hpp"

#include <chrono>
#include <fstream>
#include <string>
#include <system_error>
#include <thread>

using namespace net_test;
using storm_test::pattern;

namespace {

/// A port of the loopback that nobody listens on.
int free_port() {
  const ouro::endpoint any("127.0.0.1", 0);
  const ouro::unique_fd probe = ouro::make_socket(AF_INET, SOCK_STREAM);
  ouro::bind_socket(probe.get(), any.native(), static_cast<socklen_t>(any.native_size()));
  ::sockaddr_in address{};
  ouro::get_socket_name(probe.get(), reinterpret_cast<::sockaddr&>(address), sizeof address);
  return ntohs(address.sin_port);
}

/// What `connect` gives, as soon as the server listens: it has ten seconds to start.
template <class Connect>
ouro::task<ouro::connection> keep_trying(Connect connect) {
  for (int attempt = 0;; ++attempt) {
    try {
      auto connecting = connect();
      co_return co_await std::move(connecting);
    } catch (const std::system_error&) {
      if (attempt == 1000) throw;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));  // another process needs the time
  }
}

std::string nginx_configuration(const std::string& folder, int port) {
  std::string text = "daemon off; master_process off; error_log stderr; pid " + folder +
                     "/pid;\nevents {}\nhttp { access_log off;\n";
  for (const char* const kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
    text += std::string(kind) + "_temp_path " + folder + "/" + kind + ";\n";
  }
  return text + "server { listen 127.0.0.1:" + std::to_string(port) + "; root " + folder + "; } }";
}

/// A Redis that listens at a path and keeps nothing.
std::string redis_command(const std::string& folder) {
  return "exec redis-server --port 0 --unixsocket " + folder + "/socket --dir " + folder +
         " --save '' --appendonly no --daemonize no";
}

}  // namespace

OURO_TEST_CASE("open_connection: gets a file from nginx, again and again over one connection",
               "[net][peers]") {
  if (!has_program("nginx")) co_return;
  const temporary_folder folder;
  const std::string page = pattern(300'000, 7);
  const int port = free_port();
  std::ofstream(folder.path() + "/page") << page;
  std::ofstream(folder.path() + "/nginx.conf") << nginx_configuration(folder.path(), port);
  const program nginx("exec nginx -e stderr -p " + folder.path() + " -c " + folder.path() +
                      "/nginx.conf");
  auto starting = keep_trying([port] { return ouro::open_connection("127.0.0.1", port); });
  auto [reader, writer] = co_await std::move(starting);

  int good = 0;
  for (int i = 0; i < 10; ++i) writer.write("GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n");
  for (int i = 0; i < 10; ++i) {
    const std::string head = co_await reader.readuntil("\r\n\r\n");
    const std::string body = co_await reader.readexactly(page.size());
    good += head.starts_with("HTTP/1.1 200 OK\r\n") && body == page ? 1 : 0;
  }

  CHECK(good == 10);
}

OURO_TEST_CASE("open_unix_connection: Redis answers a PING, and a thousand in one go",
               "[net][peers]") {
  if (!has_program("redis-server")) co_return;
  const temporary_folder folder;
  const std::string path = folder.path() + "/socket";
  const program redis(redis_command(folder.path()));
  auto starting = keep_trying([&path] { return ouro::open_unix_connection(path); });
  auto [reader, writer] = co_await std::move(starting);

  writer.write("PING\r\n");
  const std::string first = co_await reader.readline();
  for (int i = 0; i < 1000; ++i) {
    const std::string text = std::to_string(1000 + i);
    writer.write("*2\r\n$4\r\nPING\r\n$4\r\n" + text + "\r\n");
  }
  int in_order = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::string answer = co_await reader.readexactly(10);
    in_order += answer == "$4\r\n" + std::to_string(1000 + i) + "\r\n" ? 1 : 0;
  }

  CHECK(first == "+PONG\r\n");
  CHECK(in_order == 1000);
}
