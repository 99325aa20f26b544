// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/buffer.hpp"
#include "ouro/stream/base_protocol.hpp"

namespace ouro::inline v0 {

class transport;

/// The callbacks of a connection, for code that is pushed to rather than waits: connection_made()
/// once and first, data_received() any number of times, eof_received() at most once, and
/// connection_lost() once and last.
///
///     struct echo : ouro::protocol {
///       ouro::transport* peer = nullptr;
///       void connection_made(ouro::transport& made) override { peer = &made; }
///       void data_received(ouro::const_buffer data) override { peer->write(data); }
///     };
///
/// asyncio: Protocol.
class protocol : public base_protocol {
 public:
  /// `made` lives at least until connection_lost() has returned.
  virtual void connection_made(transport& made) { static_cast<void>(made); }
  /// `data`, at least one byte, is valid during the call.
  virtual void data_received(const_buffer data) { static_cast<void>(data); }
  /// The peer sends no more. Returns whether the connection stays open for writing; if not it is
  /// closed.
  virtual bool eof_received() { return false; }
};

}  // namespace ouro::inline v0
