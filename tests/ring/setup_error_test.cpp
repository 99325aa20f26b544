// SPDX-License-Identifier: BSL-1.0
#include "ouro/ring/setup_error.hpp"

#include "ouro/ring/ring.hpp"

#include "tests/ring/child_process.hpp"
#include "tests/support/catch.hpp"

#include <cerrno>
#include <cstdio>
#include <initializer_list>
#include <string>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

using namespace ring_test;

namespace {

/// 0 if making a ring fails with `code` and a text that has all of `words`.
int check_refusal(int code, std::initializer_list<std::string> words) {
  try {
    ouro::ring ring;
  } catch (const ouro::ring_setup_error& error) {
    const std::string text = error.what();
    bool complete = error.code().value() == code && text.starts_with("io_uring_setup: ");
    for (const std::string& word : words) complete &= text.find(word) != std::string::npos;
    // The least that helps must be named, not the most.
    complete &= text.find("privileged") == std::string::npos;
    complete &= text.find("unconfined") == std::string::npos;
    if (!complete) std::fprintf(stderr, "the text is: %s\n", text.c_str());
    return complete ? 0 : 1;
  }
  return 2;
}

std::string release() {
  utsname system{};
  ::uname(&system);
  return system.release;
}

}  // namespace

TEST_CASE("setup_error: ENOSYS names the kernel and what ouro needs",
          "[ring][setup_error][error]") {
  const int code = in_child([] {
    if (!refuse_system_call(__NR_io_uring_setup, ENOSYS)) return 50;
    return check_refusal(
        ENOSYS, {release(), "ouro needs Linux >= 6.1 with io_uring", "Seccomp: 2", "seccomp"});
  });

  CHECK(code == 0);
}

TEST_CASE("setup_error: a refusal names the switches of the machine and the remedy",
          "[ring][setup_error][error]") {
  const int error = GENERATE(EPERM, EACCES);

  const int code = in_child([&] {
    if (!refuse_system_call(__NR_io_uring_setup, error)) return 50;
    return check_refusal(error,
                         {"Seccomp: 2", "/proc/sys/kernel/io_uring_disabled = ",
                          "io_uring_setup, io_uring_enter and io_uring_register", release()});
  });

  CHECK(code == 0);
}

// With all descriptors really in use UBSan, which needs a pair of them, sees errors everywhere.
TEST_CASE("setup_error: EMFILE names the limit on descriptors", "[ring][setup_error][error]") {
  const int code = in_child([] {
    const rlimit few{77, 77};
    if (::setrlimit(RLIMIT_NOFILE, &few) != 0) return 50;
    if (!refuse_system_call(__NR_io_uring_setup, EMFILE)) return 51;
    return check_refusal(EMFILE, {"RLIMIT_NOFILE is 77", "ulimit -n"});
  });

  CHECK(code == 0);
}

TEST_CASE("setup_error: ENFILE names the limit of the system", "[ring][setup_error][error]") {
  const int code = in_child([] {
    if (!refuse_system_call(__NR_io_uring_setup, ENFILE)) return 50;
    return check_refusal(ENFILE, {"/proc/sys/fs/file-max is ", "fs.file-max"});
  });

  CHECK(code == 0);
}

TEST_CASE("setup_error: a limit on locked memory is named, or does not count",
          "[ring][setup_error][error]") {
  const int code = in_child([] {
    const rlimit none{0, 0};
    if (::setrlimit(RLIMIT_MEMLOCK, &none) != 0) return 50;
    constexpr ::uid_t nobody = 65534;
    if (::getuid() == 0 && ::setresuid(nobody, nobody, nobody) != 0) return 51;
    const std::string uid = "uid " + std::to_string(::getuid());
    const int result = check_refusal(ENOMEM, {"RLIMIT_MEMLOCK (0 bytes", uid, "64 entries"});
    return result == 2 ? 0 : result;  // Linux 5.12 to 6.13 charge nothing: the ring is there
  });

  CHECK(code == 0);
}
