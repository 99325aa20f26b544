// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/endpoint.hpp"
#include "ouro/loop/event_loop.hpp"

#include <cstdint>
#include <optional>

namespace ouro::inline v0 {

/// What all transports have in common: a way to the peer that the loop works on by itself, for a
/// protocol's callbacks or for a stream_reader and stream_writer.
///
/// A transport counts its owners: the loop while it is not closed, the protocol's side, readers
/// and writers. It lives until the last of them has let go.
///
/// asyncio: BaseTransport.
class base_transport {
 public:
  base_transport(const base_transport&) = delete;
  base_transport& operator=(const base_transport&) = delete;

  /// Closes the transport: it receives no more, what was written before is still sent, and then the
  /// protocol's connection_lost() is called, with no error. Does nothing if it is closing already.
  virtual void close() noexcept = 0;
  /// Closes it at once: what has not been sent is dropped.
  virtual void abort() noexcept = 0;
  /// Whether close() or abort() has been called, or the connection is lost.
  [[nodiscard]] virtual bool is_closing() const noexcept = 0;

  /// The address of this end; nothing if there is none. asyncio: the extra information "sockname".
  [[nodiscard]] virtual std::optional<endpoint> sockname() const { return std::nullopt; }
  /// The address of the peer; nothing if there is none. asyncio: the extra information "peername".
  [[nodiscard]] virtual std::optional<endpoint> peername() const { return std::nullopt; }
  /// The socket beneath, for its options; null if there is none or it is closed. Its bytes are the
  /// transport's. asyncio: the extra information "socket".
  [[nodiscard]] virtual ouro::socket* socket() noexcept { return nullptr; }
  /// The descriptor of a pipe; nothing if it is none, or closed. asyncio: the extra information
  /// "pipe".
  [[nodiscard]] virtual std::optional<int> pipe() const noexcept { return std::nullopt; }

  void add_reference() noexcept { ++references_; }
  void drop_reference() noexcept {
    if (--references_ == 0) {
      dispose();
    } else if (references_ == 1) {
      on_last_owner();
    }
  }

 protected:
  base_transport() noexcept = default;
  virtual ~base_transport() = default;

 private:
  /// One owner is left.
  virtual void on_last_owner() noexcept {}
  /// Destroys the transport, which nobody refers to any more.
  virtual void dispose() noexcept { delete this; }

  std::uint32_t references_ = 0;
};

}  // namespace ouro::inline v0
