// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/stream/detail/read_wait.hpp"

#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ouro::inline v0::detail {

/// Takes the first `count` bytes, or what there is, as what a read gives: a string of their own, or
/// a view of the stream's memory.
template <class Text>
Text take_text(stream_core& core, std::size_t count) {
  const Text taken(core.text().substr(0, count));
  core.consume(taken.size());
  if constexpr (std::is_same_v<Text, std::string>) core.tidy();
  return taken;
}

class [[nodiscard]] read_some_into_operation final : public read_wait {
 public:
  read_some_into_operation(stream_core& core, mutable_buffer into) noexcept
      : read_wait(core, into) {}

  std::size_t await_resume() {
    if (const std::size_t received = finish(); received != 0) return received;
    return take();
  }

 private:
  bool is_met() const noexcept override {
    return core().size() != 0 || core().eof() || target().empty();
  }
  std::size_t take() const noexcept;
};

template <class Text>
class [[nodiscard]] read_some_operation final : public read_wait {
 public:
  read_some_operation(stream_core& core, std::size_t most) noexcept
      : read_wait(core), most_(most) {}

  Text await_resume() {
    finish();
    return take_text<Text>(core(), most_);
  }

 private:
  bool is_met() const noexcept override { return core().size() != 0 || core().eof() || most_ == 0; }

  std::size_t most_;
};

class [[nodiscard]] read_all_operation final : public read_wait {
 public:
  explicit read_all_operation(stream_core& core) noexcept : read_wait(core) {}

  std::string await_resume() {
    finish();
    return take_text<std::string>(core(), core().size());
  }

 private:
  bool is_met() const noexcept override { return core().eof(); }
};

/// Errors: incomplete_read_error, with what there is.
[[noreturn]] void throw_incomplete(stream_core& core,
                                   std::optional<std::size_t> expected = std::nullopt);

template <class Text>
class [[nodiscard]] readexactly_operation final : public read_wait {
 public:
  readexactly_operation(stream_core& core, std::size_t count) noexcept
      : read_wait(core), count_(count) {}

  Text await_resume() {
    finish();
    if (core().size() < count_) throw_incomplete(core(), count_);
    return take_text<Text>(core(), count_);
  }

 private:
  bool is_met() const noexcept override { return core().size() >= count_ || core().eof(); }

  std::size_t count_;
};

/// Fills its memory when there is enough.
class [[nodiscard]] readexactly_into_operation final : public read_wait {
 public:
  readexactly_into_operation(stream_core& core, mutable_buffer into) noexcept
      : read_wait(core), into_(into) {}

  void await_resume();

 private:
  bool is_met() const noexcept override { return core().size() >= into_.size() || core().eof(); }

  mutable_buffer into_;
};

/// What ends a stretch that readuntil() reads.
class separators {
 public:
  /// One; its text must outlive this.
  explicit separators(std::string_view one) noexcept : one_(one) {}
  /// Several; they and their texts must outlive this. No constructor, because to choose between two
  /// takes the compiler long.
  /// Errors: std::invalid_argument if there are none.
  static separators several(std::span<const std::string_view> of);

  /// Where a separator begins and ends.
  struct place {
    bool found() const noexcept { return end != 0; }

    std::size_t begin = 0;
    std::size_t end = 0;
  };
  /// Where the separator is that ends first in `text`. What is in front of `from` has been searched
  /// before.
  place find(std::string_view text, std::size_t from) const noexcept;

  /// Errors: std::invalid_argument if there is none or one is empty.
  void check() const;
  std::size_t shortest() const noexcept;
  std::size_t longest() const noexcept;

 private:
  std::span<const std::string_view> all() const noexcept;

  std::string_view one_;
  std::span<const std::string_view> several_;
};

/// What all reads up to a separator share.
class until_wait : public read_wait {
 protected:
  until_wait(stream_core& core, separators ends, std::size_t limit)
      : read_wait(core), separators_(ends), limit_(limit) {
    separators_.check();
  }

  /// After finish(): how many bytes there are up to and with the separator; nothing if the end has
  /// come first.
  /// Errors: limit_overrun_error.
  std::optional<std::size_t> found();

 private:
  bool is_met() const noexcept override;
  std::size_t certain() const noexcept;

  separators separators_;
  std::size_t limit_;
  mutable std::size_t searched_ = 0;  // no separator ends up to here
  mutable separators::place place_;
};

template <class Text>
class [[nodiscard]] readuntil_operation final : public until_wait {
 public:
  using until_wait::until_wait;
  readuntil_operation(stream_core& core, separators ends, std::size_t limit)
      : until_wait(core, ends, limit) {}

  Text await_resume() {
    finish();
    const std::optional<std::size_t> count = found();
    if (!count) throw_incomplete(core());
    return take_text<Text>(core(), *count);
  }
};

/// At the end the rest is a line too.
template <class Text>
class [[nodiscard]] readline_operation final : public until_wait {
 public:
  readline_operation(stream_core& core, std::size_t limit)
      : until_wait(core, separators("\n"), limit) {}

  Text await_resume() {
    finish();
    return take_text<Text>(core(), found().value_or(core().size()));
  }
};

class [[nodiscard]] next_line_operation final : public until_wait {
 public:
  next_line_operation(stream_core& core, std::size_t limit)
      : until_wait(core, separators("\n"), limit) {}

  std::optional<std::string> await_resume();
};

/// Drops what comes up to and with a line end.
class [[nodiscard]] skip_line_operation final : public read_wait {
 public:
  explicit skip_line_operation(stream_core& core) noexcept : read_wait(core) {}

  std::size_t await_resume();

 private:
  bool is_met() const noexcept override;

  mutable std::size_t skipped_ = 0;
};

}  // namespace ouro::inline v0::detail
