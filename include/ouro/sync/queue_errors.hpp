// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <stdexcept>

namespace ouro::inline v0 {

/// get_nowait() of a queue without an item. asyncio: QueueEmpty.
class queue_empty : public std::runtime_error {
 public:
  queue_empty() : std::runtime_error("the queue is empty") {}
};

/// put_nowait() into a queue that holds `maxsize` items. asyncio: QueueFull.
class queue_full : public std::runtime_error {
 public:
  queue_full() : std::runtime_error("the queue is full") {}
};

/// A queue that was shut down takes no item, or has none left. asyncio: QueueShutDown.
class queue_shut_down : public std::runtime_error {
 public:
  queue_shut_down() : std::runtime_error("the queue is shut down") {}
};

}  // namespace ouro::inline v0
