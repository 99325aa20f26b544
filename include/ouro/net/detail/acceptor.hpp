// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/socket.hpp"
#include "ouro/loop/ready_queue.hpp"
#include "ouro/loop/timer_heap.hpp"
#include "ouro/ring/operation.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ouro::inline v0::detail {

class server_core;

/// Accepts connections from one listening socket of a server: a request in the kernel while the
/// server has room, and no task. What was accepted is handed to the server from the ready queue.
class acceptor final : public ready_node, private operation {
 public:
  acceptor(server_core& server, socket& listening) noexcept
      : server_(server), listening_(listening) {}
  ~acceptor() { OURO_ASSERT(idle()); }

  /// Brings what the kernel is asked for in line with what the server wants: a connection, or no
  /// more. Closes the listening socket once the server is closed and the kernel has let go of it.
  void update() noexcept;
  /// Whether nothing of this is in the kernel, in the loop or running.
  bool idle() const noexcept {
    return !in_flight() && !queued() && !pause_.scheduled() && !pause_.queued() && !running_;
  }

 private:
  /// Lasts while the system has no room for another connection.
  class pause final : public timer_node {
   public:
    explicit pause(acceptor& owner) noexcept : owner_(owner) {}

   private:
    void run() noexcept override { owner_.update(); }
    std::string describe() const override { return "pause of a server that is out of resources"; }

    acceptor& owner_;
  };

  void prepare(io_uring_sqe& sqe) noexcept override;
  void on_complete(int result, unsigned flags) noexcept override;
  void run() noexcept override;
  void drop() noexcept override { arrived_.clear(); }
  std::string describe() const override { return "accepting of connections"; }

  bool takes_many() const noexcept;
  bool paused() const noexcept { return pause_.scheduled() || pause_.queued(); }
  void note_arrival(int fd) noexcept;
  void note_failure(int error) noexcept;
  void report(std::string_view message, int error) noexcept;
  void close() noexcept;

  server_core& server_;
  socket& listening_;
  std::vector<socket> arrived_;  // accepted, and not handed over yet
  pause pause_{*this};
  bool cancel_requested_ = false;  // of the request in the kernel
  bool broken_ = false;            // it cannot accept any more, or the loop is closing
  bool running_ = false;
};

}  // namespace ouro::inline v0::detail
