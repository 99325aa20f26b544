// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <exception>

namespace ouro::inline v0 {

/// What all protocols have in common: callbacks that a transport calls. They may call everything of
/// the transport. All come from the loop, never from inside a call to the transport, with one
/// exception: pause_writing().
///
/// What a callback throws is reported to the loop's exception handler. If it is what receives data,
/// or the end, the transport is aborted too.
///
/// asyncio: BaseProtocol.
class base_protocol {
 public:
  base_protocol(const base_protocol&) = delete;
  base_protocol& operator=(const base_protocol&) = delete;
  virtual ~base_protocol() = default;

  /// The connection is over, and this is the last call. `error` is null if it was closed by either
  /// side.
  // NOLINTNEXTLINE(performance-unnecessary-value-param): who overrides this moves it away
  virtual void connection_lost(std::exception_ptr /*error*/) {}

  /// The transport buffers more than its high mark: stop writing until resume_writing(), strictly in
  /// turn. Called at the end of the write() that passes the mark, but after connection_made().
  virtual void pause_writing() {}
  /// The buffer is down to the low mark.
  virtual void resume_writing() {}

 protected:
  base_protocol() noexcept = default;
};

}  // namespace ouro::inline v0
