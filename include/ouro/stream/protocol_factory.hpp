// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/errors.hpp"
#include "ouro/base/light_std.hpp"
#include "ouro/task/closure_guard.hpp"

#include <type_traits>
#include <utility>

namespace ouro::inline v0::detail {

template <class Pointer>
struct pointee_of {};
template <class Protocol>
struct pointee_of<Protocol*> {
  using type = Protocol;
};
template <class Protocol, class Deleter>
struct pointee_of<std::unique_ptr<Protocol, Deleter>> {
  using type = Protocol;
};
template <class Protocol>
struct pointee_of<std::shared_ptr<Protocol>> {
  using type = Protocol;
};

/// The protocol that a factory makes: a callable that gives a pointer to a new one, be it a raw
/// pointer, std::unique_ptr or std::shared_ptr.
template <class Factory>
using protocol_of = typename pointee_of<std::remove_cvref_t<std::invoke_result_t<Factory&>>>::type;

/// Whether a protocol factory gives pointers to something derived from `Base`.
template <class Factory, class Base>
concept protocol_factory = std::is_base_of_v<Base, protocol_of<Factory>>;

/// A protocol factory to keep: `given`, copied if it has a name. Functions that start coroutines
/// take factories by reference and pass this on, so that the guard sees what is a temporary.
template <class Factory>
[[nodiscard]] std::decay_t<Factory> take_factory(Factory&& given) {
  refuse_if_destroyed_twice<Factory>();
  return std::decay_t<Factory>(std::forward<Factory>(given));
}

/// Calls a protocol factory, and takes over what it gives.
/// Errors: usage_error for a null pointer; what the factory throws.
template <class Factory>
std::shared_ptr<protocol_of<Factory>> make_protocol(Factory& factory) {
  std::shared_ptr<protocol_of<Factory>> protocol(factory());
  if (protocol == nullptr) throw_usage_error("a protocol factory gave a null pointer");
  return protocol;
}

}  // namespace ouro::inline v0::detail
