// SPDX-License-Identifier: BSL-1.0
// docs_check [--expect N] links ROOT PAGE...    relative links, and paths in `code`, exist
// docs_check [--expect N] cells PAGE SOURCE     code in the last column of PAGE's tables is in
// SOURCE
//
// Prints a line for each problem. Succeeds if there are none, or N.

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;

int problems = 0;

void report(const std::string& page, int line, const std::string& text) {
  std::printf("%s:%d: %s\n", page.c_str(), line, text.c_str());
  ++problems;
}

/// Calls `use` with each line that stands outside of code blocks, and its number.
void for_each_line(const std::string& page,
                   const std::function<void(const std::string&, int)>& use) {
  std::ifstream file(page);
  if (!file) report(page, 0, "cannot be read");
  bool in_block = false;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (line.starts_with("```")) {
      in_block = !in_block;
    } else if (!in_block) {
      use(line, number);
    }
  }
}

std::vector<std::string> matches(const std::string& text, const std::regex& pattern) {
  std::vector<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), pattern), end; at != end; ++at) {
    found.push_back((*at)[1]);
  }
  return found;
}

const std::regex code_span("`([^`]+)`");

void check_links(const fs::path& root, const std::string& page) {
  static const std::regex link(R"(\]\(([^()#]+)(#[^()]*)?\))");
  static const std::regex path(R"([a-z_.]+(/[A-Za-z0-9_.-]+)*/([A-Za-z0-9_-]+\.[a-z]+)?)");
  const fs::path folder = fs::path(page).parent_path();
  for_each_line(page, [&](const std::string& line, int number) {
    for (const std::string& target : matches(std::regex_replace(line, code_span, ""), link)) {
      if (target.find("://") == std::string::npos && !fs::exists(folder / target)) {
        report(page, number, "there is no " + target);
      }
    }
    for (const std::string& code : matches(line, code_span)) {
      if (std::regex_match(code, path) && !fs::exists(root / code) &&
          !fs::exists(root / "include/ouro" / code) && !fs::exists(root / "include" / code) &&
          !fs::exists(root / "tests" / code)) {
        report(page, number, "there is no " + code);
      }
    }
  });
}

std::string without_extra_space(const std::string& text) {
  return std::regex_replace(text, std::regex(R"(\s+)"), " ");
}

void check_cells(const std::string& page, const std::string& source) {
  std::ifstream file(source);
  const std::string code =
      without_extra_space(std::string(std::istreambuf_iterator<char>(file), {}));
  for_each_line(page, [&](const std::string& line, int number) {
    if (!line.starts_with("| `")) return;
    const std::size_t end = line.rfind('|');
    const std::size_t begin = line.rfind(" | ", end - 1);
    if (begin == std::string::npos) return report(page, number, "a row without columns");
    for (const std::string& piece : matches(line.substr(begin, end - begin), code_span)) {
      if (code.find(without_extra_space(piece)) == std::string::npos) {
        report(page, number, "is not compiled: " + piece);
      }
    }
  });
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  int expected = 0;
  if (arguments.size() > 2 && arguments[0] == "--expect") {
    expected = std::atoi(arguments[1].c_str());
    arguments.erase(arguments.begin(), arguments.begin() + 2);
  }
  if (arguments.size() < 3) return 2;
  if (arguments[0] == "links") {
    for (std::size_t i = 2; i < arguments.size(); ++i) check_links(arguments[1], arguments[i]);
  } else {
    check_cells(arguments[1], arguments[2]);
  }
  return problems == expected ? 0 : 1;
}
