// SPDX-License-Identifier: BSL-1.0
#include "setup_error.hpp"

#include "ouro/ring/setup_error.hpp"

#include <cerrno>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace ouro::inline v0::detail {
namespace {

constexpr const char* requirement = "ouro needs Linux >= 6.1 with io_uring";

constexpr const char* allow_in_seccomp =
    "use a seccomp profile that allows io_uring_setup, io_uring_enter and io_uring_register (of a "
    "container: --security-opt seccomp=FILE)";

/// The first line of a file that begins with `prefix`, without the prefix and surrounding blanks;
/// empty if there is none or the file cannot be read.
std::string line_of(const char* path, std::string_view prefix) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path, "re"), &std::fclose);
  if (!file) return "";
  char buffer[256];
  while (std::fgets(buffer, sizeof buffer, file.get()) != nullptr) {
    std::string_view line(buffer);
    if (!line.starts_with(prefix)) continue;
    line.remove_prefix(prefix.size());
    while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
    while (!line.empty() && (line.back() == '\n' || line.back() == ' ')) line.remove_suffix(1);
    return std::string(line);
  }
  return "";
}

std::string kernel_release() {
  utsname system{};
  return ::uname(&system) == 0 ? system.release : "unknown";
}

std::string limit_of(decltype(RLIMIT_NOFILE) resource) {
  rlimit limit{};
  if (::getrlimit(resource, &limit) != 0) return "unknown";
  return limit.rlim_cur == RLIM_INFINITY ? "unlimited" : std::to_string(limit.rlim_cur);
}

/// The two places where io_uring is switched off, as facts: "Seccomp: 2, io_uring_disabled = 0".
struct switches {
  std::string seccomp = line_of("/proc/self/status", "Seccomp:");
  std::string disabled = line_of("/proc/sys/kernel/io_uring_disabled", "");

  // 0: no filter; 2: a filter. Containers nearly always have one.
  bool filtered() const { return !seccomp.empty() && seccomp != "0"; }

  std::string facts() const {
    return "Seccomp: " + (seccomp.empty() ? "unknown" : seccomp) +
           ", /proc/sys/kernel/io_uring_disabled = " + (disabled.empty() ? "absent" : disabled);
  }
};

std::string not_implemented() {
  const switches found;
  std::string text = "this kernel (" + kernel_release() + ") offers no io_uring: ";
  if (found.filtered()) {
    return text + "a seccomp filter hides it (" + found.facts() + "), or it was built without; " +
           allow_in_seccomp + "; " + requirement;
  }
  return text + "it is too old or was built without CONFIG_IO_URING (" + found.facts() + "); " +
         requirement;
}

std::string not_permitted() {
  const switches found;
  std::string text =
      "io_uring is refused (" + found.facts() + ", kernel " + kernel_release() + "); ";
  if (found.disabled == "2") {
    return text +
           "the sysctl kernel.io_uring_disabled = 2 forbids it to everyone: set it to 0 or 1";
  }
  if (found.disabled == "1") {
    return text +
           "the sysctl kernel.io_uring_disabled = 1 allows it only to the group "
           "kernel.io_uring_group: add the user to that group, or set the sysctl to 0";
  }
  if (found.filtered()) return text + "most likely by the seccomp filter: " + allow_in_seccomp;
  return text + "most likely by a security module (SELinux, AppArmor, a container's policy): let " +
         "its policy allow io_uring; if there is a seccomp filter, " + allow_in_seccomp;
}

std::string no_memory(unsigned entries) {
  return "no memory for a ring of " + std::to_string(entries) +
         " entries: the kernel charges it to RLIMIT_MEMLOCK (" + limit_of(RLIMIT_MEMLOCK) +
         " bytes, for all rings of uid " + std::to_string(::getuid()) +
         " together); raise that limit (ulimit -l, LimitMEMLOCK=), or use fewer or smaller rings";
}

std::string invalid(unsigned entries, unsigned flags) {
  char tried[16];
  std::snprintf(tried, sizeof tried, "0x%x", flags);
  return "this kernel (" + kernel_release() +
         ") refuses every way to set up a ring, at last flags " + tried + " with " +
         std::to_string(entries) + " entries; " + requirement;
}

std::string no_descriptor(int code) {
  if (code == EMFILE) {
    return "no descriptor is free for the ring: RLIMIT_NOFILE is " + limit_of(RLIMIT_NOFILE) +
           "; close some, or raise that limit (ulimit -n, LimitNOFILE=)";
  }
  return "the system has no descriptor free for the ring: /proc/sys/fs/file-max is " +
         line_of("/proc/sys/fs/file-max", "") + "; raise the sysctl fs.file-max";
}

std::string cause_of(int code, unsigned entries, unsigned flags) {
  switch (code) {
    case ENOSYS:
      return not_implemented();
    case EPERM:
    case EACCES:
      return not_permitted();
    case ENOMEM:
      return no_memory(entries);
    case EINVAL:
      return invalid(entries, flags);
    case EMFILE:
    case ENFILE:
      return no_descriptor(code);
    default:
      return "kernel " + kernel_release() + ", " + std::to_string(entries) + " entries";
  }
}

}  // namespace

void throw_setup_error(int code, unsigned entries, unsigned flags) {
  throw ring_setup_error(code, "io_uring_setup: " + cause_of(code, entries, flags));
}

void throw_kernel_too_old(const char* feature) {
  throw ring_setup_error(EOPNOTSUPP, "io_uring_setup: the io_uring of this kernel (" +
                                         kernel_release() + ") lacks " + feature + "; " +
                                         requirement);
}

}  // namespace ouro::inline v0::detail
