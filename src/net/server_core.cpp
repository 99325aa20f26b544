// SPDX-License-Identifier: BSL-1.0
#include "ouro/net/detail/server_core.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/net/detail/acceptor.hpp"
#include "ouro/task/create_task.hpp"

#include <algorithm>
#include <exception>
#include <string>
#include <system_error>
#include <utility>

namespace ouro::inline v0::detail {
namespace {

/// The servers of a loop. Shares each until it has finished, or the loop closes.
class server_registry final : public loop_extension {
 public:
  explicit server_registry(event_loop&) noexcept {}
  ~server_registry() override {
    while (!servers_.empty()) servers_.front().loop_closed();
  }

  void add(server_core& server) noexcept {
    servers_.push_back(server);
    server.add_reference();
  }

 private:
  intrusive_list<server_core> servers_;
};

endpoint peer_of(const socket& connection) {
  try {
    return connection.remote_endpoint();
  } catch (const std::system_error&) {
    return {};  // it has gone already
  }
}

}  // namespace

/// A task of a server, until the server knows that it has ended.
class handler_entry final : public list_hook, public pooled {
 public:
  explicit handler_entry(intrusive_ptr<connection_record> of) noexcept : record(std::move(of)) {
    ++record->handlers;
  }
  ~handler_entry() { --record->handlers; }

  bool is_running() const noexcept { return task.state().get() == task_base::current_or_null(); }

