// SPDX-License-Identifier: BSL-1.0
#include "ouro/net/detail/acceptor.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/base/light_std.hpp"
#include "ouro/base/unique_fd.hpp"
#include "ouro/io/accept.hpp"
#include "ouro/loop/event_loop.hpp"
#include "ouro/net/detail/server_core.hpp"
#include "ouro/ring/liburing.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <exception>
#include <new>
#include <sys/socket.h>
#include <system_error>
#include <utility>

namespace ouro::inline v0::detail {
namespace {

/// How long the server waits for descriptors or memory to come back.
constexpr duration resource_pause = std::chrono::seconds(1);

bool out_of_resources(int error) noexcept {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

}  // namespace

/// One request for many connections takes more of them than a limit may allow.
bool acceptor::takes_many() const noexcept {
  return server_.loop().io().features().accept_multishot && !server_.options().max_connections;
}

void acceptor::prepare(io_uring_sqe& sqe) noexcept {
  if (takes_many()) {
    ::io_uring_prep_multishot_accept(&sqe, listening_.fd(), nullptr, nullptr, SOCK_CLOEXEC);
  } else {
    ::io_uring_prep_accept(&sqe, listening_.fd(), nullptr, nullptr, SOCK_CLOEXEC);
  }
}

void acceptor::update() noexcept {
  if (server_.closed()) return close();
  const bool ready = server_.accepts();
  const bool wanted = ready && !broken_ && !paused() && (arrived_.empty() || takes_many());
  if (wanted && !in_flight()) {
    server_.loop().io().submit(*this);
  } else if (!wanted && in_flight()) {
    cancel_requested_ = true;
    server_.loop().io().cancel(*this);
  }
  if (ready && !arrived_.empty() && !queued() && !running_) server_.loop().make_ready(*this);
}

void acceptor::close() noexcept {
  arrived_.clear();
  if (pause_.scheduled()) server_.loop().cancel_timer(pause_);
  if (pause_.queued()) server_.loop().forget_ready(pause_);
  if (queued()) server_.loop().forget_ready(*this);
  if (in_flight()) {
    cancel_requested_ = true;
    server_.loop().io().cancel(*this);
  }
  if (!idle()) return;
  listening_ = socket();
  server_.check_finished();
}

// A kernel whose completion queue is full ends the request with a connection: so that is taken
// first, whatever the flags say.
void acceptor::on_complete(int result, unsigned) noexcept {
  const intrusive_ptr<server_core> alive(&server_);
  const bool asked = cancel_requested_;
  if (!in_flight()) cancel_requested_ = false;
  if (result >= 0) {
    note_arrival(result);
  } else if (result == -ECANCELED) {
    if (!asked) broken_ = true;  // the loop is closing
  } else if (!asked) {
    note_failure(-result);
  }
  update();
}

void acceptor::note_arrival(int fd) noexcept {
  socket accepted{unique_fd(fd)};
  if (server_.closed()) return;
  try {
    arrived_.push_back(std::move(accepted));
  } catch (const std::bad_alloc&) {
    report("a connection was closed", ENOMEM);
  }
}

void acceptor::note_failure(int error) noexcept {
  if (concerns_only_the_peer(error) || error == EINTR) return;
  if (!out_of_resources(error)) {
    broken_ = true;
    report("socket.accept() failed: the server takes no more connections here", error);
    return;
  }
  event_loop& loop = server_.loop();
  try {
    loop.schedule_timer(pause_, saturating_add(loop.time(), resource_pause));
  } catch (const std::bad_alloc&) {
    broken_ = true;
  }
  report("socket.accept() out of system resource", error);
}

void acceptor::report(std::string_view message, int error) noexcept {
  exception_context context;
  context.message = message;
  context.exception =
      std::make_exception_ptr(std::system_error(error, std::system_category(), "accept"));
  context.socket = &listening_;
  server_.loop().call_exception_handler(context);
}

void acceptor::run() noexcept {
  const intrusive_ptr<server_core> alive(&server_);
  running_ = true;
  std::size_t handed_over = 0;
  const auto limit = static_cast<std::size_t>(std::max(1, server_.options().backlog));
  while (handed_over < std::min(limit, arrived_.size()) && server_.accepts()) {
    server_.deliver(std::move(arrived_[handed_over++]));
  }
  // Closing the server meanwhile has emptied it.
  if (!arrived_.empty()) {
    arrived_.erase(arrived_.begin(), arrived_.begin() + static_cast<std::ptrdiff_t>(handed_over));
  }
  running_ = false;
  update();
}

}  // namespace ouro::inline v0::detail
