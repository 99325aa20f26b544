// SPDX-License-Identifier: BSL-1.0
// What tests see and bend of the resolver.
#pragma once

#include "ouro/base/time.hpp"
#include "ouro/base/unique_function.hpp"
#include "ouro/net/address_info.hpp"
#include "ouro/net/getaddrinfo.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace ouro::inline v0::detail {

/// A question for getaddrinfo(3).
struct address_query {
  std::string host;     // empty: none
  std::string service;  // empty: none
  getaddrinfo_options options;
};

/// Answers in the place of getaddrinfo(3), on a thread of the resolver: adds addresses, or returns
/// an EAI_ code. For EAI_SYSTEM it sets errno.
using resolve_function = unique_function<int(const address_query&, std::vector<address_info>&)>;

/// Lets `function` answer what is looked up by a thread from now on; empty is getaddrinfo(3) again.
/// Threads: any.
void replace_getaddrinfo(resolve_function function);

struct resolver_state {
  std::size_t threads = 0;
  std::size_t idle = 0;
  std::size_t queued = 0;   // wait for a thread
  std::size_t running = 0;  // have one
};

/// Threads: any.
[[nodiscard]] resolver_state get_resolver_state();

/// How long a thread waits for work before it ends. Threads: any; those that wait are told.
void set_resolver_idle_time(duration time);

}  // namespace ouro::inline v0::detail
