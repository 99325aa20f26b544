// SPDX-License-Identifier: BSL-1.0
// Addresses that accept, refuse and keep silent, and a coroutine that tells how connecting ended.
#pragma once

#include "ouro/base/exception_group.hpp"
#include "ouro/io/listener.hpp"
#include "ouro/net/connect_tcp.hpp"
#include "ouro/task/deadline_scope.hpp"

#include "tests/io/io_fixture.hpp"
#include "tests/net/resolver_fixture.hpp"

#include <stdexcept>

namespace net_test {

/// An address that refuses: bound, so that it is nobody else's, but not listening.
class refusing {
 public:
  explicit refusing(const char* address = "127.0.0.1")
      : socket_(ouro::socket::tcp(ouro::ip_address(address).family())) {
    socket_.bind({address, 0});
  }
  ouro::endpoint at() const { return socket_.local_endpoint(); }

 private:
  ouro::socket socket_;
};

/// An address that does not answer: a listener whose backlog is full.
class silent {
 public:
  silent() {
    for (int i = 0; i < 4; ++i) others_.push_back(io_test::start_connecting(at()));
  }
  ouro::endpoint at() const { return listener_.local_endpoint(); }

 private:
  ouro::listener listener_ = ouro::listener::local(0, {.backlog = 0});
  std::vector<ouro::unique_fd> others_;
};

/// An address that connects.
class accepting {
 public:
  explicit accepting(const char* address = "127.0.0.1") : listener_({address, 0}) {}
  ouro::endpoint at() const { return listener_.local_endpoint(); }
  ouro::listener& listener() { return listener_; }

 private:
  ouro::listener listener_;
};

/// "connected 127.0.0.1:80", or what the exception says.
inline ouro::task<std::string> outcome_of(ouro::task<ouro::socket> connecting) {
  try {
    const ouro::socket made = co_await std::move(connecting);
    co_return "connected " + made.remote_endpoint().to_string();
  } catch (const ouro::cancelled_error&) {
    co_return "cancelled";
  } catch (const ouro::timeout_error&) {
    co_return "timeout";
  } catch (const std::exception& error) {
    co_return error.what();
  }
}

inline std::string refused(const ouro::endpoint& by) {
  return "connect " + by.to_string() + ": Connection refused";
}

inline std::string connected(const ouro::endpoint& to) { return "connected " + to.to_string(); }

}  // namespace net_test
