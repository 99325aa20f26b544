// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/socket_option.hpp"

#include "ouro/base/system.hpp"

#include <limits>
#include <stdexcept>
#include <string>
#include <utility>

namespace ouro::inline v0::detail {
namespace {

using std::chrono::seconds;

/// The kernel has an int for it.
template <class Number>
int to_int(Number value) {
  if (!std::in_range<int>(value)) {
    throw std::invalid_argument(std::to_string(value) + " is too large for a socket option");
  }
  return static_cast<int>(value);
}

}  // namespace

void write_option(int fd, const socket_option_key<bool>& option, bool value) {
  set_socket_option(fd, option.level, option.name, value ? 1 : 0);
}

void write_option(int fd, const socket_option_key<int>& option, int value) {
  set_socket_option(fd, option.level, option.name, value);
}

void write_option(int fd, const socket_option_key<std::size_t>& option, std::size_t value) {
  set_socket_option(fd, option.level, option.name, to_int(value));
}

void write_option(int fd, const socket_option_key<seconds>& option, seconds value) {
  set_socket_option(fd, option.level, option.name, to_int(value.count()));
}

// A negative time would mean for ever to the kernel.
void write_option(int fd, const socket_option_key<std::optional<seconds>>& option,
                  std::optional<seconds> value) {
  if (value && *value < seconds::zero()) {
    throw std::invalid_argument("the time to linger is negative");
  }
  ::linger native{};
  native.l_onoff = value ? 1 : 0;
  native.l_linger = value ? to_int(value->count()) : 0;
  set_socket_option(fd, option.level, option.name, &native, sizeof native);
}

bool read_option(int fd, const socket_option_key<bool>& option) {
  return get_socket_option(fd, option.level, option.name) != 0;
}

int read_option(int fd, const socket_option_key<int>& option) {
  return get_socket_option(fd, option.level, option.name);
}

std::size_t read_option(int fd, const socket_option_key<std::size_t>& option) {
  return static_cast<std::size_t>(get_socket_option(fd, option.level, option.name));
}

seconds read_option(int fd, const socket_option_key<seconds>& option) {
  return seconds(get_socket_option(fd, option.level, option.name));
}

std::optional<seconds> read_option(int fd,
                                   const socket_option_key<std::optional<seconds>>& option) {
  ::linger native{};
  get_socket_option(fd, option.level, option.name, &native, sizeof native);
  if (native.l_onoff == 0) return std::nullopt;
  return seconds(native.l_linger);
}

}  // namespace ouro::inline v0::detail
