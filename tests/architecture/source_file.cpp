// SPDX-License-Identifier: BSL-1.0
#include "tests/architecture/source_file.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <stdexcept>

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

namespace {

/// Position after the string or character literal that starts at `begin`.
std::size_t skip_literal(const std::string& text, std::size_t begin) {
  if (text[begin] == '"' && begin > 0 && text[begin - 1] == 'R') {
    const std::size_t open = text.find('(', begin);
    const std::string close = ")" + text.substr(begin + 1, open - begin - 1) + "\"";
    const std::size_t end = text.find(close, open);
    return end == std::string::npos ? text.size() : end + close.size();
  }
  std::size_t at = begin + 1;
  while (at < text.size() && text[at] != text[begin] && text[at] != '\n') {
    at += text[at] == '\\' ? 2 : 1;
  }
  return std::min(at + 1, text.size());
}

/// The text with comments blanked out and lines kept.
std::string without_comments(std::string text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const bool digit_separator =
        text[at] == '\'' && at > 0 && std::isalnum(static_cast<unsigned char>(text[at - 1])) != 0;
    if (text[at] == '"' || (text[at] == '\'' && !digit_separator)) {
      at = skip_literal(text, at);
    } else if (text.compare(at, 2, "//") == 0) {
      while (at < text.size() && text[at] != '\n') text[at++] = ' ';
    } else if (text.compare(at, 2, "/*") == 0) {
      const std::size_t found = text.find("*/", at + 2);
      const std::size_t end = found == std::string::npos ? text.size() : found + 2;
      for (; at < end; ++at) {
        if (text[at] != '\n') text[at] = ' ';
      }
    } else {
      ++at;
    }
  }
  return text;
}

std::vector<include> includes_of(const std::vector<std::string>& code) {
  static const std::regex pattern(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
  std::vector<include> includes;
  for (std::size_t index = 0; index < code.size(); ++index) {
    std::smatch match;
    if (std::regex_search(code[index], match, pattern)) {
      includes.push_back({match[2], match[1] == "\"", index + 1});
    }
  }
  return includes;
}

}  // namespace

bool blank(const std::string& line) { return line.find_first_not_of(" \t\r") == std::string::npos; }

std::string folder_of(std::string_view name) {
  for (const std::string_view root : {"include/ouro/", "src/", "tests/"}) {
    if (!name.starts_with(root)) continue;
    const std::string_view rest = name.substr(root.size());
    const std::size_t slash = rest.find('/');
    return std::string(slash == std::string_view::npos ? "" : rest.substr(0, slash));
  }
  return {};
}

std::vector<source_file> files_below(const fs::path& root, const char* folder) {
  std::vector<source_file> files;
  if (!fs::exists(root / folder)) return files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root / folder)) {
    const fs::path extension = entry.path().extension();
    if (extension != ".hpp" && extension != ".cpp") continue;
    source_file file;
    file.name = entry.path().lexically_relative(root).generic_string();
    file.folder = folder_of(file.name);
    const std::string text = read(entry.path());
    file.lines = lines_of(text);
    file.code = lines_of(without_comments(text));
    file.includes = includes_of(file.code);
    files.push_back(std::move(file));
  }
  return files;
}

std::vector<std::vector<std::string>> rules_in(const fs::path& path) {
  std::vector<std::vector<std::string>> rules;
  for (const std::string& line : lines_of(read(path))) {
    std::istringstream stream(line.substr(0, line.find('#')));
    const std::vector<std::string> words(std::istream_iterator<std::string>(stream), {});
    if (!words.empty()) rules.push_back(words);
  }
  return rules;
}
