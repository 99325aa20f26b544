// SPDX-License-Identifier: BSL-1.0
// Echo servers on libuv: with memory of its own for each read, as its documentation has it, or with
// --reuse one buffer a loop and uv_try_write() first. Options and output as those of
// bench/net/server.hpp.
#include "../../net/server.hpp"

#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <unistd.h>
#include <uv.h>

namespace {

using net_bench::server_options;
using net_bench::transport;

bool reuse = false;
transport kind = transport::tcp;
char common_buffer[65536];

struct write_request {
  uv_write_t request;
  char* memory;
};

struct send_request {
  uv_udp_send_t request;
  char* memory;
};

template <class T>
T* make() {
  return static_cast<T*>(std::malloc(sizeof(T)));
}

void check(int status, const char* what) {
  if (status < 0) throw net_bench::failure(std::string(what) + ": " + uv_strerror(status));
}

void on_closed(uv_handle_t* handle) { std::free(handle); }

void give_buffer(uv_handle_t*, std::size_t suggested, uv_buf_t* buffer) {
  *buffer = reuse ? uv_buf_init(common_buffer, sizeof common_buffer)
                  : uv_buf_init(static_cast<char*>(std::malloc(suggested)),
                                static_cast<unsigned>(suggested));
}

void on_written(uv_write_t* request, int) {
  // the read that follows a failure ends the connection
  std::free((reinterpret_cast<write_request*>(request))->memory);
  std::free(request);
}

void write_later(uv_stream_t* client, char* memory, const char* data, std::size_t size) {
  auto* writing = make<write_request>();
  const uv_buf_t rest = uv_buf_init(const_cast<char*>(data), static_cast<unsigned>(size));
  writing->memory = memory;
  if (uv_write(&writing->request, client, &rest, 1, on_written) < 0) {
    std::free(memory);
    std::free(writing);
  }
}

void on_read(uv_stream_t* client, ssize_t size, const uv_buf_t* buffer) {
  if (size < 0) {
    if (!reuse) std::free(buffer->base);
    uv_close(reinterpret_cast<uv_handle_t*>(client), on_closed);
  } else if (size == 0) {
    if (!reuse) std::free(buffer->base);
  } else if (!reuse) {
    write_later(client, buffer->base, buffer->base, static_cast<std::size_t>(size));
  } else {
    uv_buf_t all = uv_buf_init(buffer->base, static_cast<unsigned>(size));
    const int written = uv_try_write(client, &all, 1);
    const std::size_t sent = written > 0 ? static_cast<std::size_t>(written) : 0;
    if (sent < static_cast<std::size_t>(size)) {
      auto* copy = static_cast<char*>(std::malloc(static_cast<std::size_t>(size) - sent));
      std::memcpy(copy, buffer->base + sent, static_cast<std::size_t>(size) - sent);
      write_later(client, copy, copy, static_cast<std::size_t>(size) - sent);
    }
  }
}

void on_connection(uv_stream_t* server, int status) {
  if (status < 0) return;
  uv_stream_t* client = nullptr;
  if (kind == transport::tcp) {
    auto* tcp = make<uv_tcp_t>();
    uv_tcp_init(server->loop, tcp);
    client = reinterpret_cast<uv_stream_t*>(tcp);
  } else {
    auto* pipe = make<uv_pipe_t>();
    uv_pipe_init(server->loop, pipe, 0);
    client = reinterpret_cast<uv_stream_t*>(pipe);
  }
  if (uv_accept(server, client) < 0) {
    uv_close(reinterpret_cast<uv_handle_t*>(client), on_closed);
    return;
  }
  if (kind == transport::tcp) uv_tcp_nodelay(reinterpret_cast<uv_tcp_t*>(client), 1);
  uv_read_start(client, give_buffer, on_read);
}

void on_sent(uv_udp_send_t* request, int) {
  std::free((reinterpret_cast<send_request*>(request))->memory);
  std::free(request);
}

void on_datagram(uv_udp_t* socket, ssize_t size, const uv_buf_t* buffer,
                 const struct sockaddr* peer, unsigned) {
  if (size < 0 || peer == nullptr) {
    if (!reuse) std::free(buffer->base);
    return;
  }
  uv_buf_t all = uv_buf_init(buffer->base, static_cast<unsigned>(size));
  if (reuse) {
    uv_udp_try_send(socket, &all, 1, peer);  // what finds no room is lost, as datagrams are
    return;
  }
  auto* sending = make<send_request>();
  sending->memory = buffer->base;
  if (uv_udp_send(&sending->request, socket, &all, 1, peer, on_sent) < 0) {
    std::free(sending->memory);
    std::free(sending);
  }
}

void on_signal(uv_signal_t* handle, int) { uv_stop(handle->loop); }

union server_handle {
  uv_tcp_t tcp;
  uv_pipe_t pipe;
  uv_udp_t udp;
};

void start(uv_loop_t* loop, server_handle& server, int fd) {
  auto* stream = reinterpret_cast<uv_stream_t*>(&server);
  if (kind == transport::udp) {
    check(uv_udp_init(loop, &server.udp), "uv_udp_init");
    check(uv_udp_open(&server.udp, fd), "uv_udp_open");
    check(uv_udp_recv_start(&server.udp, give_buffer, on_datagram), "uv_udp_recv_start");
    return;
  }
  if (kind == transport::tcp) {
    check(uv_tcp_init(loop, &server.tcp), "uv_tcp_init");
    check(uv_tcp_open(&server.tcp, fd), "uv_tcp_open");
  } else {
    check(uv_pipe_init(loop, &server.pipe, 0), "uv_pipe_init");
    check(uv_pipe_open(&server.pipe, fd), "uv_pipe_open");
  }
  check(uv_listen(stream, 4096, on_connection), "uv_listen");
}

void serve(const server_options& options) {
  kind = options.kind;
  std::signal(SIGPIPE, SIG_IGN);
  uv_loop_t* loop = uv_default_loop();
  uv_signal_t terminate;
  check(uv_signal_init(loop, &terminate), "uv_signal_init");
  check(uv_signal_start(&terminate, on_signal, SIGTERM), "uv_signal_start");
  const int fd = net_bench::open_listener(options);
  server_handle server;
  start(loop, server, fd);
  net_bench::announce(fd, kind);
  uv_run(loop, UV_RUN_DEFAULT);
  if (!options.path.empty()) unlink(options.path.c_str());
}

}  // namespace

int main(int argc, char** argv) {
  reuse = argc > 1 && std::strcmp(argv[1], "--reuse") == 0;
  if (reuse) {
    --argc;
    ++argv;
  }
  return net_bench::server_main(argc, argv, serve);
}