  intrusive_ptr<connection_record> record;
  task_handle<> task;
};

// Connections
// ---------------------------------------------------------------------------------------------

connection_record::connection_record(server_core& server) noexcept : server_(&server) {
  ++server.connections_;
}

connection_record::~connection_record() { server_->connection_ended(); }

server_client::server_client(server_core* server) {
  if (server == nullptr) return;
  record_ = server->record_for_new();
  server->clients_.push_back(*this);
}

void server_client::leave_server() noexcept {
  if (!record_) return;
  unlink();
  const intrusive_ptr<connection_record> left = std::move(record_);
}

task_handle<> server_client::spawn(task<> handler, std::string_view name,
                                   std::source_location place) {
  if (record_) return record_->server().spawn(std::move(handler), name, place, record_);
  return start_task(get_running_loop(), std::move(handler), {.name = name}, place);
}

intrusive_ptr<connection_record> server_core::record_for_new() {
  if (accepting_ != nullptr) return intrusive_ptr<connection_record>(accepting_);
  return intrusive_ptr<connection_record>(new connection_record(*this));
}

task_handle<> server_core::spawn(task<> handler, std::string_view name,
                                 std::source_location place) {
  return spawn(std::move(handler), name, place, record_for_new());
}

task_handle<> server_core::spawn(task<> handler, std::string_view name, std::source_location place,
                                 intrusive_ptr<connection_record> record) {
  loop_.check_scheduling();
  auto entry = make_owned<handler_entry>(std::move(record));
  task_handle<> handle = start_task(loop_, std::move(handler), {.name = name}, place);
  entry->task = handle;
  handle.add_done_callback([this, ended = entry.get()] { handler_ended(*ended); });
  handlers_.push_back(*entry.release());
  return handle;
}

void server_core::handler_ended(handler_entry& ended) noexcept {
  const intrusive_ptr<server_core> alive(this);
  const task_handle<> handler = std::move(ended.task);
  ended.unlink();
  delete &ended;
  check_finished();
  if (!handler.state()->failed()) return;
  exception_context report;
  report.message = "Unhandled exception in the handler of a connection";
  report.exception = handler.state()->failure();
  report.task = &handler;
  const std::string name = handler.get_name();
  report.name = name;
  report.place = handler.created_at();
  loop_.call_exception_handler(report);
}

void server_core::connection_ended() noexcept {
  --connections_;
  if (!closed_ && options_.max_connections) update_acceptors();
  // The one that is left may be that of the task which waits for the others.
  if (connections_ <= 1) ending_.wake_all();
  if (closed_) check_finished();
}

connection_record* server_core::record_of_running_task() noexcept {
  for (const handler_entry& each : handlers_) {
    if (each.is_running()) return each.record.get();
  }
  return nullptr;
}

std::size_t server_core::count_others() noexcept {
  return connections_ - (record_of_running_task() != nullptr ? 1 : 0);
}

template <class Function>
void server_core::for_each_client(Function function) noexcept {
  intrusive_list<server_client> left;
  left.splice_back(clients_);
  while (!left.empty()) {
    server_client& next = left.pop_front();
    clients_.push_back(next);
    function(next);
  }
}

void server_core::close_clients() noexcept {
  for_each_client([](server_client& each) { each.close(); });
}

void server_core::abort_clients() noexcept {
  for_each_client([](server_client& each) { each.abort(); });
}

void server_core::cancel_handlers() noexcept {
  for (const handler_entry& each : handlers_) {
    if (!each.is_running()) each.task.cancel();
  }
  for_each_client([](server_client& each) {
    if (each.record_->handlers == 0) each.close();
  });
}

void server_core::abort_others() noexcept {
  for_each_client([own = record_of_running_task()](server_client& each) {
    if (each.record_.get() != own) each.abort();
  });
}

// Accepting
// -----------------------------------------------------------------------------------------------

server_core::server_core(event_loop& loop, std::vector<socket> sockets,
                         const server_options& options, owned<connection_acceptor> connections)
    : loop_(loop),
      options_(options),
      on_connection_(std::move(connections)),
      sockets_(std::move(sockets)) {
  if (sockets_.empty()) throw_usage_error("a server needs a socket to listen on");
  if (options_.max_connections == 0) {
    throw_usage_error("a server with max_connections = 0 would serve nobody");
  }
  loop_.check_scheduling();
  server_registry& registry = loop_.extension<server_registry>();
  for (socket& each : sockets_) {
    if (options_.cleanup_socket) files_.push_back(socket_file::of(each));
    acceptors_.push_back(make_owned<acceptor>(*this, each));
  }
  std::erase_if(files_, [](const socket_file& file) { return file.path.empty(); });
  registry.add(*this);
}

server_core::~server_core() { OURO_ASSERT(closed_ && clients_.empty() && handlers_.empty()); }

void server_core::start() {
  if (closed_) throw_usage_error("this server is closed: make a new one");
  loop_.check_scheduling();
  if (serving_) return;
  for (socket& each : sockets_) begin_listening(each, options_);
  context_ = context_slot::for_new(nullptr);
  serving_ = true;
  update_acceptors();
}

std::span<const socket> server_core::sockets() const noexcept {
  return closed_ ? std::span<const socket>() : std::span<const socket>(sockets_);
}

void server_core::deliver(socket accepted) noexcept {
  context_slot* const outer = context_slot::exchange_current(&context_);
  try {
    const intrusive_ptr<connection_record> record(new connection_record(*this));
    accepting_ = record.get();
    const endpoint peer = peer_of(accepted);
    on_connection_->on_connection(*this, std::move(accepted), peer);
    accepting_ = nullptr;
  } catch (...) {
    accepting_ = nullptr;
    exception_context report;
    report.message = "Error on accepting a connection, which is closed";
    report.exception = std::current_exception();
    loop_.call_exception_handler(report);
  }
  context_slot::exchange_current(outer);
  if (!has_room()) update_acceptors();  // the other ones ask for no more
}

void server_core::close() noexcept {
  if (closed_) return;
  const intrusive_ptr<server_core> alive(this);
  closed_ = true;
  serving_ = false;
  for (const socket_file& each : files_) each.remove();
  closing_.wake_all();
  update_acceptors();
}

void server_core::update_acceptors() noexcept {
  for (const auto& each : acceptors_) each->update();
}

void server_core::check_finished() noexcept {
  const intrusive_ptr<server_core> alive(this);
  const bool idle = std::all_of(acceptors_.begin(), acceptors_.end(),
                                [](const auto& each) { return each->idle(); });
  if (closed_ && idle && !finished_) {
    finished_ = true;
    ending_.wake_all();
  }
  if (!finished_ || !handlers_.empty()) return;
  if (linked()) {
    unlink();
    drop_reference();  // the loop's
  }
  if (connections_ != 0) return;
  // Handlers may have been lambdas in it, and it may own this server's handle.
  const owned<connection_acceptor> unused = std::move(on_connection_);
}

// Requests, tasks and callbacks have gone by now, and tell nobody any more.
void server_core::loop_closed() noexcept {
  const intrusive_ptr<server_core> alive(this);
  close();
  update_acceptors();
  while (!handlers_.empty()) {
    const owned<handler_entry> gone(&handlers_.pop_front());
  }
  check_finished();
  OURO_ASSERT(!linked());
}

}  // namespace ouro::inline v0::detail
