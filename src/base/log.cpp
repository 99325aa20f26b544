// SPDX-License-Identifier: BSL-1.0
#include "ouro/base/log.hpp"

#include <atomic>
#include <cstdio>

namespace ouro::inline v0 {
namespace {

void write_to_stderr(log_level level, std::string_view text) {
  constexpr const char* names[] = {"debug", "info", "warning", "error"};
  std::fprintf(stderr, "ouro %s: %.*s\n", names[static_cast<int>(level)],
               static_cast<int>(text.size()), text.data());
}

std::atomic<log_sink> current_sink{&write_to_stderr};
std::atomic<log_level> current_level{log_level::warning};

}  // namespace

void set_log_sink(log_sink sink, log_level level) noexcept {
  current_sink.store(sink == nullptr ? &write_to_stderr : sink);
  current_level.store(level);
}

namespace detail {

void log(log_level level, std::string_view text) noexcept {
  if (level < current_level.load(std::memory_order_relaxed)) return;
  try {
    current_sink.load()(level, text);
  } catch (...) {
    write_to_stderr(level, text);  // a sink that throws must not lose the text
  }
}

}  // namespace detail
}  // namespace ouro::inline v0
