// SPDX-License-Identifier: BSL-1.0
#include "part.hpp"

ouro::context_var<int>& shared_variable() {
  static ouro::context_var<int> variable("shared", 0);
  return variable;
}

view look() {
  return {.loop = ouro::try_get_running_loop(),
          .task = ouro::current_task().get_name(),
          .live_blocks = ouro::detail::frame_pool::live(),
          .variable = shared_variable().get()};
}

ouro::task<int> waits_in_part(ouro::event& go) {
  co_await go.wait();
  co_return 7;
}

ouro::task<> fails_in_part() {
  co_await ouro::sleep(std::chrono::seconds(0));
  throw ouro::timeout_error("from the part");
}
