// SPDX-License-Identifier: BSL-1.0
#include "ouro/base/time.hpp"

#include "tests/support/catch.hpp"

#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <ratio>

using namespace std::chrono_literals;
using ouro::detail::saturating_add;
using ouro::detail::to_duration;

namespace {

using seconds_as_double = std::chrono::duration<double>;
using seconds_as_float = std::chrono::duration<float>;
using thirds = std::chrono::duration<std::int64_t, std::ratio<1, 3>>;
using picoseconds = std::chrono::duration<std::int64_t, std::pico>;

constexpr ouro::time_point end = ouro::time_point::max();
constexpr ouro::time_point beginning = ouro::time_point::min();
constexpr ouro::time_point some_time{1h};

}  // namespace

TEST_CASE("time: saturating_add() adds where there is room", "[base][time]") {
  CHECK(saturating_add(some_time, 5s) == some_time + 5s);
  CHECK(saturating_add(some_time, -5s) == some_time - 5s);
  CHECK(saturating_add(some_time, 0s) == some_time);
}

TEST_CASE("time: saturating_add() stops at both ends of time", "[base][time]") {
  CHECK(saturating_add(some_time, ouro::duration::max()) == end);
  CHECK(saturating_add(end, 1ns) == end);
  CHECK(saturating_add(end - 1ns, 1ns) == end);
  CHECK(saturating_add(end - 2ns, 1ns) == end - 1ns);
  CHECK(saturating_add(beginning, -1ns) == beginning);
  CHECK(saturating_add(ouro::time_point(-1ns), ouro::duration::min()) == beginning);
  CHECK(saturating_add(ouro::time_point(), ouro::duration::min()) == beginning);
  CHECK(saturating_add(end, ouro::duration::min()) == ouro::time_point(-1ns));
}

TEST_CASE("time: to_duration() converts what nanoseconds can express exactly", "[base][time]") {
  CHECK(to_duration(3ns) == 3ns);
  CHECK(to_duration(2h) == 7200s);
  CHECK(to_duration(-2ms) == -2ms);
  CHECK(to_duration(seconds_as_double(0.5)) == 500ms);
  CHECK(to_duration(seconds_as_double(0.001)) == 1ms);
}

TEST_CASE("time: to_duration() rounds up, so that no wait is too short", "[base][time]") {
  CHECK(to_duration(picoseconds(1)) == 1ns);
  CHECK(to_duration(picoseconds(1000)) == 1ns);
  CHECK(to_duration(picoseconds(1001)) == 2ns);
  CHECK(to_duration(picoseconds(-1999)) == -1ns);
  CHECK(to_duration(thirds(1)) == 333'333'334ns);
  CHECK(to_duration(seconds_as_double(1e-12)) == 1ns);
}

TEST_CASE("time: to_duration() saturates instead of overflowing", "[base][time]") {
  CHECK(to_duration(std::chrono::hours::max()) == ouro::duration::max());
  CHECK(to_duration(std::chrono::hours::min()) == ouro::duration::min());
  CHECK(to_duration(std::chrono::seconds::max()) == ouro::duration::max());
  CHECK(to_duration(seconds_as_double(1e300)) == ouro::duration::max());
  CHECK(to_duration(seconds_as_double(-1e300)) == ouro::duration::min());
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(to_duration(seconds_as_double(infinity)) == ouro::duration::max());
  CHECK(to_duration(seconds_as_double(-infinity)) == ouro::duration::min());
}

TEST_CASE("time: to_duration() does not overflow just below the end of time", "[base][time]") {
  const double end_of_double = 9223372036.854775807;
  const float end_of_float = 9223372036.854775807F;
  CHECK(to_duration(seconds_as_double(std::nextafter(end_of_double, 0.0))) > 292 * 8760h);
  CHECK(to_duration(seconds_as_float(std::nextafter(end_of_float, 0.0F))) > 292 * 8760h);
  CHECK(to_duration(9'223'372'036s) == 9'223'372'036s);
  CHECK(to_duration(9'223'372'037s) == ouro::duration::max());
}

TEST_CASE("time: to_duration() of a float is never much shorter than asked", "[base][time]") {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> exponent(-9.0, 9.9);
  for (int i = 0; i < 10'000; ++i) {
    const seconds_as_double asked(std::pow(10.0, exponent(random)));

    const seconds_as_double given = to_duration(asked);

    // What a double cannot tell apart does not count.
    REQUIRE(given.count() >= asked.count() * (1 - 4 * std::numeric_limits<double>::epsilon()));
  }
}
