// SPDX-License-Identifier: BSL-1.0
#include "ouro/ring/features.hpp"

#include "ouro/ring/ring.hpp"
#include "ouro/ring/setup_error.hpp"

#include "tests/ring/child_process.hpp"
#include "tests/ring/operations.hpp"
#include "tests/support/catch.hpp"

#include <cerrno>
#include <cstdio>
#include <initializer_list>
#include <string>
#include <sys/utsname.h>
#include <unistd.h>
#include <vector>

using namespace ring_test;

namespace {

unsigned unknown_flags = 0;     // of io_uring_setup(2), to the kernel that the stand-in plays
unsigned missing_features = 0;  // IORING_FEAT bits that it does not have
long most_entries = 0;          // more of them fail with ENOMEM

long set_up(const arguments& given) {
  auto& params = *reinterpret_cast<io_uring_params*>(given[1]);
  if ((params.flags & unknown_flags) != 0) return -EINVAL;
  if (given[0] > most_entries) return -ENOMEM;
  const long result = really(__NR_io_uring_setup, given);
  params.features &= ~missing_features;
  return result;
}

/// In a child that runs on a kernel without these: what `body` returns.
template <class Body>
int on_older_kernel(unsigned flags, unsigned features, long entries, Body body) {
  return in_child([&] {
    unknown_flags = flags;
    missing_features = features;
    most_entries = entries;
    return answer_system_call(__NR_io_uring_setup, set_up) ? body() : 50;
  });
}

constexpr long any_size = 100'000;

bool works(ouro::ring& ring) {
  ring.bind();
  std::vector<nop_operation> nops(3 * ring.entries());
  for (nop_operation& nop : nops) ring.submit(nop);
  ring.cancel(nops.back());
  run_all(ring);
  nops.pop_back();
  for (nop_operation& nop : nops) {
    if (!nop.ended_with(0)) return false;
  }
  return true;
}

/// Whether making a ring fails with `code` and a text that has all of `words`.
bool is_refused(int code, std::initializer_list<std::string> words) {
  try {
    ouro::ring ring;
  } catch (const ouro::ring_setup_error& error) {
    const std::string text = error.what();
    bool complete = error.code().value() == code;
    for (const std::string& word : words) complete &= text.find(word) != std::string::npos;
    if (!complete) std::fprintf(stderr, "the text is: %s\n", text.c_str());
    return complete;
  }
  return false;
}

constexpr unsigned since_6_1 = IORING_SETUP_DEFER_TASKRUN;
constexpr unsigned since_6_0 = since_6_1 | IORING_SETUP_SINGLE_ISSUER;
constexpr unsigned since_5_19 = since_6_0 | IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG;
constexpr unsigned since_5_18 = since_5_19 | IORING_SETUP_SUBMIT_ALL;

}  // namespace

TEST_CASE("features: supports() is false for what was not probed", "[ring][features]") {
  ouro::ring_features features;
  features.opcodes[1] = 1;

  CHECK(features.supports(64));
  CHECK_FALSE(features.supports(63));
  CHECK_FALSE(features.supports(65));
  CHECK_FALSE(features.supports(256));
  CHECK_FALSE(features.supports(~0U));
}

TEST_CASE("features: a ring tells what this kernel can do", "[ring][features]") {
  ouro::ring ring;
  utsname system{};
  ::uname(&system);

  CHECK(ring.features().supports(IORING_OP_NOP));
  CHECK(ring.features().supports(IORING_OP_ASYNC_CANCEL));
  CHECK_FALSE(ring.features().supports(255));
  CHECK(std::string(ring.features().release.data()) == system.release);
}

TEST_CASE("features: a ring has the size that was asked for", "[ring][features]") {
  CHECK(ouro::ring({.entries = 64}).entries() == 64);
  CHECK(ouro::ring({.entries = 100}).entries() == 128);
  CHECK(ouro::ring({.entries = 0}).entries() == 1);
}

TEST_CASE("features: a ring works without the flags that a kernel lacks", "[ring][features]") {
  struct expectation {
    unsigned unknown;
    bool defer_taskrun, single_issuer, taskrun_flag, submit_all;
  };
  const auto expected = GENERATE(expectation{since_6_1, false, true, true, true},
                                 expectation{since_6_0, false, false, true, true},
                                 expectation{since_5_19, false, false, false, true},
                                 expectation{since_5_18, false, false, false, false});

  const int code = on_older_kernel(expected.unknown, 0, any_size, [&] {
    ouro::ring ring({.entries = 8});
    const ouro::ring_features& found = ring.features();
    if (found.defer_taskrun != expected.defer_taskrun) return 1;
    if (found.single_issuer != expected.single_issuer) return 2;
    if (found.taskrun_flag != expected.taskrun_flag) return 3;
    if (found.submit_all != expected.submit_all) return 4;
    return works(ring) ? 0 : 5;
  });

  CHECK(code == 0);
}

TEST_CASE("features: a ring works without IORING_FEAT_CQE_SKIP", "[ring][features]") {
  const int code = on_older_kernel(0, IORING_FEAT_CQE_SKIP, any_size, [] {
    ouro::ring ring({.entries = 8});
    return !ring.features().cqe_skip && works(ring) ? 0 : 1;
  });

  CHECK(code == 0);
}

TEST_CASE("features: a ring is halved while the kernel has no memory for it", "[ring][features]") {
  const int code = on_older_kernel(0, 0, 200, [] {
    ouro::ring ring({.entries = 1024});
    return ring.entries() == 128 && works(ring) ? 0 : 1;
  });

  CHECK(code == 0);
}

TEST_CASE("features: without memory for 64 entries the limit is named", "[ring][features][error]") {
  const int code = on_older_kernel(0, 0, 63, [] {
    const std::string uid = "uid " + std::to_string(::getuid());
    return is_refused(ENOMEM, {"RLIMIT_MEMLOCK", "64 entries", uid}) ? 0 : 1;
  });

  CHECK(code == 0);
}

TEST_CASE("features: a kernel that lacks what ouro needs is refused by name",
          "[ring][features][error]") {
  const int code = on_older_kernel(0, IORING_FEAT_EXT_ARG, any_size, [] {
    return is_refused(EOPNOTSUPP, {"IORING_FEAT_EXT_ARG", "Linux >= 6.1"}) ? 0 : 1;
  });

  CHECK(code == 0);
}

TEST_CASE("features: a kernel that knows none of the flags is refused", "[ring][features][error]") {
  const int code = on_older_kernel(~0U, 0, any_size, [] {
    return is_refused(EINVAL, {"flags 0x", "1024 entries", "Linux >= 6.1"}) ? 0 : 1;
  });

  CHECK(code == 0);
}
