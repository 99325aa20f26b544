// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/detail/file_identity.hpp"

#include <sys/stat.h>

namespace ouro::inline v0::detail {

file_identity file_identity::of(int fd) noexcept {
  struct ::stat status{};
  if (::fstat(fd, &status) != 0) return {};
  return {status.st_dev, status.st_ino};
}

}  // namespace ouro::inline v0::detail
