// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/light_std.hpp"
#include "ouro/base/unique_function.hpp"
#include "ouro/io/socket.hpp"
#include "ouro/loop/event_loop.hpp"
#include "ouro/net/server.hpp"
#include "ouro/net/server_options.hpp"
#include "ouro/stream/base_protocol.hpp"
#include "ouro/stream/protocol_factory.hpp"
#include "ouro/task/closure_guard.hpp"
#include "ouro/task/task.hpp"

#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

namespace ouro::inline v0 {

namespace detail {

/// A protocol factory of any type.
using any_protocol_factory = unique_function<std::shared_ptr<base_protocol>()>;

template <class Factory>
any_protocol_factory erase_factory(Factory&& given) {
  refuse_if_destroyed_twice<Factory>();
  return [factory = std::decay_t<Factory>(std::forward<Factory>(given))]() mutable
             -> std::shared_ptr<base_protocol> { return make_protocol(factory); };
}

task<server> create_server(event_loop& loop, any_protocol_factory factory,
                           std::span<const std::string_view> hosts, int port,
                           const server_options& options);
task<server> create_server(event_loop& loop, any_protocol_factory factory, socket bound,
                           const server_options& options);
task<server> create_unix_server(event_loop& loop, any_protocol_factory factory,
                                std::string_view path, const server_options& options);

}  // namespace detail

/// Starts a server that calls `factory`, any callable that gives a pointer to a new protocol, for
/// each connection, and has the protocol's callbacks called. Where it listens, and what goes wrong,
/// is as with start_server(), also about a `factory` that is a lambda.
/// asyncio: loop.create_server().
template <class Factory>
[[nodiscard]] task<server> create_server(event_loop& loop, Factory&& factory, std::string_view host,
                                         int port, const server_options& options = {}) {
  return detail::create_server(loop, detail::erase_factory(std::forward<Factory>(factory)),
                               std::span(&host, 1), port, options);
}
template <class Factory>
[[nodiscard]] task<server> create_server(event_loop& loop, Factory&& factory,
                                         std::span<const std::string_view> hosts, int port,
                                         const server_options& options = {}) {
  return detail::create_server(loop, detail::erase_factory(std::forward<Factory>(factory)), hosts,
                               port, options);
}
template <class Factory>
[[nodiscard]] task<server> create_server(event_loop& loop, Factory&& factory, socket bound,
                                         const server_options& options = {}) {
  return detail::create_server(loop, detail::erase_factory(std::forward<Factory>(factory)),
                               std::move(bound), options);
}

/// asyncio: loop.create_unix_server().
template <class Factory>
[[nodiscard]] task<server> create_unix_server(event_loop& loop, Factory&& factory,
                                              std::string_view path,
                                              const server_options& options = {}) {
  return detail::create_unix_server(loop, detail::erase_factory(std::forward<Factory>(factory)),
                                    path, options);
}

// The members of event_loop

template <class Factory>
auto network_methods::create_server(Factory&& factory, std::string_view host, int port) {
  return ouro::create_server(self(), std::forward<Factory>(factory), host, port);
}
template <class Factory>
auto network_methods::create_server(Factory&& factory, std::string_view host, int port,
                                    const server_options& options) {
  return ouro::create_server(self(), std::forward<Factory>(factory), host, port, options);
}
template <class Factory>
auto network_methods::create_server(Factory&& factory, std::span<const std::string_view> hosts,
                                    int port, const server_options& options) {
  return ouro::create_server(self(), std::forward<Factory>(factory), hosts, port, options);
}
template <class Factory>
auto network_methods::create_server(Factory&& factory, socket bound,
                                    const server_options& options) {
  return ouro::create_server(self(), std::forward<Factory>(factory), std::move(bound), options);
}
template <class Factory>
auto network_methods::create_unix_server(Factory&& factory, std::string_view path) {
  return ouro::create_unix_server(self(), std::forward<Factory>(factory), path);
}
template <class Factory>
auto network_methods::create_unix_server(Factory&& factory, std::string_view path,
                                         const server_options& options) {
  return ouro::create_unix_server(self(), std::forward<Factory>(factory), path, options);
}

}  // namespace ouro::inline v0
