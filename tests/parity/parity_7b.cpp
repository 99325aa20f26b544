// SPDX-License-Identifier: BSL-1.0
//
// Transports and protocols, pipes, files to sockets.
#include "ouro/base/system.hpp"
#include "ouro/io/socket.hpp"
#include "ouro/net/create_connection.hpp"
#include "ouro/net/create_server.hpp"
#include "ouro/net/detail/resolver.hpp"
#include "ouro/net/open_connection.hpp"
#include "ouro/net/start_server.hpp"
#include "ouro/stream/buffered_protocol.hpp"
#include "ouro/stream/connect_pipe.hpp"
#include "ouro/stream/protocol.hpp"
#include "ouro/stream/sendfile.hpp"
#include "ouro/stream/stream_reader_protocol.hpp"
#include "ouro/sync/event.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/sleep.hpp"
#include "ouro/task/wait_for.hpp"

#include "tests/parity/parity.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>

using namespace std::chrono_literals;
using ouro::stream_reader;
using ouro::stream_writer;
using parity::print;

namespace {

int port_of(const ouro::server& server) { return server.sockets()[0].local_endpoint().port(); }

ouro::task<ouro::connection> connect_to(const ouro::server& server) {
  return ouro::open_connection("127.0.0.1", port_of(server));
}

// case: 721_protocol_callback_order
namespace case_721 {

class P : public ouro::protocol {
 public:
  explicit P(ouro::future<> done) : done_(std::move(done)) {}
  void connection_made(ouro::transport&) override { print("connection_made"); }
  void data_received(ouro::const_buffer d) override { buf_ += ouro::as_text(d); }
  bool eof_received() override {
    print("eof_received after", buf_);
    return false;
  }
  void connection_lost(std::exception_ptr exc) override {
    print("connection_lost", exc);
    done_.set_result();
  }

 private:
  ouro::future<> done_;
  std::string buf_;
};

ouro::task<> amain() {
  auto& loop = ouro::get_running_loop();
  auto done = loop.create_future();
  auto s = co_await loop.create_server([&done] { return new P(done); }, "127.0.0.1", 0);
  auto [r, w] = co_await connect_to(s);
  w.write("some data");
  w.write_eof();
  const bool closed = (co_await r.read()).empty();
  print("server closed its side", closed);
  w.close();
  co_await done;
}

const parity::entry entry("721_protocol_callback_order", amain);

}  // namespace case_721

// case: 722_eof_received_keep_open
namespace case_722 {

class P : public ouro::protocol {
 public:
  void connection_made(ouro::transport& tr) override { tr_ = &tr; }
  bool eof_received() override {
    ouro::get_running_loop().call_later(10ms, [this] { finish(); });
    return true;
  }

 private:
  void finish() {
    print("still open", !tr_->is_closing());
    tr_->write("late answer");
    tr_->close();
  }

  ouro::transport* tr_ = nullptr;
};

ouro::task<> amain() {
  auto& loop = ouro::get_running_loop();
  auto s = co_await loop.create_server([] { return new P; }, "127.0.0.1", 0);
  auto [r, w] = co_await connect_to(s);
  w.write_eof();
  print(co_await r.read());
  w.close();
}

const parity::entry entry("722_eof_received_keep_open", amain);

}  // namespace case_722

// case: 724_pause_writing
namespace case_724 {

class P : public ouro::protocol {
 public:
  void connection_made(ouro::transport& tr) override {
    tr.set_write_buffer_limits({.high = 1000, .low = 100});
    const auto limits = tr.get_write_buffer_limits();
    print("limits", limits.low, limits.high);
    tr_ = &tr;
  }
  void pause_writing() override { print("pause_writing", tr_->get_write_buffer_size() > 1000); }
  void resume_writing() override {
    print("resume_writing", tr_->get_write_buffer_size() <= 100);
    ouro::get_running_loop().call_soon([this] { tr_->close(); });
  }
  void connection_lost(std::exception_ptr exc) override { print("connection_lost", exc); }

 private:
  ouro::transport* tr_ = nullptr;
};

ouro::task<> amain() {
  auto& loop = ouro::get_running_loop();
  ouro::event go;
  ouro::event fin;
  auto handler = [&](stream_reader r, stream_writer w) -> ouro::task<> {
    co_await go.wait();
    for (;;) {
      const std::string chunk = co_await r.read(65536);
      if (chunk.empty()) break;
    }
    w.close();
    fin.set();
  };
  auto s = co_await ouro::start_server(handler, "127.0.0.1", 0, {.limit = 1000});
  auto [tr, p] = co_await loop.create_connection([] { return new P; }, "127.0.0.1", port_of(s));
  tr->write(std::string(16'000'000, 'q'));
  print("written");
  go.set();
  co_await fin.wait();
}

const parity::entry entry("724_pause_writing", amain);

}  // namespace case_724

// case: 726_close_flushes
namespace case_726 {

ouro::task<> handler(stream_reader, stream_writer w) {
  w.write(std::string(3'000'000, 'a'));
  w.close();
  print("closing", w.is_closing());
  co_return;
}

ouro::task<> amain() {
  auto s = co_await ouro::start_server(handler, "127.0.0.1", 0);
  auto [r, w] = co_await connect_to(s);
  print("received", (co_await r.read()).size());
  w.close();
  co_await w.wait_closed();
}

const parity::entry entry("726_close_flushes", amain);

}  // namespace case_726

// case: 727_buffered_protocol
namespace case_727 {

class P : public ouro::buffered_protocol {
 public:
  explicit P(ouro::future<> done) : done_(std::move(done)) {}
  ouro::mutable_buffer get_buffer(std::size_t) override { return buf_; }
  void buffer_updated(std::size_t n) override { got_ += ouro::as_text(std::span(buf_).first(n)); }
  bool eof_received() override {
    print("eof", got_);
    return false;
  }
  void connection_lost(std::exception_ptr) override { done_.set_result(); }

