// SPDX-License-Identifier: BSL-1.0
#include "ouro/testing/open_fds.hpp"

#include "tests/support/catch.hpp"

#include <fcntl.h>
#include <unistd.h>

TEST_CASE("open_fds: counts a descriptor while it is open", "[testing][open_fds]") {
  const std::size_t before = ouro::testing::open_fds();

  const int fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  CHECK(ouro::testing::open_fds() == before + 1);
  CHECK(ouro::testing::list_open_fds().at(fd) == "/dev/null");

  ::close(fd);
  CHECK(ouro::testing::open_fds() == before);
}
