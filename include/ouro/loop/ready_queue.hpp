// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/assert.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace ouro::inline v0::detail {

/// Something that the loop runs once when its turn comes: a callback, a step of a task, an entry of
/// a combinator.
class ready_node {
 public:
  ready_node() noexcept = default;
  ready_node(const ready_node&) = delete;
  ready_node& operator=(const ready_node&) = delete;

  bool queued() const noexcept { return next_ != nullptr; }

  /// Called by the loop only, with this node out of the queue. The node may die in the call.
  virtual void run() noexcept = 0;

  /// Names the node in reports of slow steps.
  virtual std::string describe() const { return "callback"; }

  /// Called instead of run() when the loop closes.
  virtual void drop() noexcept {}

 protected:
  ~ready_node() { OURO_ASSERT(!queued()); }

 private:
  friend class ready_queue;
  friend class inbox;
  ready_node* next_ = nullptr;  // null while in no queue
};

/// First in, first out. Removing from the middle is linear, and only destruction does it.
class ready_queue {
 public:
  ready_queue() noexcept = default;
  ready_queue(const ready_queue&) = delete;
  ready_queue& operator=(const ready_queue&) = delete;

  bool empty() const noexcept { return first_ == end(); }

  void push(ready_node& node) noexcept {
    OURO_ASSERT(!node.queued());
    node.next_ = end();
    if (empty()) {
      first_ = &node;
    } else {
      last_->next_ = &node;  // NOLINT(clang-analyzer-core.NullDereference): null while empty only
    }
    last_ = &node;
  }

  ready_node& pop() noexcept {
    OURO_ASSERT(!empty());
    ready_node& node = *first_;
    first_ = std::exchange(node.next_, nullptr);
    return node;
  }

  /// Moves everything into `other`, which must be empty.
  void move_to(ready_queue& other) noexcept {
    OURO_ASSERT(other.empty());
    other.first_ = std::exchange(first_, end());
    other.last_ = last_;
  }

  bool remove(ready_node& node) noexcept {
    ready_node* before = nullptr;
    for (ready_node* at = first_; at != end(); before = at, at = at->next_) {
      if (at != &node) continue;
      (before == nullptr ? first_ : before->next_) = node.next_;
      if (last_ == &node) last_ = before;
      node.next_ = nullptr;
      return true;
    }
    return false;
  }

 private:
  // The last node's successor, so that null can mean "in no queue". Never dereferenced.
  static ready_node* end() noexcept {
    return reinterpret_cast<ready_node*>(std::uintptr_t{alignof(void*)});
  }

  ready_node* first_ = end();
  ready_node* last_ = nullptr;
};

}  // namespace ouro::inline v0::detail
