// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/loop/ready_queue.hpp"

#include <atomic>

namespace ouro::inline v0::detail {

/// Where other threads leave nodes for the loop. Any thread may post; only the loop's takes. Nodes
/// of one thread keep their order.
class inbox {
 public:
  void post(ready_node& node) noexcept {
    ready_node* top = top_.load(std::memory_order_relaxed);
    do {
      node.next_ = top;
    } while (!top_.compare_exchange_weak(top, &node, std::memory_order_seq_cst,
                                         std::memory_order_relaxed));
  }

  bool empty() const noexcept { return top_.load(std::memory_order_seq_cst) == nullptr; }

  /// Appends what has been posted to `queue`, oldest first.
  void take(ready_queue& queue) noexcept {
    if (top_.load(std::memory_order_relaxed) == nullptr)
      return;  // the exchange costs a locked access
    ready_node* newest = top_.exchange(nullptr, std::memory_order_acquire);
    ready_node* oldest = nullptr;
    while (newest != nullptr) {
      ready_node* next = newest->next_;
      newest->next_ = oldest;
      oldest = newest;
      newest = next;
    }
    while (oldest != nullptr) {
      ready_node* next = oldest->next_;
      oldest->next_ = nullptr;
      queue.push(*oldest);
      oldest = next;
    }
  }

 private:
  std::atomic<ready_node*> top_{nullptr};
};

}  // namespace ouro::inline v0::detail
