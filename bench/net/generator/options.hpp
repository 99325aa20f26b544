// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace net_bench {

struct load_options {
  std::string host = "127.0.0.1";  // an IPv4 address
  int port = 0;
  std::string path;  // of a UNIX socket, instead of host and port
  bool udp = false;

  std::size_t connections = 50;
  std::size_t size = 64;  // of a request
  std::size_t depth = 1;  // requests under way on a connection
  double duration = 2;    // seconds
  double warmup = 0.3;    // seconds before what is measured
  double rate = 0;        // requests a second over all connections; 0: the next after an answer
  std::uint64_t requests = 0;  // ends after so many instead of at a time; 0: does not
  bool hold = false;           // one request each, then idle until stdin ends, then one more each
  bool spin = false;           // looks for answers all the time instead of sleeping
  int watch = 0;               // the process whose CPU time is reported; 0: none
};

extern const char* const load_usage;

/// Throws bad_option.
load_options parse_load_options(int argc, char** argv);

}  // namespace net_bench
