// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/frame_pool.hpp"
#include "ouro/base/intrusive_list.hpp"
#include "ouro/base/intrusive_ptr.hpp"
#include "ouro/base/owned.hpp"
#include "ouro/io/endpoint.hpp"
#include "ouro/io/socket.hpp"
#include "ouro/loop/context.hpp"
#include "ouro/loop/event_loop.hpp"
#include "ouro/net/detail/listening_sockets.hpp"
#include "ouro/net/server_options.hpp"
#include "ouro/task/task.hpp"
#include "ouro/task/task_handle.hpp"
#include "ouro/task/wait_list.hpp"

#include <cstddef>
#include <cstdint>
#include <source_location>
#include <span>
#include <string_view>
#include <vector>

namespace ouro::inline v0::detail {

class acceptor;
class server_core;
class handler_entry;

/// One connection as its server counts it: from when it is accepted until its transport has left
/// and its handlers have ended.
class connection_record : public pooled {
 public:
  explicit connection_record(server_core& server) noexcept;
  connection_record(const connection_record&) = delete;
  connection_record& operator=(const connection_record&) = delete;

  void add_reference() noexcept { ++references_; }
  void drop_reference() noexcept {
    if (--references_ == 0) delete this;
  }
  server_core& server() const noexcept { return *server_; }

  unsigned handlers = 0;  // that have not ended

 private:
  ~connection_record();

  intrusive_ptr<server_core> server_;
  std::uint32_t references_ = 0;
};

/// What a server can do with a connection of its: the base of who owns the socket. One made inside
/// on_connection() is part of the connection that was accepted, another one counts by itself.
class server_client : private list_hook {
 public:
  /// Null is no server: then nothing is counted.
  explicit server_client(server_core* server);
  server_client(const server_client&) = delete;
  server_client& operator=(const server_client&) = delete;

  /// Ends the connection when everything that was written is sent.
  virtual void close() noexcept = 0;
  /// Ends the connection at once.
  virtual void abort() noexcept = 0;

  /// Starts a task of this connection's server: see server_core::spawn().
  task_handle<> spawn(task<> handler, std::string_view name = {},
                      std::source_location place = std::source_location::current());

  /// The connection is over. The destructor does it too.
  void leave_server() noexcept;
  /// Null after leave_server().
  server_core* server() const noexcept { return record_ ? &record_->server() : nullptr; }

 protected:
  ~server_client() { leave_server(); }

 private:
  friend class server_core;
  friend class intrusive_list<server_client>;

  intrusive_ptr<connection_record> record_;  // null if it is in no server
};

/// Makes a transport, or whatever serves a connection, of each connection that is accepted.
class connection_acceptor {
 public:
  connection_acceptor() noexcept = default;
  connection_acceptor(const connection_acceptor&) = delete;
  connection_acceptor& operator=(const connection_acceptor&) = delete;
  virtual ~connection_acceptor() = default;

  /// Called from the loop. What it throws is reported, and closes this connection alone. `peer` has
  /// no address if the peer has none.
  virtual void on_connection(server_core& server, socket accepted, const endpoint& peer) = 0;
};

/// The state of a server, shared by its handle and its connections.
class server_core : public list_hook {
 public:
  server_core(event_loop& loop, std::vector<socket> sockets, const server_options& options,
              owned<connection_acceptor> connections);
  server_core(const server_core&) = delete;
  server_core& operator=(const server_core&) = delete;

  void add_reference() noexcept { ++references_; }
  void drop_reference() noexcept {
    if (--references_ == 0) delete this;
  }

  event_loop& loop() const noexcept { return loop_; }
  const server_options& options() const noexcept { return options_; }

  // Accepting

  /// Does nothing if it is serving. Errors: usage_error if it is closed; std::system_error, with the
  /// errno of listen(2).
  void start();
  void close() noexcept;
  bool serving() const noexcept { return serving_; }
  bool closed() const noexcept { return closed_; }
  /// The listening sockets; none once it is closed.
  std::span<const socket> sockets() const noexcept;

  /// Waited for by serve_forever().
  wait_list& closing() noexcept { return closing_; }
  bool served_forever = false;

  // Connections

  /// Runs `handler` as a task that counts as a part of the connection: of that which is being
  /// accepted, else of a new one. What it throws is reported, and harms nobody else.
  task_handle<> spawn(task<> handler, std::string_view name = {},
                      std::source_location place = std::source_location::current());

  std::size_t connections() const noexcept { return connections_; }
  /// Whether there is a connection beside that of the running task, or the server
  /// itself is not over yet: not closed, or in the kernel.
  bool has_others() noexcept { return !finished_ || count_others() != 0; }
  std::size_t count_others() noexcept;
  /// Waited for by who waits for connections to end.
  wait_list& ending() noexcept { return ending_; }

  void close_clients() noexcept;
  void abort_clients() noexcept;
  /// Cancels the handlers beside the running task, and closes the connections without any.
  void cancel_handlers() noexcept;
  /// abort_clients(), but for the connection of the running task.
  void abort_others() noexcept;

  // For acceptor, connection_record and the loop

  bool accepts() const noexcept { return serving_ && has_room(); }
  bool has_room() const noexcept {
    return !options_.max_connections || connections_ < *options_.max_connections;
  }
  /// Starts what serves a connection.
  void deliver(socket accepted) noexcept;
  /// Called after what may have been the last thing of a closed server.
  void check_finished() noexcept;
  void loop_closed() noexcept;

 private:
  friend class connection_record;
  friend class server_client;

  ~server_core();

  intrusive_ptr<connection_record> record_for_new();
  task_handle<> spawn(task<> handler, std::string_view name, std::source_location place,
                      intrusive_ptr<connection_record> record);
  void handler_ended(handler_entry& ended) noexcept;
  void connection_ended() noexcept;
  void update_acceptors() noexcept;
  connection_record* record_of_running_task() noexcept;
  template <class Function>
  void for_each_client(Function function) noexcept;

  event_loop& loop_;
  const server_options options_;
  owned<connection_acceptor> on_connection_;  // null once the last connection is over
  std::vector<socket> sockets_;
  std::vector<owned<acceptor>> acceptors_;  // one for each of them
  std::vector<socket_file> files_;          // of UNIX sockets, to be removed
  context_slot context_;                    // of who has started it
  intrusive_list<server_client> clients_;
  intrusive_list<handler_entry> handlers_;
  wait_list closing_;
  wait_list ending_;
  connection_record* accepting_ = nullptr;  // the connection that on_connection() is called for
  std::size_t connections_ = 0;
  std::uint32_t references_ = 0;
  bool serving_ = false;
  bool closed_ = false;
  bool finished_ = false;  // closed, and its listening sockets too
};

}  // namespace ouro::inline v0::detail
