// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/ip_address.hpp"

#include <string_view>

namespace ouro::inline v0 {

class socket;

// For a socket of UDP, also that of a datagram endpoint: `join_multicast(*transport->socket(), …)`.
//
// `interface` is the name of a network interface, as "eth0"; empty is the one that the kernel
// chooses by its routes. `group` is an address of multicast, 224.0.0.0/4 or ff00::/8, of the
// socket's family.
//
// Errors: std::invalid_argument if `group` is none; std::system_error, with the errno of
// setsockopt(2), and ENODEV for an interface that does not exist.

/// Receives what is sent to `group` by `interface` and to the port that the socket is bound to.
void join_multicast(socket& to, const ip_address& group, std::string_view interface = {});

/// Undoes join_multicast() with the same arguments. Closing the socket does too.
void leave_multicast(socket& from, const ip_address& group, std::string_view interface = {});

/// Sends datagrams of multicast by `interface`.
void set_multicast_interface(socket& from, std::string_view interface);

/// How many routers a datagram of multicast passes at most: 0 to 255; the kernel begins with 1,
/// which is the local network, and 0 is this machine.
void set_multicast_hops(socket& from, int hops);

/// Whether sockets of this machine that have joined get what this one sends; the kernel begins with
/// true.
void set_multicast_loopback(socket& from, bool enabled);

}  // namespace ouro::inline v0
