// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

struct include {
  std::string header;
  bool quoted = false;
  std::size_t line = 0;
};

struct source_file {
  std::string name;    // relative to the root, with slashes
  std::string folder;  // the layer; empty for what is in none
  std::vector<std::string> lines;
  std::vector<std::string> code;  // the lines without comments
  std::vector<include> includes;

  bool header() const { return name.ends_with(".hpp"); }
};

/// The whole content of a file; throws if there is none.
std::string read(const std::filesystem::path& path);

std::vector<std::string> lines_of(const std::string& text);

bool blank(const std::string& line);

/// "task" for include/ouro/task/x.hpp, src/task/x.cpp and tests/task/x_test.cpp.
std::string folder_of(std::string_view name);

/// Every .hpp and .cpp below `root / folder`; none if there is no such folder.
std::vector<source_file> files_below(const std::filesystem::path& root, const char* folder);

/// The lines of a rules file as words, without comments and blank lines.
std::vector<std::vector<std::string>> rules_in(const std::filesystem::path& path);
