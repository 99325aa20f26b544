// SPDX-License-Identifier: BSL-1.0
#include "ouro/testing/shake.hpp"

#include "ouro/loop/ready_queue.hpp"
#include "ouro/task/task_handle.hpp"

#include <utility>
#include <vector>

namespace ouro::inline v0::testing {
namespace {

bool is_task(detail::ready_node& node) {
  return dynamic_cast<detail::task_base*>(&node) != nullptr ||
         dynamic_cast<detail::task_slot*>(&node) != nullptr;
}

}  // namespace

shake::shake(std::uint64_t seed, event_loop& loop) : loop_(loop), seed_(seed), random_(seed) {
  loop.add_hooks(*this);
}

shake::~shake() { loop_.remove_hooks(*this); }

void shake::on_turn(detail::ready_queue& batch) noexcept {
  std::vector<detail::ready_node*> nodes;
  std::vector<std::size_t> tasks;  // where in `nodes`
  while (!batch.empty()) {
    nodes.push_back(&batch.pop());
    if (is_task(*nodes.back())) tasks.push_back(nodes.size() - 1);
  }
  for (std::size_t left = tasks.size(); left > 1; --left) {
    std::swap(nodes[tasks[left - 1]], nodes[tasks[random_.below(left)]]);
  }
  for (detail::ready_node* node : nodes) batch.push(*node);
}

}  // namespace ouro::inline v0::testing
