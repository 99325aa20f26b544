// SPDX-License-Identifier: BSL-1.0
// A stream_reader that is fed in chunks of any size gives the same as a model that has the whole
// text. Input: a byte for the limit, a byte for the chunks, letters for reads up to '|' (see
// player::step), the text.
#include "ouro/base/errors.hpp"
#include "ouro/loop/event_loop.hpp"
#include "ouro/stream/stream_reader.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/sleep.hpp"

#include "tests/fuzz/fuzz_target.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using namespace std::string_view_literals;
using ouro_fuzz::expect;

constexpr std::array several{"\r\n"sv, "\n"sv, "--"sv, "\n--"sv, "ab"sv, "aab"sv};
constexpr std::array one_sign{"\n"sv};
constexpr std::array two_signs{"\r\n"sv};
using signs = std::span<const std::string_view>;

/// What a read up to a separator comes to.
struct ending {
  enum { found, overrun, end } what;
  std::size_t size;  // of what is taken
};

/// Tries each end after another, as nobody would who has to be fast.
ending model_until(std::string_view rest, signs ends, std::size_t limit) {
  std::size_t longest = 0;
  for (const std::string_view each : ends) longest = std::max(longest, each.size());
  for (std::size_t size = 1; size <= rest.size(); ++size) {
    std::size_t length = 0;
    for (const std::string_view each : ends) {
      if (rest.substr(0, size).ends_with(each)) length = std::max(length, each.size());
    }
    if (length == 0) continue;
    if (size - length > limit) return {ending::overrun, 0};
    return {ending::found, size};
  }
  if (rest.size() >= limit + longest) return {ending::overrun, 0};
  return {ending::end, rest.size()};
}

/// Reads as the letters say, and compares with the model.
class player {
 public:
  player(ouro::stream_reader& reader, std::string_view text, std::size_t limit)
      : reader_(reader), rest_(text), limit_(limit) {}

  ouro::task<> play(std::string_view letters) {
    if (letters.empty()) letters = "l";
    for (std::size_t i = 0; !rest_.empty(); ++i) co_await step(letters[i % letters.size()]);
    for (const char letter : letters.substr(0, 8)) co_await step(letter);
    expect(reader_.at_eof(), "everything is read, and at_eof() does not say so");
  }

 private:
  ouro::task<> step(char letter) {
    const auto small = static_cast<std::size_t>(letter) % 7;
    switch (letter) {
      case 'u':
        return until(two_signs);
      case 'm':
        return until(several);
      case 'v':
        return view();
      case 'a':
        return next();
      case 's':
        return skip();
      case 'c':
        return cancelled();
      case 'x':
        return into(std::max<std::size_t>(1, rest_.size() / 3));
      case '1':
      case '2':
      case '3':
      case '4':
      case '5':
        return some(small + 1);
      case 'e':
      case 'f':
      case 'g':
      case 'h':
        return exactly(small + 1);
      default:
        return line();
    }
  }

  void take(std::string_view got, std::size_t size, const char* what) {
    expect(got == rest_.substr(0, size), what);
    rest_.remove_prefix(size);
  }

  ouro::task<> until(signs ends) {
    const ending wanted = model_until(rest_, ends, limit_);
    std::string got;
    try {
      got = co_await reader_.readuntil(ends);
      expect(wanted.what == ending::found, "readuntil() finds what is not there");
    } catch (const ouro::limit_overrun_error&) {
      expect(wanted.what == ending::overrun, "readuntil() says that the limit is overrun");
    } catch (const ouro::incomplete_read_error& error) {
      expect(wanted.what == ending::end, "readuntil() says that the end came first");
      got = error.partial;
    }
    take(got, wanted.size, "readuntil() gives other bytes");
    if (wanted.what == ending::overrun) co_await exactly(1);
  }

