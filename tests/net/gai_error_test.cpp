// SPDX-License-Identifier: BSL-1.0
#include "ouro/net/gai_error.hpp"

#include "tests/support/catch.hpp"

#include <cerrno>
#include <netdb.h>
#include <string>

TEST_CASE("gai_error: the texts are those of gai_strerror", "[net][gai_error]") {
  const std::error_code error(EAI_NONAME, ouro::gai_category());

  CHECK(std::string(ouro::gai_category().name()) == "gai");
  CHECK(error.message() == ::gai_strerror(EAI_NONAME));
}

TEST_CASE("gai_error: EAI_SYSTEM becomes the errno", "[net][gai_error]") {
  const std::error_code error = ouro::detail::make_gai_error(EAI_SYSTEM, EMFILE);

  CHECK(error == std::errc::too_many_files_open);
  CHECK(error.category() == std::system_category());
}

TEST_CASE("gai_error: other values stay what they are", "[net][gai_error]") {
  const std::error_code error = ouro::detail::make_gai_error(EAI_AGAIN, EMFILE);

  CHECK(error.value() == EAI_AGAIN);
  CHECK(error.category() == ouro::gai_category());
}

TEST_CASE("gai_error: what has a portable meaning compares equal to it", "[net][gai_error]") {
  CHECK(ouro::detail::make_gai_error(EAI_MEMORY, 0) == std::errc::not_enough_memory);
  CHECK(ouro::detail::make_gai_error(EAI_FAMILY, 0) == std::errc::address_family_not_supported);
  CHECK(ouro::detail::make_gai_error(EAI_NONAME, 0) != std::errc::not_enough_memory);
}
