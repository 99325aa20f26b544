// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/unique_fd.hpp"

#include <array>

struct sockaddr;

namespace ouro::inline v0 {

// System calls that do not block, so that they are made directly and not through the ring. Every
// descriptor they make is closed on exec.
//
// Errors: std::system_error, with the errno of the call and its name as what().

/// Ignores SIGPIPE from the first call on, unless somebody has decided otherwise by then: a write(2)
/// to a pipe that nobody reads is to be an error.
void ignore_sigpipe_once() noexcept;

/// eventfd(2), not blocking, counting from zero.
[[nodiscard]] unique_fd make_eventfd();

/// pipe2(2): the end to read from, and the one to write to.
[[nodiscard]] std::array<unique_fd, 2> make_pipe();

/// socket(2).
[[nodiscard]] unique_fd make_socket(int domain, int type, int protocol = 0);

/// socketpair(2).
[[nodiscard]] std::array<unique_fd, 2> make_socket_pair(int domain, int type, int protocol = 0);

/// bind(2); `length` is that of `address`, in bytes.
void bind_socket(int fd, const ::sockaddr& address, unsigned length);

/// listen(2).
void listen_socket(int fd, int backlog);

/// shutdown(2); `how` is one of SHUT_RD, SHUT_WR, SHUT_RDWR.
void shutdown_socket(int fd, int how);

/// setsockopt(2), for an option that is an int.
void set_socket_option(int fd, int level, int name, int value);

/// getsockopt(2), for an option that is an int.
[[nodiscard]] int get_socket_option(int fd, int level, int name);

/// setsockopt(2), for an option that is `size` bytes at `value`.
void set_socket_option(int fd, int level, int name, const void* value, unsigned size);

/// getsockopt(2), for an option that is `size` bytes, written to `value`.
void get_socket_option(int fd, int level, int name, void* value, unsigned size);

/// getsockname(2). Returns the length of the address in bytes; more than `capacity` means that only
/// `capacity` bytes of it are in `address`.
unsigned get_socket_name(int fd, ::sockaddr& address, unsigned capacity);

/// getpeername(2); as get_socket_name().
unsigned get_peer_name(int fd, ::sockaddr& address, unsigned capacity);

}  // namespace ouro::inline v0
