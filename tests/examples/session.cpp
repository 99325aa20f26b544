// SPDX-License-Identifier: BSL-1.0
// session SERVER [ARGUMENT...] [-- CLIENT [ARGUMENT...]]...
//
// Starts a server and waits for its first line. Runs the clients, one after the other, each with
// two lines to read; an argument PORT, or one that ends with :PORT, gets the port with which the
// server's line ends. Then sends Ctrl-C. Prints what all of them have printed, and their exit
// codes.

#include "tests/examples/child_process.hpp"

#include <algorithm>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace {

using command = std::vector<std::string>;

std::vector<command> split(int argc, char** argv) {
  std::vector<command> commands(1);
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--") {
      commands.emplace_back();
    } else {
      commands.back().emplace_back(argv[i]);
    }
  }
  return commands;
}

/// The digits between the last colon and the end of the line; empty if there are none.
std::string port_in(const std::string& line) {
  const std::size_t colon = line.rfind(':');
  if (colon == std::string::npos) return "";
  return line.substr(colon + 1, line.size() - colon - 2);
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  if (what.empty()) return text;
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size()) {
    text.replace(at, what.size(), with);
  }
  return text;
}

void run_client(const command& client, const std::string& port) {
  command actual = client;
  for (std::string& argument : actual) {
    if (argument == "PORT" || argument.ends_with(":PORT"))
      argument = replaced(argument, "PORT", port);
  }
  test::child_process process(actual, "first line\nsecond line\n");
  const std::string output = process.read_all();
  const std::string name = client[0].substr(client[0].rfind('/') + 1);
  std::printf("== %s\n%s== ended with %d\n", name.c_str(), output.c_str(), process.wait());
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const std::vector<command> commands = split(argc, argv);
    test::child_process server(commands[0], "");
    const std::string first_line = server.read_line();
    const std::string port = port_in(first_line);
    std::printf("%s", replaced(first_line, port, "PORT").c_str());
    std::for_each(commands.begin() + 1, commands.end(),
                  [&](const command& client) { run_client(client, port); });

    server.send_signal(SIGINT);
    std::printf("== Ctrl-C\n%s", server.read_all().c_str());
    std::printf("== ended with %d\n", server.wait());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "session: %s\n", error.what());
    return 1;
  }
}
