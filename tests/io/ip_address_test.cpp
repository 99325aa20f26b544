// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/ip_address.hpp"

#include "tests/support/catch.hpp"

#include <stdexcept>
#include <string>
#include <string_view>

namespace {

/// What the constructor says about a bad text.
std::string complaint(std::string_view text) {
  try {
    ouro::ip_address{text};
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("ip_address: reads and writes texts", "[io][ip_address]") {
  struct row {
    const char* text;
    const char* written;
    bool is_v4;
  };
  const row rows[] = {
      {"0.0.0.0", "0.0.0.0", true},
      {"127.0.0.1", "127.0.0.1", true},
      {"255.255.255.255", "255.255.255.255", true},
      {"::", "::", false},
      {"::1", "::1", false},
      {"2001:DB8:0:0:0:0:0:1", "2001:db8::1", false},
      {"::ffff:192.0.2.1", "::ffff:192.0.2.1", false},
      {"fe80::1%7", "fe80::1%7", false},
      {"fe80::1%lo", "fe80::1%1", false},
  };
  for (const row& each : rows) {
    const ouro::ip_address address(each.text);
    CHECK(address.to_string() == each.written);
    CHECK(address.is_v4() == each.is_v4);
    CHECK(address.is_v6() != each.is_v4);
    CHECK(ouro::ip_address(address.to_string()) == address);
  }
}

TEST_CASE("ip_address: refuses what is no address, and says why", "[io][ip_address][error]") {
  using namespace std::string_view_literals;
  for (const std::string_view text :
       {""sv, "localhost"sv, "1.2.3"sv, "1.2.3.4.5"sv, "256.1.1.1"sv, "01.2.3.4"sv, " 1.2.3.4"sv,
        "1.2.3.4 "sv, "1.2.3.4:80"sv, "[::1]"sv, ":::"sv, "::1%"sv, "fe80::1%nosuchif"sv,
        "1.2.3.4%1"sv, "fe80::1%1 "sv, "12345::"sv}) {
    CHECK(complaint(text).starts_with("'" + std::string(text) + "' is not an IP address: "));
  }
}

TEST_CASE("ip_address: knows the special addresses", "[io][ip_address]") {
  using ouro::ip_address;

  CHECK(ip_address("127.9.9.9").is_loopback());
  CHECK(ip_address::loopback_v6().is_loopback());
  CHECK(!ip_address("128.0.0.1").is_loopback());
  CHECK(ip_address::any_v4().is_unspecified());
  CHECK(ip_address::any_v6().is_unspecified());
  CHECK(!ip_address("::1").is_unspecified());
  CHECK(ip_address("224.0.0.1").is_multicast());
  CHECK(ip_address("ff02::1").is_multicast());
  CHECK(!ip_address("240.0.0.1").is_multicast());
  CHECK(ip_address("169.254.1.1").is_link_local());
  CHECK(ip_address("febf::1").is_link_local());
  CHECK(!ip_address("fec0::1").is_link_local());
}

TEST_CASE("ip_address: is a value with an order", "[io][ip_address]") {
  using ouro::ip_address;

  CHECK(ip_address() == ip_address("0.0.0.0"));
  CHECK(ip_address::v4({192, 0, 2, 1}) == ip_address("192.0.2.1"));
  CHECK(ip_address::any_v4() != ip_address::any_v6());
  CHECK(ip_address("fe80::1%1") != ip_address("fe80::1%2"));
  CHECK(ip_address("9.0.0.0") < ip_address("10.0.0.0"));
  CHECK(ip_address("255.0.0.0") < ip_address("::"));
  CHECK(ip_address("192.0.2.1").bytes().size() == 4);
  CHECK(ip_address("::1").bytes()[15] == 1);
}
