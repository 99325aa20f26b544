// SPDX-License-Identifier: BSL-1.0
// The load generator of the network benchmark. It stands on io_uring alone, so that it is not what
// is measured.
#include "../system.hpp"
#include "load.hpp"
#include "options.hpp"

#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>
#include <unistd.h>

namespace {

void print(const net_bench::load_options& options, const net_bench::load_report& report,
           int errors) {
  const auto requests = static_cast<double>(report.requests);
  const double seconds = report.seconds > 0 ? report.seconds : 1;
  const auto microseconds = [&](double share) { return report.latency.percentile(share) / 1e3; };
  std::printf("{\"connections\": %zu, \"size\": %zu, \"depth\": %zu, \"seconds\": %.4f, ",
              options.connections, options.size, options.depth, report.seconds);
  std::printf("\"requests\": %.0f, \"requests_per_second\": %.1f, \"megabytes_per_second\": %.3f, ",
              requests, requests / seconds,
              requests * static_cast<double>(options.size) / seconds / 1e6);
  std::printf("\"p50_us\": %.1f, \"p90_us\": %.1f, \"p99_us\": %.1f, \"p99_9_us\": %.1f, ",
              microseconds(0.5), microseconds(0.9), microseconds(0.99), microseconds(0.999));
  std::printf("\"max_us\": %.1f, ", report.latency.max() / 1e3);
  if (report.server_cpu >= 0 && requests > 0) {
    std::printf("\"server_cpu_us\": %.4f, ", report.server_cpu / requests * 1e6);
    std::printf("\"server_busy\": %.3f, ", report.server_cpu / seconds);
  }
  std::printf(
      "\"total_requests\": %llu, \"lost\": %llu, \"bytes_verified\": %llu, \"errors\": %d}\n",
      static_cast<unsigned long long>(report.total), static_cast<unsigned long long>(report.lost),
      static_cast<unsigned long long>(report.verified), errors);
}

void wait_for_end_of_stdin() {
  std::puts("ready");
  std::fflush(stdout);
  char ignored[256];
  while (read(STDIN_FILENO, ignored, sizeof ignored) > 0) {
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::strcmp(argv[1], "--help") == 0) {
    std::fputs(net_bench::load_usage, stdout);
    return 0;
  }
  std::signal(SIGPIPE, SIG_IGN);
  net_bench::load_options options;
  try {
    options = net_bench::parse_load_options(argc, argv);
    net_bench::raise_descriptor_limit(options.connections + 100);
    net_bench::load load(options);
    print(options, options.hold ? load.hold(wait_for_end_of_stdin) : load.run(), 0);
    return 0;
  } catch (const net_bench::bad_option& error) {
    std::fprintf(stderr, "net_generator: %s\n", error.what());
    return 2;
  } catch (const std::exception& error) {
    print(options, {}, 1);
    std::fprintf(stderr, "net_generator: %s\n", error.what());
    return 1;
  }
}
