// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/intrusive_list.hpp"
#include "ouro/base/intrusive_ptr.hpp"
#include "ouro/base/light_std.hpp"
#include "ouro/base/owned.hpp"
#include "ouro/io/buffer.hpp"
#include "ouro/loop/event_loop.hpp"
#include "ouro/stream/base_protocol.hpp"
#include "ouro/stream/base_transport.hpp"
#include "ouro/stream/detail/transport_face.hpp"
#include "ouro/stream/detail/write_queue.hpp"
#include "ouro/stream/write_buffer_limits.hpp"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <string_view>
#include <utility>

namespace ouro::inline v0 {

namespace detail {

class protocol_face;
class stream_registry;

/// What goes when the connection does, after everybody has been told.
class transport_attachment {
 public:
  transport_attachment() noexcept = default;
  transport_attachment(const transport_attachment&) = delete;
  transport_attachment& operator=(const transport_attachment&) = delete;
  virtual ~transport_attachment() = default;
};

/// The clock of the sweep that finds idle receives.
struct sweep_state {
  std::uint8_t tick = 0;
  bool running = false;
};

}  // namespace detail

/// An ordered pipe of bytes to a peer, which buffers what is written and knows flow control. It has
/// one of two faces: a stream_reader and stream_writer, or the callbacks of a protocol.
///
/// What is written in one turn of the loop leaves in one request. Bytes in the buffer are sent by
/// the loop whatever becomes of whoever wrote them; only abort(), an error and closing the loop
/// drop them. A loop that closes ends the request in the kernel, sends of what is left as much as
/// the peer has room for at once, and drops the rest: it waits for nobody.
///
/// asyncio: Transport.
class transport : public base_transport, private detail::ready_node, private list_hook {
 public:
  /// The loop that works on it; null once that is closed.
  event_loop* get_loop() const noexcept { return loop_; }

  // Writing ---------------------------------------------------------------------------------------

  /// Buffers `data` to be sent after everything that was written before. Never waits. Ignored once
  /// the transport is closing or the connection is lost; after five ignored writes a warning is
  /// logged.
  ///
  /// Errors: usage_error after write_eof(), or if more than the cap of the limits would be buffered:
  /// nothing of `data` is then. std::bad_alloc.
  void write(const_buffer data);
  void write(std::string_view data) { write(as_buffer(data)); }
  /// Writes each of `parts`, which leave together.
  template <std::ranges::input_range Parts>
  void writelines(Parts&& parts) {
    for (const auto& part : parts) write(part);
  }

  /// Ends this direction once everything is sent: the peer reads to the end, and may still answer.
  /// Errors: usage_error if !can_write_eof().
  void write_eof();
  [[nodiscard]] virtual bool can_write_eof() const noexcept { return true; }

  /// How many bytes wait to be sent.
  [[nodiscard]] std::size_t get_write_buffer_size() const noexcept { return queue_.size(); }
  [[nodiscard]] write_buffer_limits get_write_buffer_limits() const noexcept { return limits_; }
  /// Errors: std::invalid_argument unless low <= high <= cap.
  void set_write_buffer_limits(const write_buffer_limits_options& limits);

  // Reading, for protocols ------------------------------------------------------------------------

  /// Receives no more until resume_reading(): what is received already may still come. Does nothing
  /// if it is paused or closing.
  void pause_reading() noexcept;
  void resume_reading() noexcept;
  /// Whether it is neither paused nor closing.
  [[nodiscard]] bool is_reading() const noexcept {
    return !reading_paused_ && !closing_ && way_ != flow::out;
  }

  /// Hands the connection over to another protocol: a `protocol`, a `buffered_protocol`, or a plain
  /// base_protocol, for which nothing is received. connection_made() is not called.
  /// Errors: usage_error if the transport belongs to a stream_reader and stream_writer, or is closed.
  void set_protocol(std::shared_ptr<base_protocol> protocol);
  /// Null if it belongs to a stream_reader and stream_writer.
  [[nodiscard]] std::shared_ptr<base_protocol> get_protocol() const noexcept;

  // The end ---------------------------------------------------------------------------------------

  /// Whether write_eof() was called.
  [[nodiscard]] bool eof_written() const noexcept { return eof_wanted_; }

  void close() noexcept final;
  void abort() noexcept final;
  [[nodiscard]] bool is_closing() const noexcept final { return closing_; }

  // For faces -------------------------------------------------------------------------------------

  /// Receives into `into`, which is the transport's until the face is told. One at a time, and not
  /// while is_closing().
  void receive(mutable_buffer into) noexcept {
    receiving_ = true;
    spare_ = false;
    begin_receive(into);
  }
  /// As receive(), into memory that the face could do without: if nothing comes for a second or
  /// two, the face is told on_receive_ended().
  void receive_into_spare(mutable_buffer into) noexcept {
    receiving_ = true;
    spare_ = true;
    armed_at_ = sweep_.tick;
    if (!sweep_.running) [[unlikely]]
      start_sweep();
    begin_receive(into);
  }
  /// Waits until there is something to receive.
  void wait_readable() noexcept {
    receiving_ = true;
    spare_ = false;
    polling_ = true;
    begin_receive({});
  }
  [[nodiscard]] bool receiving() const noexcept { return receiving_; }
  /// Asks for an early end of receive().
  void stop_receiving() noexcept;
  [[nodiscard]] bool reading_paused() const noexcept { return reading_paused_; }

