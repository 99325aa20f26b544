// SPDX-License-Identifier: BSL-1.0
#include "ouro/base/intrusive_list.hpp"

#include "tests/support/catch.hpp"

#include <deque>
#include <iterator>
#include <random>
#include <string>
#include <vector>

namespace {

struct item : ouro::list_hook {
  explicit item(char its_name) noexcept : name(its_name) {}
  char name;
};

using list = ouro::intrusive_list<item>;

std::string names_in(list& items) {
  std::string names;
  for (item& each : items) names += each.name;
  return names;
}

void clear(list& items) {
  while (!items.empty()) items.pop_front();
}

}  // namespace

TEST_CASE("intrusive_list: is first in, first out", "[base][intrusive_list]") {
  item a('a'), b('b'), c('c');
  list items;
  items.push_back(a);
  items.push_back(b);
  items.push_back(c);

  CHECK(names_in(items) == "abc");
  CHECK(&items.front() == &a);
  CHECK(&items.back() == &c);
  CHECK(&items.pop_front() == &a);
  CHECK(&items.pop_front() == &b);
  CHECK(&items.pop_front() == &c);
  CHECK(items.empty());
}

TEST_CASE("intrusive_list: insert_before() puts an element in front of another",
          "[base][intrusive_list]") {
  item a('a'), b('b'), c('c'), d('d');
  list items;
  items.push_back(a);
  items.push_back(c);

  items.insert_before(c, b);
  items.insert_before(a, d);

  CHECK(names_in(items) == "dabc");
  CHECK(&items.front() == &d);
  clear(items);
}

TEST_CASE("intrusive_list: an element knows whether it is in a list", "[base][intrusive_list]") {
  item a('a');
  list items;
  CHECK(!a.linked());

  items.push_back(a);
  CHECK(a.linked());

  items.pop_front();
  CHECK(!a.linked());
}

TEST_CASE("intrusive_list: an element leaves from anywhere", "[base][intrusive_list]") {
  item a('a'), b('b'), c('c'), d('d');
  list items;
  for (item* each : {&a, &b, &c, &d}) items.push_back(*each);

  b.unlink();
  CHECK(names_in(items) == "acd");
  d.unlink();
  CHECK(names_in(items) == "ac");
  a.unlink();
  CHECK(names_in(items) == "c");
  c.unlink();
  CHECK(items.empty());
}

TEST_CASE("intrusive_list: an element that left comes back at the end", "[base][intrusive_list]") {
  item a('a'), b('b');
  list items;
  items.push_back(a);
  items.push_back(b);

  a.unlink();
  items.push_back(a);

  CHECK(names_in(items) == "ba");
  clear(items);
}

TEST_CASE("intrusive_list: splice_back() appends all and empties the other",
          "[base][intrusive_list]") {
  item a('a'), b('b'), c('c'), d('d');
  list first, second;
  first.push_back(a);
  first.push_back(b);
  second.push_back(c);
  second.push_back(d);

  first.splice_back(second);

  CHECK(names_in(first) == "abcd");
  CHECK(second.empty());
  c.unlink();
  CHECK(names_in(first) == "abd");
  second.push_back(c);
  CHECK(names_in(second) == "c");
  clear(first);
  clear(second);
}

TEST_CASE("intrusive_list: splice_back() of and onto an empty list", "[base][intrusive_list]") {
  item a('a');
  list first, second;

  first.splice_back(second);
  CHECK(first.empty());

  second.push_back(a);
  first.splice_back(second);
  first.splice_back(second);
  CHECK(names_in(first) == "a");
  clear(first);
}

TEST_CASE("intrusive_list: agrees with a deque over random operations", "[base][intrusive_list]") {
  std::mt19937 random(42);
  std::deque<item> pool;
  for (int i = 0; i < 26; ++i) pool.emplace_back(static_cast<char>('a' + i));
  list items;
  std::string expected;

  for (int round = 0; round < 20'000; ++round) {
    item& each = pool[random() % pool.size()];
    if (each.linked()) {
      each.unlink();
      expected.erase(expected.find(each.name), 1);
    } else {
      items.push_back(each);
      expected += each.name;
    }
    if (round % 97 == 0) REQUIRE(names_in(items) == expected);
  }

  CHECK(names_in(items) == expected);
  clear(items);
}