  /// Compares a line, which at the end need not be whole.
  template <class Read>
  ouro::task<> any_line(Read read) {
    const ending wanted = model_until(rest_, one_sign, limit_);
    bool overrun = false;
    try {
      const std::string got(co_await std::move(read));
      take(got, wanted.size, "readline() gives other bytes");
    } catch (const ouro::limit_overrun_error&) {
      overrun = true;
    }
    expect(overrun == (wanted.what == ending::overrun), "readline() and the limit");
    if (overrun) co_await exactly(1);
  }
  ouro::task<> line() { return any_line(reader_.readline()); }
  ouro::task<> view() { return any_line(reader_.readline_view()); }

  ouro::task<> next() {
    const ending wanted = model_until(rest_, one_sign, limit_);
    if (wanted.what == ending::overrun) {
      co_await exactly(1);
      co_return;
    }
    const std::optional<std::string> got = co_await reader_.anext();
    expect(got.has_value() == !rest_.empty(), "anext() and the end");
    take(got.value_or(""), wanted.size, "anext() gives other bytes");
  }

  ouro::task<> skip() {
    const std::size_t count = co_await reader_.skip_line();
    const std::size_t end = rest_.find('\n');
    expect(count == (end == rest_.npos ? rest_.size() : end + 1), "skip_line() and the line end");
    rest_.remove_prefix(count);
  }

  ouro::task<> exactly(std::size_t count) {
    std::string got;
    try {
      got = co_await reader_.readexactly(count);
      expect(got.size() == count, "readexactly() gives another number of bytes");
    } catch (const ouro::incomplete_read_error& error) {
      expect(rest_.size() < count && error.expected == count, "readexactly() ends early");
      got = error.partial;
    }
    take(got, std::min(count, rest_.size()), "readexactly() gives other bytes");
  }

  ouro::task<> into(std::size_t count) {
    std::vector<std::byte> memory(count);
    std::string got;
    try {
      co_await reader_.readexactly(memory);
      got = ouro::as_text(memory);
    } catch (const ouro::incomplete_read_error& error) {
      expect(rest_.size() < count, "readexactly() into memory ends early");
      got = error.partial;
    }
    take(got, std::min(count, rest_.size()), "readexactly() fills in other bytes");
  }

  ouro::task<> some(std::size_t most) {
    const std::string got = co_await reader_.read(most);
    expect(got.size() <= most && got.empty() == rest_.empty(), "read() gives an odd number");
    take(got, got.size(), "read() gives other bytes");
  }

  /// Wants more than there will ever be at once, and gives up.
  ouro::task<> cancelled() {
    auto reading = ouro::create_task([](ouro::stream_reader& from) -> ouro::task<std::string> {
      co_return co_await from.readexactly(9);
    }(reader_));
    co_await ouro::sleep(0s);
    reading.cancel();
    bool came_first = false;
    try {
      const std::string got = co_await reading;
      take(got, 9, "a read that is cancelled late gives other bytes");
    } catch (const ouro::cancelled_error&) {
      came_first = true;
    } catch (const ouro::incomplete_read_error& error) {
      take(error.partial, rest_.size(), "a read that is cancelled at the end gives other bytes");
    }
    if (came_first) co_await exactly(1);
  }

  ouro::stream_reader& reader_;
  std::string_view rest_;
  std::size_t limit_;
};

ouro::task<> run(std::string_view input) {
  const std::size_t limit = 1 + static_cast<unsigned char>(input[0]) % 40;
  std::minstd_rand random(static_cast<unsigned char>(input[1]) + 1U);
  input.remove_prefix(2);
  const std::size_t bar = std::min(input.find('|'), input.size());
  const std::string_view text = input.substr(std::min(bar + 1, input.size()));

  ouro::stream_reader reader(limit);
  player user(reader, text, limit);
  auto playing = ouro::create_task(user.play(input.substr(0, bar)));
  for (std::string_view left = text; !left.empty();) {
    const std::size_t size = std::min<std::size_t>(left.size(), 1 + random() % 11);
    reader.feed_data(left.substr(0, size));
    left.remove_prefix(size);
    if (random() % 3 != 0) co_await ouro::sleep(0s);
  }
  reader.feed_eof();
  co_await playing;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static ouro::event_loop loop;
  if (size >= 2) loop.run_until_complete(run(ouro_fuzz::text_of(data, size)));
  return 0;
}
