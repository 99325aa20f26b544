// SPDX-License-Identifier: BSL-1.0
#include "ouro/testing/open_fds.hpp"

#include "ouro/base/errors.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <dirent.h>
#include <memory>
#include <unistd.h>

namespace ouro::inline v0::testing {
namespace {

constexpr const char* folder = "/proc/self/fd";

std::string target_of(const char* name) {
  std::array<char, 256> text{};
  const std::string path = std::string(folder) + "/" + name;
  const ::ssize_t length = ::readlink(path.c_str(), text.data(), text.size());
  return length < 0 ? "unknown" : std::string(text.data(), static_cast<std::size_t>(length));
}

}  // namespace

std::map<int, std::string> list_open_fds() {
  struct closer {
    void operator()(::DIR* directory) const { ::closedir(directory); }
  };
  const std::unique_ptr<::DIR, closer> directory(::opendir(folder));
  if (directory == nullptr) throw_os_error(errno, "opendir");
  std::map<int, std::string> fds;
  while (const ::dirent* entry = ::readdir(directory.get())) {
    if (entry->d_name[0] == '.') continue;
    const int fd = std::atoi(entry->d_name);
    if (fd != ::dirfd(directory.get())) fds.emplace(fd, target_of(entry->d_name));
  }
  return fds;
}

std::size_t open_fds() { return list_open_fds().size(); }

}  // namespace ouro::inline v0::testing
