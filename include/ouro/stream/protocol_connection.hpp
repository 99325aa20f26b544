// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/light_std.hpp"
#include "ouro/stream/protocol_factory.hpp"
#include "ouro/stream/transport.hpp"
#include "ouro/task/sleep.hpp"
#include "ouro/task/task.hpp"

#include <type_traits>
#include <utility>

namespace ouro::inline v0 {

/// A transport and the protocol that it calls:
/// `auto [transport, protocol] = co_await loop.create_connection(factory, host, port);`
template <class Protocol>
struct protocol_connection {
  transport_ptr transport;
  std::shared_ptr<Protocol> protocol;
};

namespace detail {

template <class Factory>
using connecting_task = task<protocol_connection<protocol_of<std::decay_t<Factory>>>>;

/// Gives `beneath`, which has no face yet, the protocol that `factory` makes. Has returned when
/// connection_made() has. Cancelled before that, it closes the transport.
template <class Factory>
connecting_task<Factory> start_protocol(transport_ptr beneath, Factory factory) {
  auto protocol = make_protocol(factory);
  beneath->start_protocol(protocol);
  try {
    co_await sleep(duration::zero());
  } catch (...) {
    beneath->close();  // which the loop and the protocol would keep
    throw;
  }
  co_return protocol_connection<protocol_of<Factory>>{std::move(beneath), std::move(protocol)};
}

/// As above, over the transport that `make` gives for `descriptor`: a socket or one end of a pipe.
template <class Factory, class Descriptor>
connecting_task<Factory> start_protocol_over(event_loop& loop, Factory factory,
                                             Descriptor descriptor,
                                             transport_ptr (*make)(event_loop&, Descriptor)) {
  auto starting = start_protocol(make(loop, std::move(descriptor)), std::move(factory));
  co_return co_await std::move(starting);
}

}  // namespace detail
}  // namespace ouro::inline v0
