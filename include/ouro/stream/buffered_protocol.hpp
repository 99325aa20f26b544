// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/buffer.hpp"
#include "ouro/stream/base_protocol.hpp"

#include <cstddef>

namespace ouro::inline v0 {

class transport;

/// A protocol that supplies the memory that is received into: no copy is made.
/// asyncio: BufferedProtocol.
class buffered_protocol : public base_protocol {
 public:
  /// As protocol::connection_made().
  virtual void connection_made(transport& made) { static_cast<void>(made); }
  /// Memory for what is received next, at least one byte. It is the transport's until
  /// buffer_updated() or connection_lost() is called. `hint` is how much may come; 0 if unknown.
  virtual mutable_buffer get_buffer(std::size_t hint) = 0;
  /// The first `count` bytes of the buffer are filled.
  virtual void buffer_updated(std::size_t count) = 0;
  /// As protocol::eof_received().
  virtual bool eof_received() { return false; }
};

}  // namespace ouro::inline v0
