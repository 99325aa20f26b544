// SPDX-License-Identifier: BSL-1.0
//
// Sockets without a transport, and how servers end.
#include "ouro/io/listener.hpp"
#include "ouro/io/socket.hpp"
#include "ouro/net/open_connection.hpp"
#include "ouro/net/start_server.hpp"
#include "ouro/sync/event.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/sleep.hpp"
#include "ouro/task/wait_for.hpp"

#include "tests/parity/parity.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using ouro::stream_reader;
using ouro::stream_writer;
using parity::print;

namespace {

// case: 730_sock_methods
namespace case_730 {

ouro::task<> serve(ouro::event_loop& loop, ouro::socket& listening) {
  auto [c, address] = co_await loop.sock_accept(listening);
  for (;;) {
    std::string d = co_await loop.sock_recv(c, 100);
    if (d.empty()) break;
    std::reverse(d.begin(), d.end());
    co_await loop.sock_sendall(c, d);
  }
  c.close();
}

ouro::task<> amain() {
  auto& loop = ouro::get_running_loop();
  ouro::socket ls = ouro::socket::tcp();
  ls.bind(ouro::endpoint("127.0.0.1", 0));
  ls.listen();
  auto t = ouro::create_task(serve(loop, ls));
  ouro::socket s = ouro::socket::tcp();
  co_await loop.sock_connect(s, ls.local_endpoint());
  co_await loop.sock_sendall(s, "abc");
  print(co_await loop.sock_recv(s, 100));
  s.close();
  co_await t;
  ls.close();
  print("server saw EOF");
}

const parity::entry entry("730_sock_methods", amain);

}  // namespace case_730

// case: 750_sock_cancel_keeps_socket
namespace case_750 {

ouro::task<> amain() {
  auto& loop = ouro::get_running_loop();
  auto [a, b] = ouro::socket_pair();
  for (int i = 0; i < 2; ++i) {
    try {
      co_await ouro::wait_for(loop.sock_recv(b, 10), 10ms);
    } catch (const ouro::timeout_error&) {
      print("timeout");
    }
  }
  co_await loop.sock_sendall(a, "later");
  print(co_await loop.sock_recv(b, 10));
  a.close();
  b.close();
}

const parity::entry entry("750_sock_cancel_keeps_socket", amain);

}  // namespace case_750

int port_of(const ouro::server& server) { return server.sockets()[0].local_endpoint().port(); }

// case: 909_server_close_clients
namespace case_909 {

ouro::task<> amain() {
  ouro::event gone;
  auto handler = [&](stream_reader r, stream_writer w) -> ouro::task<> {
    print("connected");
    w.write("hi\n");
    co_await r.read();
    print("handler saw EOF");
    gone.set();
  };
  auto s = co_await ouro::start_server(handler, "127.0.0.1", 0);
  auto [r, w] = co_await ouro::open_connection("127.0.0.1", port_of(s));
  std::string line = co_await r.readline();
  line.pop_back();
  print(line);
  s.close();
  s.close_clients();
  const std::size_t rest = (co_await r.read()).size();
  print("client reads", rest, "bytes");
  w.close();
  co_await s.wait_closed();
  co_await gone.wait();
  print("closed");
}

const parity::entry entry("909_server_close_clients", amain);

}  // namespace case_909

// case: 911_server_wait_closed_waits
namespace case_911 {

ouro::task<> amain() {
  std::vector<std::string> order;
  auto handler = [&](stream_reader r, stream_writer w) -> ouro::task<> {
    co_await r.read();
    w.close();
    co_await w.wait_closed();
    order.emplace_back("connection gone");
  };
  auto s = co_await ouro::start_server(handler, "127.0.0.1", 0);
  auto [r, w] = co_await ouro::open_connection("127.0.0.1", port_of(s));
  co_await ouro::sleep(20ms);
  s.close();
  auto t = ouro::create_task(s.wait_closed());
  t.add_done_callback([&](const auto&) { order.emplace_back("wait_closed returned"); });
  co_await ouro::sleep(20ms);
  print("waits", !t.done());
  w.close();
  co_await t;
  co_await ouro::sleep(20ms);
  std::sort(order.begin(), order.end());
  print(order[0] + ", " + order[1]);
}

const parity::entry entry("911_server_wait_closed_waits", amain);

}  // namespace case_911

}  // namespace

int main(int argc, char** argv) { return parity::run_case(argc, argv); }
