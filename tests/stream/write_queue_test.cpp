// SPDX-License-Identifier: BSL-1.0
#include "ouro/stream/detail/write_queue.hpp"

#include "tests/support/catch.hpp"

#include <array>
#include <string>
#include <string_view>

namespace {

/// Somebody who waits until bytes are sent, and notes what happens.
class waiting final : public ouro::detail::borrowed_segment {
 public:
  waiting(kind what, std::string_view text, std::string& log, char name)
      : borrowed_segment(what, ouro::as_buffer(text)), log_(log), name_(name) {}
  void on_turn() noexcept override { (log_ += name_) += "+ "; }
  void on_dropped() noexcept override { (log_ += name_) += "- "; }
  void on_returned() noexcept override { (log_ += name_) += "< "; }

 private:
  std::string& log_;
  char name_;
};

std::string gathered(ouro::detail::write_queue& queue) {
  std::array<ouro::const_buffer, 8> parts;
  std::string text;
  const std::size_t count = queue.gather(parts);
  for (std::size_t i = 0; i < count; ++i) text += std::string(ouro::as_text(parts[i])) + "|";
  return text;
}

}  // namespace

TEST_CASE("write_queue: copies join, and borrowed bytes keep their place",
          "[stream][write_queue]") {
  using kind = ouro::detail::write_segment::kind;
  std::string log;
  ouro::detail::write_queue queue;
  waiting borrowed(kind::borrowed, "BB", log, 'b');
  queue.append(ouro::as_buffer("a"));
  queue.append(ouro::as_buffer("a"));
  queue.append(borrowed);
  queue.append(ouro::as_buffer("cc"));

  CHECK(gathered(queue) == "aa|BB|cc|");
  CHECK(queue.size() == 4);
  queue.consume(3);
  CHECK(gathered(queue) == "B|cc|");
  CHECK(log == "");
  queue.consume(2);
  CHECK(log == "b+ ");
  CHECK(gathered(queue) == "c|");
  queue.consume(1);
  CHECK(queue.empty());
}

TEST_CASE("write_queue: nothing is sent past a barrier, which is told once",
          "[stream][write_queue]") {
  using kind = ouro::detail::write_segment::kind;
  std::string log;
  ouro::detail::write_queue queue;
  waiting barrier(kind::barrier, "", log, 'x');
  queue.append(ouro::as_buffer("a"));
  queue.append(barrier);
  queue.append(ouro::as_buffer("b"));

  CHECK(gathered(queue) == "a|");
  queue.consume(1);
  CHECK_FALSE(queue.sendable());
  queue.reach_barrier();
  queue.reach_barrier();
  CHECK(log == "x+ ");
  queue.remove(barrier);
  CHECK(gathered(queue) == "b|");
}

TEST_CASE("write_queue: a copy takes the place of bytes that are taken back",
          "[stream][write_queue]") {
  using kind = ouro::detail::write_segment::kind;
  std::string log;
  ouro::detail::write_queue queue;
  waiting first(kind::borrowed, "first", log, 'f');
  waiting second(kind::borrowed, "second", log, 's');
  queue.append(first);
  queue.append(second);
  queue.consume(2);

  REQUIRE(queue.replace_by_copy(first));
  queue.return_borrowed();
  CHECK(log == "s< ");
  CHECK(gathered(queue) == "rst|second|");
  queue.clear();

  CHECK(log == "s< s- ");
  CHECK(queue.empty());
  CHECK(queue.size() == 0);
}

TEST_CASE("write_queue: what is put in front of a barrier is sent before it is told again",
          "[stream][write_queue]") {
  using kind = ouro::detail::write_segment::kind;
  std::string log;
  ouro::detail::write_queue queue;
  waiting barrier(kind::barrier, "", log, 'x');
  queue.append(barrier);
  queue.append(ouro::as_buffer("behind"));
  queue.reach_barrier();

  queue.insert_before(barrier, ouro::as_buffer("before"));
  CHECK(gathered(queue) == "before|");
  queue.consume(6);
  queue.reach_barrier();

  CHECK(log == "x+ x+ ");
  CHECK_FALSE(queue.sendable());
  queue.remove(barrier);
  queue.clear();
}

TEST_CASE("write_queue: keeps a small block for what is written next, until it is told not to",
          "[stream][write_queue]") {
  ouro::detail::write_queue queue;
  CHECK_FALSE(queue.has_spare());
  queue.append(ouro::as_buffer("a"));
  const std::byte* const where = queue.front().data();
  queue.consume(1);
  CHECK(queue.has_spare());

  queue.append(ouro::as_buffer("b"));
  CHECK(queue.front().data() == where);
  CHECK_FALSE(queue.has_spare());
  queue.consume(1);
  queue.release_spare();

  CHECK_FALSE(queue.has_spare());
}

TEST_CASE("write_queue: gathers no more parts than there is room for", "[stream][write_queue]") {
  using kind = ouro::detail::write_segment::kind;
  std::string log;
  ouro::detail::write_queue queue;
  waiting first(kind::borrowed, "1", log, 'f');
  waiting second(kind::borrowed, "2", log, 's');
  queue.append(first);
  CHECK(queue.is_single());
  queue.append(second);
  CHECK_FALSE(queue.is_single());

  std::array<ouro::const_buffer, 1> one;
  const std::size_t count = queue.gather(one);

  CHECK(count == 1);
  CHECK(ouro::as_text(one[0]) == "1");
  CHECK(queue.size() == 0);  // the bytes are somebody else's
  queue.clear();
  CHECK(log == "f- s- ");
}