  /// Whether a drain has to wait.
  [[nodiscard]] bool writing_paused() const noexcept { return writing_paused_; }
  /// The face has told, or is about to tell, whoever writes. False if the buffer is above the low
  /// mark again: then it is told anew.
  bool writing_resumed() noexcept;
  /// Why the connection was lost; null while it is not, or if it was closed.
  [[nodiscard]] const std::exception_ptr& error() const noexcept { return error_; }

  /// As set_protocol(), and has connection_made() called first.
  void start_protocol(std::shared_ptr<base_protocol> protocol);

  /// Makes `face` the upper side; null for nobody. The transport keeps no face alive.
  void set_face(detail::transport_face* face) noexcept { face_ = face; }
  [[nodiscard]] detail::transport_face* face() const noexcept { return face_; }

  /// Puts the bytes of somebody who waits behind those written before.
  void write_borrowed(detail::borrowed_segment& segment) noexcept;
  /// Takes them back: what is left of them is copied, if `keep` says so. Returns whether that is
  /// done; if not the kernel has them, and their on_turn() or on_dropped() will come, soon.
  bool take_back(detail::borrowed_segment& segment, bool keep) noexcept;
  /// Copies `data` in front of a barrier that has been reached, whose turn comes again afterwards.
  void write_before(detail::borrowed_segment& barrier, const_buffer data);
  /// Whoever is at a barrier uses the channel, or no more: it is not closed meanwhile.
  void hold_channel() noexcept { held_ = true; }
  /// After the barrier was taken out: goes on.
  void release_channel() noexcept;
  /// Takes them out, whatever is left of them: the loop has closed.
  void forget(detail::borrowed_segment& segment) noexcept { queue_.remove(segment); }

  /// Keeps `attached` until the connection is lost. One for each transport.
  void attach(detail::owned<detail::transport_attachment> attached) noexcept {
    attached_ = std::move(attached);
  }

  /// The connection is broken: aborts it, and `error` is what those who use it get.
  void fail(std::exception_ptr error) noexcept;
  /// As above, with std::system_error.
  void fail(int error, const char* call) noexcept;

 protected:
  /// Which ways the bytes go.
  enum class flow : std::uint8_t { both, in, out };

  explicit transport(event_loop& loop, flow way = flow::both);
  ~transport() override;

  // What a kind of transport supplies. Each begin ends with one of the calls below, in a later
  // dispatch of completions; after an end also.

  virtual void begin_receive(mutable_buffer into) noexcept = 0;
  virtual void end_receive() noexcept = 0;
  /// The same once more: a signal has ended it.
  virtual void repeat_receive() noexcept = 0;
  /// Sends from queue().
  virtual void begin_send() noexcept = 0;
  /// There is more in queue() than when begin_send() was called. May do nothing.
  virtual void amend_send() noexcept {}
  virtual void end_send() noexcept = 0;
  /// Sends what can be sent at once without the loop, which closes. Called twice: with what is in
  /// the kernel, and when nothing is.
  virtual void send_last() noexcept {}
  /// The peer is to see the end.
  virtual void send_eof() noexcept = 0;
  /// Ends the requests that somebody else makes at a barrier.
  virtual void break_channel() noexcept {}
  /// No request is in flight: gives up the descriptor.
  virtual void close_channel() noexcept = 0;

  detail::write_queue& queue() noexcept { return queue_; }
  /// The answer to begin_receive(): a number of bytes, 0 at the end, -errno; or, if the buffer was
  /// empty, 1.
  void received(int result) noexcept;
  /// As receive(), for the transport's own purpose: no face is told. Ends with watch_ended().
  void watch() noexcept {
    receiving_ = true;
    spare_ = false;
    begin_receive({});
  }
  void watch_ended(int result) noexcept;
  /// The answer to begin_send(): a number of bytes, or -errno.
  void sent(int result) noexcept;
  [[nodiscard]] bool sending() const noexcept { return sending_; }

 private:
  friend class detail::stream_registry;
  friend class intrusive_list<transport>;

  void flush() noexcept;
  void on_last_owner() noexcept override;
  void refuse_write(const_buffer data);
  void start_sweep() noexcept;
  bool sweep() noexcept;
  void check_marks() noexcept;
  void queue_drained() noexcept;
  void finish_if_idle() noexcept;
  void drop_queue() noexcept;
  void loop_closing() noexcept;
  void loop_drained() noexcept;
  void loop_closed() noexcept;
  void run() noexcept override;
  void drop() noexcept override {}
  std::string describe() const override { return "transport"; }

  event_loop* loop_;
  const detail::sweep_state& sweep_;  // of the loop: valid while loop_ is
  detail::transport_face* face_ = nullptr;
  detail::owned<detail::protocol_face> protocol_;  // null if it has another face
  detail::owned<detail::transport_attachment> attached_;
  detail::write_queue queue_;
  write_buffer_limits limits_;
  std::exception_ptr error_;
  flow way_;
  std::uint8_t ignored_writes_ = 0;
  std::uint8_t armed_at_ = 0;    // valid while spare_ and receiving_
  std::uint8_t drained_at_ = 0;  // when the queue was last empty after a send
  bool receiving_ = false;
  bool spare_ = false;
  bool polling_ = false;
  bool sending_ = false;
  bool stopping_receive_ = false;
  bool stopping_send_ = false;
  bool dropping_ = false;  // what is in the queue is not to be sent
  bool closing_ = false;
  bool closed_ = false;  // the channel is
  bool eof_wanted_ = false;
  bool eof_sent_ = false;
  bool writing_paused_ = false;
  bool reading_paused_ = false;
  bool stopped_ = false;  // the loop closes
  bool held_ = false;     // somebody at a barrier uses the channel
};

using transport_ptr = detail::intrusive_ptr<transport>;

}  // namespace ouro::inline v0
