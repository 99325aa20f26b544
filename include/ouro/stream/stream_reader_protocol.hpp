// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/stream/protocol.hpp"
#include "ouro/stream/stream_reader.hpp"
#include "ouro/stream/transport.hpp"

#include <utility>

namespace ouro::inline v0 {

/// A protocol that feeds what it receives to a reader, which may be moved or gone meanwhile. It
/// pauses the transport while more than twice the reader's limit waits to be read.
///
/// asyncio: StreamReaderProtocol.
class stream_reader_protocol : public protocol {
 public:
  explicit stream_reader_protocol(const stream_reader& reader) noexcept : core_(reader.core_) {}

  void connection_made(transport& made) override { core_->set_source(&made); }
  void data_received(const_buffer data) override { core_->feed_data(data); }
  bool eof_received() override {
    core_->feed_eof();
    return true;
  }
  void connection_lost(std::exception_ptr error) override {
    core_->set_source(nullptr);
    error != nullptr ? core_->set_exception(std::move(error)) : core_->feed_eof();
  }

 private:
  detail::stream_core_ptr core_;
};

}  // namespace ouro::inline v0
