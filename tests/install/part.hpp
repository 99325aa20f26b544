// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <ouro/ouro.hpp>

#if defined(__GNUC__)
#define PART_EXPORT [[gnu::visibility("default")]]
#endif

/// What the other library sees of the process.
struct view {
  const ouro::event_loop* loop = nullptr;
  std::string task;
  std::int64_t live_blocks = 0;
  int variable = 0;
};

PART_EXPORT ouro::context_var<int>& shared_variable();
PART_EXPORT view look();
PART_EXPORT ouro::task<int> waits_in_part(ouro::event& go);
PART_EXPORT ouro::task<> fails_in_part();
