// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/log.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace test {

/// While it lives, what the library logs goes into `lines` instead of to stderr. One at a time, and
/// only one thread may log.
class captured_log {
 public:
  explicit captured_log(ouro::log_level level = ouro::log_level::warning) {
    lines_.clear();
    ouro::set_log_sink(&append, level);
  }
  captured_log(const captured_log&) = delete;
  captured_log& operator=(const captured_log&) = delete;
  ~captured_log() { ouro::set_log_sink(nullptr); }

  const std::vector<std::string>& lines() const { return lines_; }
  bool contains(std::string_view text) const {
    for (const std::string& line : lines_) {
      if (line.find(text) != line.npos) return true;
    }
    return false;
  }

 private:
  static void append(ouro::log_level, std::string_view text) { lines_.emplace_back(text); }

  static inline std::vector<std::string> lines_;
};

}  // namespace test
