// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/intrusive_list.hpp"
#include "ouro/base/intrusive_ptr.hpp"
#include "ouro/io/buffer.hpp"
#include "ouro/stream/detail/block_pool.hpp"
#include "ouro/stream/detail/transport_face.hpp"
#include "ouro/stream/transport.hpp"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>

namespace ouro::inline v0::detail {

class read_wait;
class writer_wait;

/// What a stream_reader and a stream_writer share: the transport beneath, what has come and was not
/// read yet, and who waits.
///
/// It receives only while somebody waits for more than there is: into memory of the waiting read if
/// that is large enough, else into its own. A read that is cancelled may leave a receive into the
/// own memory behind; the next read finds what has come.
class stream_core final : public transport_face {
 public:
  /// Without a transport: what is fed is read.
  explicit stream_core(std::size_t limit);
  stream_core(std::size_t limit, transport_ptr beneath);
  stream_core(const stream_core&) = delete;
  stream_core& operator=(const stream_core&) = delete;

  void add_reference() noexcept { ++references_; }
  void drop_reference() noexcept {
    if (--references_ == 0) delete this;
  }

  ouro::transport* transport() const noexcept { return transport_.get(); }
  std::size_t limit() const noexcept { return limit_; }

  // What has come -----------------------------------------------------------------------------

  const std::byte* data() const noexcept { return memory_.data() + begin_; }
  std::size_t size() const noexcept { return end_ - begin_; }
  std::string_view text() const noexcept { return as_text({data(), size()}); }
  bool eof() const noexcept { return eof_; }
  const std::exception_ptr& error() const noexcept { return error_; }
  bool lost() const noexcept { return lost_; }

  /// Takes the first `count` bytes out. They stay where they are until the next read begins.
  void consume(std::size_t count) noexcept {
    begin_ += count;
    if (source_ != nullptr) [[unlikely]]
      resume_source();
  }
  /// Gives memory back that holds nothing.
  void tidy() noexcept {
    if (begin_ == end_ && !receiving_into_memory_) {
      begin_ = end_ = 0;
      memory_.release();
    }
  }

  void feed_data(const_buffer data);
  void feed_eof() noexcept;
  void set_exception(std::exception_ptr error) noexcept;
  /// What feeds, to be paused while there is too much to read; null for nobody.
  void set_source(ouro::transport* source) noexcept { source_ = source; }

  // Who waits -----------------------------------------------------------------------------------

  /// Errors: usage_error if somebody reads.
  void check_free() const {
    if (reader_ != nullptr) [[unlikely]]
      refuse_second();
  }
  void begin_read(read_wait& reader) noexcept;
  /// The wait is over, or given up.
  void end_read() noexcept { reader_ = nullptr; }
  bool is_reading(const read_wait& reader) const noexcept { return reader_ == &reader; }
  /// A read wants to end early. Returns whether it may end at once: not while the kernel has its
  /// memory.
  bool stop_read() noexcept;

  bool writing_paused() const noexcept { return transport_->writing_paused(); }
  intrusive_list<writer_wait>& drainers() noexcept { return drainers_; }
  intrusive_list<writer_wait>& closers() noexcept { return closers_; }
  /// Throws what whoever writes or drains has to be told, if anything.
  void throw_if_broken() const {
    if (lost_ || error_ != nullptr) [[unlikely]]
      throw_broken();
  }

 private:
  ~stream_core();  // closes the transport

  void on_received(std::size_t count) noexcept override;
  void on_readable() noexcept override;
  void on_eof() noexcept override;
  void on_receive_ended() noexcept override;
  void on_pause_writing() noexcept override {}
  void on_resume_writing() noexcept override;
  void on_reading_changed() noexcept override;
  void on_lost(const std::exception_ptr& error) noexcept override;
  void on_loop_closed() noexcept override;

  [[noreturn]] static void refuse_second();
  [[noreturn]] void throw_broken() const;
  void look() noexcept;
  void receive() noexcept;
  void make_room();
  void resume_source() noexcept;
  intrusive_ptr<stream_core> end_receive() noexcept;

  std::uint32_t references_ = 0;
  bool eof_ = false;
  bool lost_ = false;
  bool receiving_ = false;              // the transport has a buffer of ours, or polls
  bool receiving_into_memory_ = false;  // that is memory_
  bool receiving_direct_ = false;       // that is the reader's
  bool interrupting_ = false;           // the reader wants it back
  transport_ptr transport_;             // null if there is none
  ouro::transport* source_ = nullptr;
  read_wait* reader_ = nullptr;  // null while nobody reads
  block memory_;
  std::size_t begin_ = 0;  // of what was not read yet, in memory_
  std::size_t end_ = 0;
  std::size_t limit_;
  std::exception_ptr error_;
  intrusive_list<writer_wait> drainers_;
  intrusive_list<writer_wait> closers_;
};

using stream_core_ptr = intrusive_ptr<stream_core>;

}  // namespace ouro::inline v0::detail
