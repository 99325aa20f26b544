// SPDX-License-Identifier: BSL-1.0
#include "options.hpp"

#include "../system.hpp"
#include "pattern.hpp"

namespace net_bench {

const char* const load_usage =
    R"(net_generator (--port N [--host ADDRESS] [--udp] | --unix PATH)
  [--connections 50] [--size 64] [--depth 1] [--duration 2] [--warmup 0.3]
  [--rate N | --requests N | --hold] [--spin] [--watch PID]

Sends requests to an echo server, compares every byte of the answers, and prints a line of JSON.
A wrong byte, a lost connection or a missing answer is said on stderr and makes the status 1.

  --depth     stream requests that a connection has under way
  --warmup    seconds at the least; goes on until there were four answers a connection
  --rate      sends at fixed times, so many requests a second over all connections, whatever the
              answers do; latency counts from the time at which a request was due
  --requests  ends after so many answers
  --hold      one request a connection, then says `ready` and leaves the connections alone until
              stdin ends, then one more request each
  --spin      looks for answers without ever sleeping: then the server's wake-up is the only one
  --watch     reports the CPU time that a process took meanwhile
)";

namespace {

bool take_flag(load_options& options, const std::string& name) {
  if (name == "--udp") {
    options.udp = true;
  } else if (name == "--hold") {
    options.hold = true;
  } else if (name == "--spin") {
    options.spin = true;
  } else {
    return false;
  }
  return true;
}

void take_value(load_options& options, const std::string& name, const std::string& value) {
  const auto number = [&](double least, double most) {
    return parse_number(name, value, least, most);
  };
  const auto count = [&](double least, double most) {
    return static_cast<std::size_t>(number(least, most));
  };
  if (name == "--host") {
    options.host = value;
  } else if (name == "--port") {
    options.port = static_cast<int>(number(1, 65535));
  } else if (name == "--unix") {
    options.path = value;
  } else if (name == "--connections") {
    options.connections = count(1, 60'000);
  } else if (name == "--size") {
    options.size = count(1, 1 << 24);
  } else if (name == "--depth") {
    options.depth = count(1, 4096);
  } else if (name == "--duration") {
    options.duration = number(0.01, 3600);
  } else if (name == "--warmup") {
    options.warmup = number(0, 600);
  } else if (name == "--rate") {
    options.rate = number(1, 1e8);
  } else if (name == "--requests") {
    options.requests = count(1, 1e12);
  } else if (name == "--watch") {
    options.watch = static_cast<int>(number(1, 1 << 30));
  } else {
    throw bad_option("there is no option " + name);
  }
}

}  // namespace

load_options parse_load_options(int argc, char** argv) {
  load_options options;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (take_flag(options, name)) continue;
    if (++i == argc) throw bad_option(name + " is unknown, or lacks its value");
    take_value(options, name, argv[i]);
  }
  if (options.path.empty() == (options.port == 0)) throw bad_option("needs --port or --unix");
  if (options.udp && !options.path.empty()) throw bad_option("--udp needs --port");
  if (options.udp && options.depth > 1) throw bad_option("--depth is for streams");
  if (options.udp && options.size > 65'507) throw bad_option("--size: too much for a datagram");
  if ((options.rate > 0) + (options.requests > 0) + options.hold > 1) {
    throw bad_option("--rate, --requests and --hold exclude each other");
  }
  // All requests would be the same then.
  if (options.size % pattern::period == 0) throw bad_option("--size: not this one");
  return options;
}

}  // namespace net_bench
