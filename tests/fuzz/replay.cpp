// SPDX-License-Identifier: BSL-1.0
// Stands in for libFuzzer: calls the target with each input of a corpus. A corpus is a text file
// with an input a line, in which \n, \r, \0, \\ and \xHH stand for bytes; # begins a comment line.
#include "tests/fuzz/fuzz_target.hpp"

#include <fstream>
#include <iostream>
#include <string>

namespace {

std::string unescape(std::string_view line) {
  std::string bytes;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] != '\\' || i + 1 == line.size()) {
      bytes += line[i];
      continue;
    }
    switch (line[++i]) {
      case 'n':
        bytes += '\n';
        break;
      case 'r':
        bytes += '\r';
        break;
      case '0':
        bytes += '\0';
        break;
      case 'x':
        bytes += static_cast<char>(std::stoi(std::string(line.substr(i + 1, 2)), nullptr, 16));
        i += 2;
        break;
      default:
        bytes += line[i];
    }
  }
  return bytes;
}

}  // namespace

int main(int count, char** arguments) {
  int inputs = 0;
  for (int i = 1; i < count; ++i) {
    std::ifstream corpus(arguments[i]);
    for (std::string line; std::getline(corpus, line);) {
      if (line.starts_with('#')) continue;
      const std::string input = unescape(line);
      LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
      ++inputs;
    }
  }
  std::cout << inputs << " inputs\n";
  return inputs == 0 ? 1 : 0;
}
