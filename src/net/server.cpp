// SPDX-License-Identifier: BSL-1.0
#include "ouro/net/server.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/net/detail/server_core.hpp"
#include "ouro/task/sleep.hpp"

#include <exception>
#include <utility>

namespace ouro::inline v0 {
namespace {

using core_pointer = detail::intrusive_ptr<detail::server_core>;

/// What cancelled handlers, and then aborted connections, get to end in.
constexpr duration last_grace = std::chrono::seconds(1);

/// Wakes who waits for connections to end, at a time.
class end_of_wait {
 public:
  end_of_wait(detail::server_core& core, time_point when)
      : timer_(core.loop().call_at(when, [&core] { core.ending().wake_all(); })) {}
  end_of_wait(const end_of_wait&) = delete;
  end_of_wait& operator=(const end_of_wait&) = delete;
  ~end_of_wait() { timer_.cancel(); }

 private:
  timer_handle timer_;
};

task<> wait_closed_of(core_pointer core) {
  while (core->has_others()) co_await core->ending().wait();
}

task<> wait_closed_until(core_pointer core, time_point end) {
  if (!core->has_others() || core->loop().time() >= end) co_return;
  const end_of_wait guard(*core, end);
  while (core->has_others() && core->loop().time() < end) co_await core->ending().wait();
}

/// Waits `limit` at the most; gives the interruption that has ended the wait, if one has.
task<std::exception_ptr> wait_closed_for(core_pointer core, optional_duration limit) {
  try {
    if (limit) {
      co_await wait_closed_until(core, detail::saturating_add(core->loop().time(), *limit));
    } else {
      co_await wait_closed_of(core);
    }
  } catch (...) {
    co_return std::current_exception();
  }
  co_return nullptr;
}

task<std::size_t> shut_down(core_pointer core, optional_duration grace) {
  core->close();
  std::exception_ptr interrupted = co_await wait_closed_for(core, grace);
  const std::size_t forced = core->count_others();
  if (core->has_others()) {
    core->cancel_handlers();
    const std::exception_ptr again = co_await wait_closed_for(core, last_grace);
    if (again) interrupted = again;
  }
  if (core->has_others()) {
    core->abort_others();
    const std::exception_ptr again = co_await wait_closed_for(core, last_grace);
    if (again) interrupted = again;
  }
  if (interrupted) std::rethrow_exception(interrupted);
  co_return forced;
}

task<> serve(core_pointer core) {
  if (core->served_forever) {
    detail::throw_usage_error("another task is in serve_forever() of this server");
  }
  core->start();
  core->served_forever = true;
  std::exception_ptr interrupted;
  try {
    co_await core->closing().wait(core->closed());
  } catch (...) {
    interrupted = std::current_exception();
  }
  core->served_forever = false;
  if (interrupted) {
    co_await shut_down(core, core->options().shutdown_grace);
    std::rethrow_exception(interrupted);
  }
  co_await wait_closed_of(core);
  throw cancelled_error("the server was closed");
}

task<> start(core_pointer core) {
  core->start();
  co_await sleep(duration::zero());
}

task<> nothing() { co_return; }
task<std::size_t> nobody() { co_return 0; }

[[noreturn]] void refuse_empty() {
  detail::throw_usage_error("this object stands for no server: start_server() makes one");
}

}  // namespace

server::server() noexcept = default;
server::server(detail::intrusive_ptr<detail::server_core> core) noexcept : core_(std::move(core)) {}
server::server(server&& other) noexcept = default;

server& server::operator=(server&& other) noexcept {
  if (this != &other) {
    close();
    core_ = std::move(other.core_);
  }
  return *this;
}

server::~server() { close(); }

void server::close() noexcept {
  if (core_) core_->close();
}

task<> server::start_serving() {
  if (!core_) refuse_empty();
  return start(core_);
}

task<> server::serve_forever() {
  if (!core_) refuse_empty();
  return serve(core_);
}

bool server::is_serving() const noexcept { return core_ && core_->serving(); }

std::span<const socket> server::sockets() const noexcept {
  return core_ ? core_->sockets() : std::span<const socket>();
}

event_loop& server::get_loop() const {
  if (!core_) refuse_empty();
  return core_->loop();
}

task<> server::wait_closed() { return core_ ? wait_closed_of(core_) : nothing(); }

void server::close_clients() noexcept {
  if (core_) core_->close_clients();
}

void server::abort_clients() noexcept {
  if (core_) core_->abort_clients();
}

task<std::size_t> server::shutdown(optional_duration grace) {
  return core_ ? shut_down(core_, grace) : nobody();
}

server detail::make_server(event_loop& loop, std::vector<socket> bound,
                           const server_options& options, owned<connection_acceptor> connections) {
  server made(intrusive_ptr<server_core>(
      new server_core(loop, std::move(bound), options, std::move(connections))));
  if (options.start_serving) made.core_->start();
  return made;
}

}  // namespace ouro::inline v0
