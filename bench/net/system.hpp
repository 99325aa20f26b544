// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cerrno>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <sys/resource.h>
#include <system_error>

namespace net_bench {

/// What a program says before it ends with status 1, or 2 if it was called in a wrong way.
struct failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct bad_option : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline int checked(int result, const char* name) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), name);
  return result;
}

/// Raises the limit of open descriptors to `wanted` if it can, else to the most it may.
inline void raise_descriptor_limit(rlim_t wanted) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur >= wanted) return;
  rlimit more{wanted, wanted > limit.rlim_max ? wanted : limit.rlim_max};
  if (setrlimit(RLIMIT_NOFILE, &more) == 0) return;
  more = {limit.rlim_max, limit.rlim_max};
  setrlimit(RLIMIT_NOFILE, &more);
}

/// A number from `least` to `most`; throws bad_option.
inline double parse_number(const std::string& option, const std::string& text, double least,
                           double most) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || !(value >= least && value <= most)) {
    throw bad_option(option + " cannot be '" + text + "'");
  }
  return value;
}

}  // namespace net_bench