 private:
  ouro::future<> done_;
  std::array<std::byte, 4> buf_{};
  std::string got_;
};

ouro::task<> amain() {
  auto& loop = ouro::get_running_loop();
  auto done = loop.create_future();
  auto s = co_await loop.create_server([&done] { return new P(done); }, "127.0.0.1", 0);
  auto [r, w] = co_await connect_to(s);
  w.write("in pieces of four");
  w.close();
  co_await done;
}

const parity::entry entry("727_buffered_protocol", amain);

}  // namespace case_727

// case: 735_pipes
namespace case_735 {

class W : public ouro::base_protocol {
 public:
  void connection_lost(std::exception_ptr exc) override { print("write pipe lost", exc); }
};

ouro::task<> amain() {
  auto& loop = ouro::get_running_loop();
  auto [rfd, wfd] = ouro::make_pipe();
  stream_reader r;
  auto [rt, reading] = co_await loop.connect_read_pipe(
      [&r] { return new ouro::stream_reader_protocol(r); }, std::move(rfd));
  auto [wt, writing] = co_await loop.connect_write_pipe([] { return new W; }, std::move(wfd));
  wt->write("through ");
  wt->write("the pipe\n");
  std::string line = co_await r.readline();
  line.pop_back();
  print(line);
  wt->write(std::string(200'000, 'x'));
  wt->close();
  const std::size_t rest = (co_await r.read()).size();
  print(rest, r.at_eof());
  rt->close();
}

const parity::entry entry("735_pipes", amain);

}  // namespace case_735

/// A file without a name.
class temporary_file {
 public:
  explicit temporary_file(const std::string& text) : file_(std::tmpfile()) {
    if (file_ == nullptr) throw parity::os_error("tmpfile");
    std::fwrite(text.data(), 1, text.size(), file_);
    std::fflush(file_);
  }
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;
  ~temporary_file() { std::fclose(file_); }
  int fd() const { return ::fileno(file_); }

 private:
  std::FILE* file_;
};

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

// case: 737_sendfile
namespace case_737 {

ouro::task<> amain() {
  auto& loop = ouro::get_running_loop();
  auto got = loop.create_future<std::string>();
  auto handler = [&](stream_reader r, stream_writer w) -> ouro::task<> {
    got.set_result(co_await r.read());
    w.close();
  };
  auto s = co_await ouro::start_server(handler, "127.0.0.1", 0);
  auto [tr, p] =
      co_await loop.create_connection([] { return new ouro::protocol; }, "127.0.0.1", port_of(s));
  const temporary_file f(repeated("0123456789", 10000));
  tr->write("header:");
  const std::size_t first = co_await loop.sendfile(*tr, f.fd(), {.offset = 5, .count = 50000});
  const std::size_t second = co_await loop.sendfile(*tr, f.fd(), {.offset = 0, .count = 3});
  print(first, second);
  tr->close();
  const std::string data = co_await got;
  print(data.size(), data.substr(0, 12), data.substr(data.size() - 6));
}

const parity::entry entry("737_sendfile", amain);

}  // namespace case_737

// case: 738_connect_fallback
namespace case_738 {

ouro::task<> handler(stream_reader, stream_writer w) {
  w.write("hi");
  w.close();
  co_return;
}

ouro::task<> amain() {
  auto s = co_await ouro::start_server(handler, "127.0.0.1", 0);
  const int port = port_of(s);
  ouro::detail::replace_getaddrinfo(
      [port](const ouro::detail::address_query&, std::vector<ouro::address_info>& answers) {
        for (const char* ip : {"127.0.0.2", "127.0.0.1"}) {
          answers.push_back({.family = ouro::address_family::ipv4,
                             .type = ouro::socket_type::stream,
                             .proto = 6,
                             .canonname = "",
                             .endpoint = ouro::endpoint(ip, port)});
        }
        return 0;
      });
  auto [r, w] = co_await ouro::open_connection("some.host", port);
  const std::string text = co_await r.read();
  print(w.peername()->address().to_string(), text);
  w.close();
}

const parity::entry entry("738_connect_fallback", amain);

}  // namespace case_738

// case: 749_sock_sendfile
namespace case_749 {

ouro::task<> amain() {
  auto& loop = ouro::get_running_loop();
  auto [a, b] = ouro::socket_pair();
  {
    const temporary_file f(repeated("abcdefghij", 5));
    const std::size_t first = co_await loop.sock_sendfile(a, f.fd(), {.offset = 8, .count = 6});
    const std::size_t second = co_await loop.sock_sendfile(a, f.fd(), {.offset = 48});
    print(first, second);
  }
  a.close();
  std::string got;
  for (;;) {
    const std::string d = co_await loop.sock_recv(b, 100);
    if (d.empty()) break;
    got += d;
  }
  print(got);
  b.close();
}

const parity::entry entry("749_sock_sendfile", amain);

}  // namespace case_749

}  // namespace

int main(int argc, char** argv) { return parity::run_case(argc, argv); }
