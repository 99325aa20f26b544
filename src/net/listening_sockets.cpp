// SPDX-License-Identifier: BSL-1.0
#include "ouro/net/detail/listening_sockets.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/base/log.hpp"

#include <algorithm>
#include <cerrno>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <optional>
#include <sys/socket.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace ouro::inline v0::detail {
namespace {

static_assert(server_options{}.flags == AI_PASSIVE);

bool in_file_system(const endpoint& at) noexcept {
  return !at.path().empty() && at.path().front() != '\0';
}

std::system_error failure(int error, const std::string& what) {
  return {error, std::system_category(), what};
}

void log_failure(const char* what, const std::string& path, int error) noexcept {
  try {
    log(log_level::error,
        std::string(what) + " '" + path + "': " + std::system_category().message(error));
  } catch (...) {
    log(log_level::error, what);  // no memory for the details
  }
}

/// Whether a server can do without the address.
bool is_absent(int error) noexcept { return error == EADDRNOTAVAIL || error == EAFNOSUPPORT; }

void remove_stale_socket(const std::string& path) {
  struct ::stat status {};
  const bool found = ::stat(path.c_str(), &status) == 0;
  if (found && !S_ISSOCK(status.st_mode)) return;
  if (found && ::unlink(path.c_str()) == 0) return;
  if (errno != ENOENT) {
    log_failure("Unable to check or remove stale UNIX socket", path, errno);
  }
}

void set_options(socket& fresh, const endpoint& at, const server_options& options) {
  if (!at.is_ip()) return;
  if (options.reuse_address) fresh.set(socket_option::reuse_address, true);
  if (options.reuse_port) fresh.set(socket_option::reuse_port, true);
  if (options.keep_alive) fresh.set(socket_option::keep_alive, true);
  if (at.family() == address_family::ipv6) fresh.set(socket_option::ipv6_only, true);
}

socket bind_one(const endpoint& at, const server_options& options) {
  socket fresh = socket::stream(at.family());
  set_options(fresh, at, options);
  if (in_file_system(at)) remove_stale_socket(std::string(at.path()));
  try {
    fresh.bind(at);
  } catch (const std::system_error& error) {
    throw failure(error.code().value(), "bind " + at.to_string());
  }
  return fresh;
}

}  // namespace

std::vector<endpoint> wildcard_endpoints(int port, address_family family) {
  std::vector<endpoint> result;
  if (family != address_family::ipv6) result.emplace_back(ip_address::any_v4(), port);
  if (family != address_family::ipv4) result.emplace_back(ip_address::any_v6(), port);
  return result;
}

std::vector<socket> bind_endpoints(std::span<const endpoint> endpoints,
                                   const server_options& options) {
  if (endpoints.empty()) throw_usage_error("a server needs an address to listen on");
  std::vector<socket> bound;
  std::string absent;
  int error = EADDRNOTAVAIL;
  for (auto at = endpoints.begin(); at != endpoints.end(); ++at) {
    if (std::find(endpoints.begin(), at, *at) != at) continue;
    try {
      bound.push_back(bind_one(*at, options));
    } catch (const std::system_error& failed) {
      if (!is_absent(failed.code().value())) throw;
      error = failed.code().value();
      absent += (absent.empty() ? "" : ", ") + at->to_string();
    }
  }
  if (bound.empty()) throw failure(error, "bind " + absent);
  if (!absent.empty()) {
    log(log_level::info, "a server does not listen on " + absent + ": no such address here");
  }
  return bound;
}

void begin_listening(socket& bound, const server_options& options) {
  if (bound.get_option(SOL_SOCKET, SO_TYPE) != SOCK_STREAM) {
    throw_usage_error("a server needs a stream socket");
  }
  // Connections inherit it.
  if (bound.get_option(SOL_SOCKET, SO_PROTOCOL) == IPPROTO_TCP) {
    bound.set(socket_option::nodelay, true);
  }
  try {
    bound.listen(options.backlog);
  } catch (const std::system_error& error) {
    throw failure(error.code().value(), "listen " + bound.local_endpoint().to_string());
  }
}

socket_file socket_file::of(const socket& bound) {
  const endpoint at = bound.local_endpoint();
  if (!in_file_system(at)) return {};
  const std::string path(at.path());
  struct ::stat status {};
  if (::stat(path.c_str(), &status) != 0) return {};
  return {path, status.st_dev, status.st_ino};
}

void socket_file::remove() const noexcept {
  struct ::stat status {};
  const bool found = ::stat(path.c_str(), &status) == 0;
  if (found && (status.st_dev != device || status.st_ino != inode)) return;
  if (found && ::unlink(path.c_str()) == 0) return;
  if (errno != ENOENT) log_failure("Unable to clean up listening UNIX socket", path, errno);
}

}  // namespace ouro::inline v0::detail
