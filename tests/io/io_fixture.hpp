// SPDX-License-Identifier: BSL-1.0
// Sockets to test with, and a coroutine that tells how an await has ended.
#pragma once

#include "ouro/base/errors.hpp"
#include "ouro/base/system.hpp"
#include "ouro/base/unique_fd.hpp"
#include "ouro/io/buffer.hpp"
#include "ouro/io/endpoint.hpp"
#include "ouro/task/awaitable.hpp"
#include "ouro/task/deadline_scope.hpp"
#include "ouro/task/task_handle.hpp"

#include "tests/support/loop_test.hpp"

#include <array>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <system_error>
#include <type_traits>
#include <unistd.h>
#include <utility>

namespace io_test {

using namespace std::chrono_literals;

/// Two ends of something, closed at the end.
struct fd_pair {
  ouro::unique_fd near;
  ouro::unique_fd far;
};

inline fd_pair stream_pair() {
  auto ends = ouro::make_socket_pair(AF_UNIX, SOCK_STREAM);
  return {std::move(ends[0]), std::move(ends[1])};
}

/// `near` is the end to read from, `far` the one to write to.
inline fd_pair pipe_pair() {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  return {ouro::unique_fd(ends[0]), ouro::unique_fd(ends[1])};
}

/// Sends without the loop; waits for a connection that is still being made.
inline void send_text(int fd, const std::string& text) {
  ::pollfd asked{.fd = fd, .events = POLLOUT, .revents = 0};
  REQUIRE(::poll(&asked, 1, 10'000) == 1);
  REQUIRE(::send(fd, text.data(), text.size(), MSG_NOSIGNAL) ==
          static_cast<::ssize_t>(text.size()));
}

/// What can be received without waiting, without the loop.
inline std::string left_in(int fd) {
  std::string result;
  char buffer[4096];
  for (::ssize_t count = 1; count > 0;) {
    count = ::recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
    if (count > 0) result.append(buffer, static_cast<std::size_t>(count));
  }
  return result;
}

/// Sends until the socket takes no more; returns how much that was.
inline std::size_t fill(int fd) {
  const std::string block(4096, 'x');
  std::size_t sent = 0;
  for (::ssize_t count = 0; count >= 0;) {
    sent += static_cast<std::size_t>(count);
    count = ::send(fd, block.data(), block.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  }
  return sent;
}

/// Connects to `to` without the loop and without waiting for it.
inline ouro::unique_fd start_connecting(const ouro::endpoint& to) {
  ouro::unique_fd fd =
      ouro::make_socket(static_cast<int>(to.family()), SOCK_STREAM | SOCK_NONBLOCK);
  static_cast<void>(!::connect(fd.get(), &to.native(), static_cast<socklen_t>(to.native_size())));
  return fd;
}

template <class Value>
std::string describe(const Value& value) {
  if constexpr (std::is_arithmetic_v<Value>) {
    return std::to_string(value);
  } else if constexpr (std::is_convertible_v<const Value&, std::string>) {
    return value;
  } else {
    return "object";
  }
}

/// Awaits, and then looks whether an interruption is left: "3", "cancelled", "timeout", "recv: 104"
/// or "usage", and "3, then cancelled" and the like.
template <class Operation>
ouro::task<std::string> outcome_of(Operation operation) {
  std::string text;
  const auto add = [&text](const std::string& what) {
    text += text.empty() ? what : ", then " + what;
  };
  try {
    if constexpr (std::is_void_v<ouro::await_result_t<Operation>>) {
      co_await std::move(operation);
      add("done");
    } else {
      const auto value = co_await std::move(operation);
      add(describe(value));
    }
  } catch (const ouro::cancelled_error&) {
    add("cancelled");
  } catch (const ouro::timeout_error&) {
    add("timeout");
  } catch (const std::system_error& error) {
    const std::string what = error.what();
    add(what.substr(0, what.find(':')) + ": " + std::to_string(error.code().value()));
  } catch (const ouro::usage_error&) {
    add("usage");
  }
  try {
    co_await ouro::sleep(0s);
    co_await ouro::sleep(1ns);
  } catch (const ouro::cancelled_error&) {
    add("cancelled");
  } catch (const ouro::timeout_error&) {
    if (text != "timeout") add("timeout");
  }
  co_return text;
}

/// As outcome_of(), in a task that has been cancelled by the time the await begins.
template <class Operation>
ouro::task<std::string> outcome_if_cancelled_before(Operation operation) {
  ouro::current_task().cancel();
  auto inner = outcome_of(std::move(operation));
  co_return co_await std::move(inner);
}

/// As outcome_of(), inside a deadline scope.
template <class Operation>
ouro::task<std::string> outcome_within(ouro::duration limit, Operation operation) {
  const ouro::fail_after guard(limit);
  auto inner = outcome_of(std::move(operation));
  co_return co_await std::move(inner);
}

/// Requests in flight in the running loop.
inline std::size_t pending_requests() { return ouro::get_running_loop().pending_requests(); }

}  // namespace io_test
