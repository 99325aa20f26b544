// SPDX-License-Identifier: BSL-1.0
#include "ouro/stream/detail/read_operations.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/stream/limit_overrun_error.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace ouro::inline v0::detail {

std::size_t read_some_into_operation::take() const noexcept {
  const std::size_t count = std::min(core().size(), target().size());
  if (count != 0) std::memcpy(target().data(), core().data(), count);
  core().consume(count);
  core().tidy();
  return count;
}

void throw_incomplete(stream_core& core, std::optional<std::size_t> expected) {
  throw incomplete_read_error(take_text<std::string>(core, core.size()), expected);
}

void readexactly_into_operation::await_resume() {
  finish();
  if (core().size() < into_.size()) throw_incomplete(core(), into_.size());
  if (!into_.empty()) std::memcpy(into_.data(), core().data(), into_.size());
  core().consume(into_.size());
  core().tidy();
}

std::optional<std::string> next_line_operation::await_resume() {
  finish();
  const std::size_t count = found().value_or(core().size());
  if (count == 0) return std::nullopt;
  return take_text<std::string>(core(), count);
}

// Separators.

separators separators::several(std::span<const std::string_view> of) {
  if (of.empty()) {
    throw std::invalid_argument("readuntil: separator should contain at least one element");
  }
  separators result{std::string_view()};
  result.several_ = of;
  return result;
}

std::span<const std::string_view> separators::all() const noexcept {
  return several_.empty() ? std::span(&one_, 1) : several_;
}

separators::place separators::find(std::string_view text, std::size_t from) const noexcept {
  place first;
  for (const std::string_view each : all()) {
    const std::size_t begin = text.find(each, from - std::min(from, each.size() - 1));
    if (begin == std::string_view::npos) continue;
    const std::size_t end = begin + each.size();
    // The one that ends first; of those the longest.
    if (!first.found() || end < first.end || (end == first.end && begin < first.begin)) {
      first = {begin, end};
    }
  }
  return first;
}

void separators::check() const {
  for (const std::string_view each : all()) {
    if (each.empty()) {
      throw std::invalid_argument("readuntil: a separator should be at least one byte long");
    }
  }
}

std::size_t separators::shortest() const noexcept {
  return std::ranges::min_element(all(), {}, &std::string_view::size)->size();
}

std::size_t separators::longest() const noexcept {
  return std::ranges::max_element(all(), {}, &std::string_view::size)->size();
}

bool until_wait::is_met() const noexcept {
  const std::string_view text = core().text();
  place_ = separators_.find(text, searched_);
  searched_ = text.size();
  return place_.found() || core().eof() || certain() > limit_;
}

std::optional<std::size_t> until_wait::found() {
  if (place_.found()) {
    if (place_.begin > limit_) {
      throw limit_overrun_error("Separator is found, but chunk is longer than limit", place_.begin);
    }
    return place_.end;
  }
  if (certain() > limit_) {
    throw limit_overrun_error("Separator is not found, and chunk exceed the limit", certain());
  }
  return std::nullopt;
}

/// How many bytes belong to no separator that may have begun to come.
std::size_t until_wait::certain() const noexcept {
  const std::size_t size = core().size();
  return size - std::min(size, separators_.longest() - 1);
}

// Skipping.

bool skip_line_operation::is_met() const noexcept {
  const std::string_view text = core().text();
  const std::size_t end = text.find('\n');
  if (end != std::string_view::npos || core().eof()) return true;
  skipped_ += text.size();
  core().consume(text.size());
  return false;
}

std::size_t skip_line_operation::await_resume() {
  finish();
  const std::string_view text = core().text();
  const std::size_t end = text.find('\n');
  const std::size_t rest = end == std::string_view::npos ? text.size() : end + 1;
  core().consume(rest);
  core().tidy();
  return skipped_ + rest;
}

}  // namespace ouro::inline v0::detail
