// SPDX-License-Identifier: BSL-1.0
//
// Streams over TCP and UNIX sockets.
#include "ouro/net/open_connection.hpp"
#include "ouro/net/start_server.hpp"
#include "ouro/sync/event.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/gather.hpp"
#include "ouro/task/sleep.hpp"
#include "ouro/task/wait_for.hpp"

#include "tests/parity/parity.hpp"

#include <chrono>
#include <cstdlib>
#include <string>
#include <system_error>
#include <unistd.h>
#include <vector>

using namespace std::chrono_literals;
using ouro::stream_reader;
using ouro::stream_writer;
using parity::print;

namespace {

std::string stripped(std::string line) {
  if (line.ends_with('\n')) line.pop_back();
  return line;
}

int port_of(const ouro::server& server) { return server.sockets()[0].local_endpoint().port(); }

ouro::task<ouro::server> serve(ouro::connection_handler handler) {
  return ouro::start_server(std::move(handler), "127.0.0.1", 0);
}

ouro::task<ouro::connection> connect_to(const ouro::server& server) {
  return ouro::open_connection("127.0.0.1", port_of(server));
}

// case: 701_stream_echo
namespace case_701 {

ouro::task<> handler(stream_reader r, stream_writer w) {
  const std::string data = co_await r.readline();
  print("server got", stripped(data));
  w.write("echo " + data);
  co_await w.drain();
  w.close();
  co_await w.wait_closed();
}

ouro::task<> amain() {
  auto s = co_await serve(handler);
  auto [r, w] = co_await connect_to(s);
  w.write("hello\n");
  print("client got", stripped(co_await r.readline()));
  print("eof", (co_await r.read()).empty());
  w.close();
  co_await w.wait_closed();
  s.close();
  co_await s.wait_closed();
  print("serving", s.is_serving());
}

const parity::entry entry("701_stream_echo", amain);

}  // namespace case_701

// case: 711_stream_half_close
namespace case_711 {

ouro::task<> handler(stream_reader r, stream_writer w) {
  const std::string data = co_await r.read();
  print("server read to EOF:", data);
  w.write("answer after EOF");
  w.close();
}

ouro::task<> amain() {
  auto s = co_await serve(handler);
  auto [r, w] = co_await connect_to(s);
  print("can_write_eof", w.can_write_eof());
  w.write("all ");
  w.writelines(std::vector<std::string_view>{"of ", "it"});
  w.write_eof();
  print(co_await r.read());
  w.close();
  co_await w.wait_closed();
}

const parity::entry entry("711_stream_half_close", amain);

}  // namespace case_711

// case: 712_stream_iteration
namespace case_712 {

ouro::task<> handler(stream_reader, stream_writer w) {
  w.write("alpha\nbeta\ngamma");
  w.close();
  co_return;
}

ouro::task<> amain() {
  auto s = co_await serve(handler);
  auto [r, w] = co_await connect_to(s);
  while (auto line = co_await r.anext()) print(stripped(*line), line->ends_with('\n'));
  w.close();
}

const parity::entry entry("712_stream_iteration", amain);

}  // namespace case_712

// case: 713_server_close_refuses_new
namespace case_713 {

ouro::task<> handler(stream_reader r, stream_writer w) {
  while (auto line = co_await r.anext()) {
    for (char& letter : *line) letter = static_cast<char>(std::toupper(letter));
    w.write(*line);
  }
  w.close();
}

ouro::task<> amain() {
  auto s = co_await serve(handler);
  const int port = port_of(s);
  auto [r, w] = co_await ouro::open_connection("127.0.0.1", port);
  w.write("one\n");
  print(stripped(co_await r.readline()));
  s.close();
  co_await ouro::sleep(0s);
  try {
    co_await ouro::open_connection("127.0.0.1", port);
  } catch (const std::system_error& error) {
    if (error.code() == std::errc::connection_refused) print("ConnectionRefusedError");
  }
  w.write("two\n");
  print(stripped(co_await r.readline()), s.is_serving(), s.sockets().size());
  w.close();
  co_await w.wait_closed();
}

const parity::entry entry("713_server_close_refuses_new", amain);

}  // namespace case_713

// case: 715_drain_backpressure
namespace case_715 {

ouro::task<> amain() {
  ouro::event start_reading;
  std::size_t total = 0;
  auto handler = [&](stream_reader r, stream_writer w) -> ouro::task<> {
    co_await start_reading.wait();
    for (;;) {
      const std::string chunk = co_await r.read(65536);
      if (chunk.empty()) break;
      total += chunk.size();
    }
    w.close();
  };
  auto s = co_await ouro::start_server(handler, "127.0.0.1", 0, {.limit = 1024});
  auto [r, w] = co_await connect_to(s);
  w.write("x");
  co_await ouro::wait_for(w.drain(), 5s);
  print("small write drained");
  w.write(std::string(16'000'000, 'x'));
  auto drain = [](stream_writer& writer) -> ouro::task<> { co_await writer.drain(); };
  auto d = ouro::create_task(drain(w));
  co_await ouro::sleep(100ms);
  print("big write blocked", !d.done());
  start_reading.set();
  co_await d;
  print("drained after the peer read");
  w.write_eof();
  co_await r.read();
  print("total", total);
  w.close();
}

const parity::entry entry("715_drain_backpressure", amain);

}  // namespace case_715

// case: 717_drain_after_peer_reset
namespace case_717 {

ouro::task<> handler(stream_reader r, stream_writer w) {
  co_await r.readexactly(1);
  w.transport().abort();
}

ouro::task<> amain() {
  auto s = co_await serve(handler);
  auto [r, w] = co_await connect_to(s);
  w.write("x");
  try {
    co_await r.read();
  } catch (const std::system_error&) {
  }
  co_await ouro::sleep(20ms);
  for (int i = 0; i < 50; ++i) {
    try {
      w.write(std::string(1000, 'y'));
      co_await w.drain();
      co_await ouro::sleep(5ms);
    } catch (const std::system_error& error) {
      if (error.code() != std::errc::connection_reset && error.code() != std::errc::broken_pipe) {
        throw;
      }
      print("write side failed, closing", w.is_closing());
      break;
    }
  }
  w.close();
}

const parity::entry entry("717_drain_after_peer_reset", amain);

}  // namespace case_717

// case: 718_many_clients
namespace case_718 {

ouro::task<> handler(stream_reader r, stream_writer w) {
  const int n = std::stoi(co_await r.readline());
  w.write(std::to_string(n * n) + "\n");
  co_await w.drain();
  w.close();
}

ouro::task<int> client(int port, int n) {
  auto [r, w] = co_await ouro::open_connection("127.0.0.1", port);
  w.write(std::to_string(n) + "\n");
  const int v = std::stoi(co_await r.readline());
  w.close();
  co_await w.wait_closed();
  co_return v;
}

ouro::task<> amain() {
  auto s = co_await serve(handler);
  std::vector<ouro::task<int>> clients;
  for (int n = 0; n < 20; ++n) clients.push_back(client(port_of(s), n));
  print(co_await ouro::gather(std::move(clients)));
}

const parity::entry entry("718_many_clients", amain);

}  // namespace case_718

// case: 734_unix_sockets
namespace case_734 {

ouro::task<> handler(stream_reader r, stream_writer w) {
  std::string line = co_await r.readline();
  for (char& letter : line) letter = static_cast<char>(std::toupper(letter));
  w.write(line);
  w.close();
}

ouro::task<> amain() {
  char folder[] = "/tmp/ouro-parity-XXXXXX";
  if (::mkdtemp(folder) == nullptr) throw parity::os_error("mkdtemp");
  const std::string path = std::string(folder) + "/s";
  {
    auto s = co_await ouro::start_unix_server(handler, path);
    auto [r, w] = co_await ouro::open_unix_connection(path);
    w.write("over unix\n");
    print(stripped(co_await r.readline()));
    w.close();
    s.close();
    co_await s.wait_closed();
  }
  try {
    co_await ouro::open_unix_connection(path);
  } catch (const std::system_error& error) {
    if (error.code() == std::errc::connection_refused ||
        error.code() == std::errc::no_such_file_or_directory) {
      print("server is gone");
    }
  }
  ::unlink(path.c_str());
  ::rmdir(folder);
}

const parity::entry entry("734_unix_sockets", amain);

}  // namespace case_734

// case: 746_read_timeout_then_close
namespace case_746 {

ouro::task<> amain() {
  auto saw = ouro::get_running_loop().create_future<std::size_t>();
  auto handler = [&](stream_reader r, stream_writer w) -> ouro::task<> {
    saw.set_result((co_await r.read()).size());
    w.close();
  };
  auto s = co_await serve(handler);
  auto [r, w] = co_await connect_to(s);
  try {
    co_await ouro::wait_for(r.readline(), 20ms);
  } catch (const ouro::timeout_error&) {
    print("no answer in time");
  }
  w.close();
  co_await w.wait_closed();
  print("server read", co_await saw, "bytes, then EOF");
}

const parity::entry entry("746_read_timeout_then_close", amain);

}  // namespace case_746

}  // namespace

int main(int argc, char** argv) { return parity::run_case(argc, argv); }
