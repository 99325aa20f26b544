// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/loop/time_source.hpp"

namespace test {

/// A clock that stands still while anything runs, and jumps to the next timer when nothing does.
class virtual_clock final : public ouro::time_source {
 public:
  ouro::time_point now() noexcept override { return now_; }
  bool advance_to(ouro::time_point deadline) noexcept override {
    if (deadline > now_) now_ = deadline;
    return true;
  }
  /// As if something had blocked for `span`.
  void pass(ouro::duration span) noexcept { now_ += span; }

 private:
  ouro::time_point now_{std::chrono::hours(1)};
};

}  // namespace test
