// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/loop/context.hpp"
#include "ouro/loop/ready_queue.hpp"
#include "ouro/stream/buffered_protocol.hpp"
#include "ouro/stream/detail/block_pool.hpp"
#include "ouro/stream/detail/transport_face.hpp"
#include "ouro/stream/protocol.hpp"

#include <cstddef>
#include <exception>
#include <memory>
#include <source_location>

namespace ouro::inline v0 {

class transport;

namespace detail {

/// Calls a protocol for a transport, from the ready queue: whatever happens is noted, and told when
/// the loop comes round to it.
class protocol_face final : public transport_face, private ready_node {
 public:
  explicit protocol_face(transport& owner) noexcept;
  protocol_face(const protocol_face&) = delete;
  protocol_face& operator=(const protocol_face&) = delete;
  ~protocol_face() = default;

  /// The next event goes to `protocol`.
  void set_protocol(std::shared_ptr<base_protocol> protocol);
  const std::shared_ptr<base_protocol>& protocol() const noexcept { return protocol_; }
  /// Has connection_made() called before anything else.
  void announce() noexcept;

 private:
  void on_received(std::size_t count) noexcept override;
  void on_readable() noexcept override;
  void on_eof() noexcept override;
  void on_receive_ended() noexcept override;
  void on_pause_writing() noexcept override;
  void on_resume_writing() noexcept override;
  void on_reading_changed() noexcept override { schedule(); }
  void on_lost(const std::exception_ptr& error) noexcept override;
  void on_loop_closed() noexcept override;

  void run() noexcept override;
  std::string describe() const override { return "protocol"; }

  void schedule() noexcept;
  void tell_pause() noexcept;
  void tell_received() noexcept;
  void tell_copy() noexcept;
  void tell_eof() noexcept;
  void receive() noexcept;
  template <class Call>
  bool call(const char* what, Call&& function) noexcept;
  template <class Call>
  void call_or_abort(const char* what, Call&& function) noexcept;
  void report(const char* what, const std::exception_ptr& error) noexcept;

  transport& transport_;
  std::shared_ptr<base_protocol> protocol_;
  ouro::protocol* plain_ = nullptr;        // protocol_, if it is one
  buffered_protocol* buffered_ = nullptr;  // protocol_, if it is one
  context_slot context_;
  block memory_;                           // what plain_ receives into
  std::shared_ptr<base_protocol> lender_;  // whose buffer into_ is; null if it is memory_
  mutable_buffer into_;                    // what was received into last
  const_buffer received_;                  // what has come, into that, and was not told
  bool made_due_ = false;
  bool pause_due_;
  bool eof_due_ = false;
  bool resume_due_ = false;
  bool at_eof_ = false;
};

}  // namespace detail
}  // namespace ouro::inline v0
