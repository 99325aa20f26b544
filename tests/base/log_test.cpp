// SPDX-License-Identifier: BSL-1.0
#include "ouro/base/log.hpp"

#include "tests/support/catch.hpp"

#include <cstdio>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

namespace {

using ouro::log_level;

std::vector<std::string> lines;

void collect(log_level level, std::string_view text) {
  lines.push_back(std::to_string(static_cast<int>(level)) + " " + std::string(text));
}

void refuse(log_level, std::string_view) { throw std::runtime_error("no room"); }

/// The default sink again at the end of a test.
struct restore_sink {
  restore_sink() { lines.clear(); }
  ~restore_sink() { ouro::set_log_sink(nullptr); }
};

/// What `function` writes to stderr.
template <class Function>
std::string stderr_of(Function function) {
  std::FILE* file = std::tmpfile();
  const int saved = ::dup(STDERR_FILENO);
  ::dup2(::fileno(file), STDERR_FILENO);
  function();
  std::fflush(stderr);
  ::dup2(saved, STDERR_FILENO);
  ::close(saved);
  std::string text(4096, '\0');
  std::rewind(file);
  text.resize(std::fread(text.data(), 1, text.size(), file));
  std::fclose(file);
  return text;
}

void log_each_level() {
  ouro::detail::log(log_level::debug, "d");
  ouro::detail::log(log_level::info, "i");
  ouro::detail::log(log_level::warning, "w");
  ouro::detail::log(log_level::error, "e");
}

}  // namespace

TEST_CASE("log: the sink gets warnings and errors", "[base][log]") {
  const restore_sink restore;
  ouro::set_log_sink(&collect);

  log_each_level();

  CHECK(lines == std::vector<std::string>{"2 w", "3 e"});
}

TEST_CASE("log: the level is adjustable", "[base][log]") {
  const restore_sink restore;

  ouro::set_log_sink(&collect, log_level::debug);
  log_each_level();
  ouro::set_log_sink(&collect, log_level::error);
  log_each_level();

  CHECK(lines == std::vector<std::string>{"0 d", "1 i", "2 w", "3 e", "3 e"});
}

TEST_CASE("log: the default sink writes lines to stderr", "[base][log]") {
  ouro::set_log_sink(nullptr);

  const std::string text = stderr_of(&log_each_level);

  CHECK(text == "ouro warning: w\nouro error: e\n");
}

TEST_CASE("log: a null sink restores the default", "[base][log]") {
  const restore_sink restore;
  ouro::set_log_sink(&collect, log_level::debug);

  ouro::set_log_sink(nullptr);
  const std::string text = stderr_of(&log_each_level);

  CHECK(lines.empty());
  CHECK(text == "ouro warning: w\nouro error: e\n");
}

TEST_CASE("log: a sink that throws loses no text", "[base][log]") {
  const restore_sink restore;
  ouro::set_log_sink(&refuse);

  const std::string text = stderr_of([] { ouro::detail::log(log_level::error, "kept"); });

  CHECK(text == "ouro error: kept\n");
}

TEST_CASE("log: the text need not end in a null", "[base][log]") {
  const std::string text = stderr_of(
      [] { ouro::detail::log(log_level::error, std::string_view("abcdef").substr(0, 3)); });

  CHECK(text == "ouro error: abc\n");
}
