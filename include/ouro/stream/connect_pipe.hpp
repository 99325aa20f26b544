// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/unique_fd.hpp"
#include "ouro/loop/event_loop.hpp"
#include "ouro/stream/detail/pipe_transport.hpp"
#include "ouro/stream/protocol_connection.hpp"
#include "ouro/stream/stream_reader.hpp"
#include "ouro/stream/stream_writer.hpp"

#include <cstddef>
#include <utility>

namespace ouro::inline v0 {

/// A reader over what can be read from: a pipe, a FIFO, a terminal, a file. Must be called in the
/// running loop. The descriptor is closed with the last of the reader. A file is read from its
/// current position on, which does not move.
///
/// Errors: usage_error if no loop is running.
/// asyncio: loop.connect_read_pipe() with a StreamReaderProtocol.
[[nodiscard]] stream_reader connect_read_pipe(unique_fd readable,
                                              std::size_t limit = stream_reader::default_limit);

/// A writer over what can be written to. It is closed when nobody reads any more.
///
/// Effects: ignores SIGPIPE in this process, unless the program has its own handler.
/// Errors: usage_error if no loop is running.
/// asyncio: loop.connect_write_pipe() with a StreamWriter.
[[nodiscard]] stream_writer connect_write_pipe(unique_fd writable);

/// As above, for the protocol that `factory` makes, any callable that gives a pointer to a new one;
/// connection_made() has been called when the await ends. A `factory` that is a lambda with
/// captures is to have a name, as with start_server().
/// asyncio: loop.connect_read_pipe().
template <class Factory>
[[nodiscard]] detail::connecting_task<Factory> connect_read_pipe(event_loop& loop,
                                                                 Factory&& factory,
                                                                 unique_fd readable) {
  return detail::start_protocol_over(loop, detail::take_factory(std::forward<Factory>(factory)),
                                     std::move(readable), &detail::make_read_pipe_transport);
}

/// asyncio: loop.connect_write_pipe().
template <class Factory>
[[nodiscard]] detail::connecting_task<Factory> connect_write_pipe(event_loop& loop,
                                                                  Factory&& factory,
                                                                  unique_fd writable) {
  return detail::start_protocol_over(loop, detail::take_factory(std::forward<Factory>(factory)),
                                     std::move(writable), &detail::make_write_pipe_transport);
}

// The members of event_loop

template <class Factory>
auto network_methods::connect_read_pipe(Factory&& factory, unique_fd readable) {
  return ouro::connect_read_pipe(self(), std::forward<Factory>(factory), std::move(readable));
}

template <class Factory>
auto network_methods::connect_write_pipe(Factory&& factory, unique_fd writable) {
  return ouro::connect_write_pipe(self(), std::forward<Factory>(factory), std::move(writable));
}

}  // namespace ouro::inline v0
