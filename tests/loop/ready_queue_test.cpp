// SPDX-License-Identifier: BSL-1.0
#include "ouro/loop/ready_queue.hpp"

#include "tests/support/catch.hpp"

#include <deque>
#include <random>
#include <string>

namespace {

struct node final : ouro::detail::ready_node {
  explicit node(char its_name) noexcept : name(its_name) {}
  void run() noexcept override {}
  char name;
};

using queue = ouro::detail::ready_queue;

/// Takes everything out; the names in the order in which they came.
std::string drain(queue& nodes) {
  std::string names;
  while (!nodes.empty()) names += static_cast<node&>(nodes.pop()).name;
  return names;
}

}  // namespace

TEST_CASE("ready_queue: is first in, first out", "[loop][ready_queue]") {
  node a('a'), b('b'), c('c');
  queue nodes;
  nodes.push(a);
  nodes.push(b);
  nodes.push(c);

  CHECK(drain(nodes) == "abc");
}

TEST_CASE("ready_queue: a node knows whether it is queued, the last one too",
          "[loop][ready_queue]") {
  node a('a');
  queue nodes;
  CHECK(!a.queued());

  nodes.push(a);
  CHECK(a.queued());

  nodes.pop();
  CHECK(!a.queued());
}

TEST_CASE("ready_queue: can be filled again after it ran empty", "[loop][ready_queue]") {
  node a('a'), b('b');
  queue nodes;
  nodes.push(a);
  CHECK(drain(nodes) == "a");

  nodes.push(b);
  nodes.push(a);

  CHECK(drain(nodes) == "ba");
}

TEST_CASE("ready_queue: move_to() takes all, and both go on", "[loop][ready_queue]") {
  node a('a'), b('b'), c('c'), d('d');
  queue nodes, batch;
  nodes.push(a);
  nodes.push(b);

  nodes.move_to(batch);
  nodes.push(c);
  batch.push(d);

  CHECK(drain(batch) == "abd");
  CHECK(drain(nodes) == "c");
}

TEST_CASE("ready_queue: move_to() of an empty queue moves nothing", "[loop][ready_queue]") {
  node a('a');
  queue nodes, batch;

  nodes.move_to(batch);

  CHECK(batch.empty());
  batch.push(a);
  CHECK(drain(batch) == "a");
}

TEST_CASE("ready_queue: remove() takes a node from the front, the middle and the end",
          "[loop][ready_queue]") {
  node a('a'), b('b'), c('c'), d('d'), e('e');
  queue nodes;
  for (node* each : {&a, &b, &c, &d}) nodes.push(*each);

  CHECK(nodes.remove(a));
  CHECK(nodes.remove(c));
  CHECK(nodes.remove(d));
  CHECK(!c.queued());
  nodes.push(e);

  CHECK(drain(nodes) == "be");
}

TEST_CASE("ready_queue: remove() of the only node leaves a queue that works",
          "[loop][ready_queue]") {
  node a('a'), b('b');
  queue nodes;
  nodes.push(a);

  CHECK(nodes.remove(a));
  CHECK(nodes.empty());
  nodes.push(b);
  nodes.push(a);

  CHECK(drain(nodes) == "ba");
}

TEST_CASE("ready_queue: remove() of what is not in it does nothing", "[loop][ready_queue]") {
  node a('a'), b('b');
  queue nodes, other;
  nodes.push(a);
  other.push(b);

  CHECK(!nodes.remove(b));

  CHECK(drain(nodes) == "a");
  CHECK(drain(other) == "b");
}

TEST_CASE("ready_queue: agrees with a string over random operations", "[loop][ready_queue]") {
  std::mt19937 random(3);
  std::deque<node> pool;
  for (int i = 0; i < 26; ++i) pool.emplace_back(static_cast<char>('a' + i));
  queue nodes;
  std::string expected;
  bool right = true;

  for (int round = 0; round < 50'000; ++round) {
    node& each = pool[random() % pool.size()];
    if (!each.queued()) {
      nodes.push(each);
      expected += each.name;
    } else if (random() % 2 == 0) {
      right = right && nodes.remove(each);
      expected.erase(expected.find(each.name), 1);
    } else {
      right = right && static_cast<node&>(nodes.pop()).name == expected.front();
      expected.erase(0, 1);
    }
  }

  CHECK(right);
  CHECK(drain(nodes) == expected);
}
