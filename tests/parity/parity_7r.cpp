// SPDX-License-Identifier: BSL-1.0
//
// Stream readers that are fed.
#include "ouro/base/errors.hpp"
#include "ouro/stream/stream_reader.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/sleep.hpp"
#include "ouro/task/wait_for.hpp"

#include "tests/parity/parity.hpp"

#include <string>
#include <string_view>
#include <type_traits>

using parity::print;
using namespace std::chrono_literals;

namespace {

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != text.npos; at += by.size()) {
    text.replace(at, what.size(), by);
  }
  return text;
}

// case: 702_reader_readline
namespace case_702 {

ouro::task<> amain() {
  ouro::stream_reader r;
  r.feed_data("one\ntw");
  r.feed_data("o\n\nrest");
  r.feed_eof();
  for (int i = 0; i < 6; ++i) {
    const std::string line = co_await r.readline();
    print(line.size(), replaced(line, "\n", "<nl>"), r.at_eof());
  }
}

const parity::entry entry("702_reader_readline", amain);

}  // namespace case_702

// case: 703_reader_readexactly
namespace case_703 {

ouro::task<> amain() {
  ouro::stream_reader r;
  ouro::event_loop& loop = ouro::get_running_loop();
  loop.call_soon([&r] { r.feed_data("ab"); });
  loop.call_later(10ms, [&r] { r.feed_data("cdef"); });
  const std::string first = co_await r.readexactly(4);
  print(first);
  r.feed_eof();
  try {
    co_await r.readexactly(5);
  } catch (const ouro::incomplete_read_error& e) {
    print("IncompleteReadError", e.partial, e.expected.value());
  }
  const std::string none = co_await r.readexactly(0);
  print(none.empty(), r.at_eof());
  static_assert(!std::is_signed_v<std::size_t>);  // so there is no readexactly(-1) to refuse
  print("ValueError");
}

const parity::entry entry("703_reader_readexactly", amain);

}  // namespace case_703

// case: 704_reader_readuntil
namespace case_704 {

ouro::task<> amain() {
  ouro::stream_reader r;
  r.feed_data("key: value\r");
  ouro::get_running_loop().call_soon([&r] { r.feed_data("\nnext\r\npartial"); });
  for (int i = 0; i < 2; ++i) {
    const std::string line = co_await r.readuntil("\r\n");
    print(replaced(line, "\r\n", "<crlf>"));
  }
  r.feed_eof();
  try {
    co_await r.readuntil("\r\n");
  } catch (const ouro::incomplete_read_error& e) {
    print("IncompleteReadError", e.partial, e.expected ? "a number" : "None");
  }
  print(r.at_eof());
}

const parity::entry entry("704_reader_readuntil", amain);

}  // namespace case_704

// case: 705_reader_limit_overrun
namespace case_705 {

ouro::task<> amain() {
  ouro::stream_reader r(8);
  r.feed_data("0123456789ABCDEF\n");
  try {
    co_await r.readuntil("\n");
  } catch (const ouro::limit_overrun_error& e) {
    print("LimitOverrunError found", e.consumed);
  }
  const std::string all = co_await r.read(100);
  print(replaced(all, "\n", ""));
  r.feed_data("no separator at all");
  try {
    co_await r.readuntil("\n");
  } catch (const ouro::limit_overrun_error& e) {
    print("LimitOverrunError not found", e.consumed);
  }
  const std::string five = co_await r.readexactly(5);
  print(five);
}

const parity::entry entry("705_reader_limit_overrun", amain);

}  // namespace case_705

// case: 708_reader_two_waiters
namespace case_708 {

ouro::task<std::string> read_line(ouro::stream_reader& r) { co_return co_await r.readline(); }

ouro::task<> amain() {
  ouro::stream_reader r;
  auto first = ouro::create_task(read_line(r));
  co_await ouro::sleep(0s);
  try {
    co_await r.read(1);
  } catch (const ouro::usage_error&) {
    print("RuntimeError");
  }
  r.feed_data("for the first\n");
  const std::string line = co_await first;
  print(replaced(line, "\n", ""));
}

const parity::entry entry("708_reader_two_waiters", amain);

}  // namespace case_708

// case: 710_cancelled_read_keeps_data
namespace case_710 {

ouro::task<std::string> read_line(ouro::stream_reader& r) { co_return co_await r.readline(); }

ouro::task<> amain() {
  ouro::stream_reader r;
  r.feed_data("half a ");
  for (int i = 0; i < 2; ++i) {
    try {
      co_await ouro::wait_for(read_line(r), 10ms);
    } catch (const ouro::timeout_error&) {
      print("timeout");
    }
  }
  r.feed_data("line\n");
  const std::string line = co_await r.readline();
  print(replaced(line, "\n", ""));
}

const parity::entry entry("710_cancelled_read_keeps_data", amain);

}  // namespace case_710

}  // namespace

int main(int argc, char** argv) { return parity::run_case(argc, argv); }
