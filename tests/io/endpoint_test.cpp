// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/endpoint.hpp"

#include "tests/support/catch.hpp"

#include <cstring>
#include <netinet/in.h>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>

namespace {

using ouro::endpoint;
using namespace std::string_view_literals;

/// What parse() says about a bad text.
std::string complaint(std::string_view text) {
  try {
    endpoint::parse(text);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "none";
}

/// As if it came from the kernel.
endpoint through_native(const endpoint& from) {
  return endpoint::from_native(from.native(), from.native_size());
}

}  // namespace

TEST_CASE("endpoint: reads and writes texts", "[io][endpoint]") {
  struct row {
    const char* text;
    const char* written;
    ouro::address_family family;
    int port;
  };
  using enum ouro::address_family;
  const row rows[] = {
      {"127.0.0.1:80", "127.0.0.1:80", ipv4, 80},
      {"0.0.0.0:0", "0.0.0.0:0", ipv4, 0},
      {"1.2.3.4:65535", "1.2.3.4:65535", ipv4, 65535},
      {"1.2.3.4:0080", "1.2.3.4:80", ipv4, 80},
      {"[::1]:443", "[::1]:443", ipv6, 443},
      {"[fe80::1%3]:1", "[fe80::1%3]:1", ipv6, 1},
      {"[fe80::1%lo]:80", "[fe80::1%1]:80", ipv6, 80},
      {"/run/a.socket", "/run/a.socket", local, 0},
      {"./a:80", "./a:80", local, 0},
      {"unix:a.socket", "unix:a.socket", local, 0},
      {"unix:/run/a.socket", "/run/a.socket", local, 0},
      {"unix:@dir/file", "unix:@dir/file", local, 0},
      {"@abstract", "@abstract", local, 0},
  };
  for (const row& each : rows) {
    const endpoint parsed = endpoint::parse(each.text);
    CHECK(parsed.to_string() == each.written);
    CHECK(parsed.family() == each.family);
    CHECK(parsed.port() == each.port);
    CHECK(endpoint::parse(parsed.to_string()) == parsed);
    CHECK(through_native(parsed) == parsed);
  }
}

TEST_CASE("endpoint: any that is written can be read", "[io][endpoint]") {
  std::mt19937 random(20260101);
  const auto number = [&random](unsigned below) {
    return std::uniform_int_distribution<unsigned>(0, below - 1)(random);
  };
  const auto name = [&number](unsigned lowest) {
    std::string text(1 + number(107), '\0');
    for (char& each : text) each = static_cast<char>(lowest + number(256 - lowest));
    return text;
  };
  for (int round = 0; round < 2000; ++round) {
    std::array<std::uint8_t, 4> four;
    std::array<std::uint8_t, 16> six;
    for (std::uint8_t& each : four) each = static_cast<std::uint8_t>(number(256));
    for (std::uint8_t& each : six) {
      each = static_cast<std::uint8_t>(number(3) == 0 ? number(256) : 0);  // so that :: occurs
    }
    const int port = static_cast<int>(number(65536));
    const endpoint all[] = {endpoint(ouro::ip_address::v4(four), port),
                            endpoint(ouro::ip_address::v6(six), port),
                            endpoint(ouro::ip_address::v6(six, 1 + number(100)), port),
                            endpoint::local(name(1)),
                            endpoint::local("/" + name(1).substr(1)),
                            endpoint::local_abstract(name(1))};
    for (const endpoint& each : all) {
      CAPTURE(each.to_string());
      CHECK(endpoint::parse(each.to_string()) == each);
      CHECK(through_native(each) == each);
    }
  }
}

TEST_CASE("endpoint: refuses what is no endpoint, and says why", "[io][endpoint][error]") {
  for (const std::string_view text : {""sv, "127.0.0.1"sv, "127.0.0.1:"sv, "127.0.0.1:http"sv,
                                      "127.0.0.1:80x"sv, "127.0.0.1:-0"sv, "127.0.0.1: 80"sv,
                                      "::1:80"sv, "[127.0.0.1]:80"sv, "1.2.3.4:99999999999"sv}) {
    CHECK(complaint(text).starts_with("'" + std::string(text) + "' is not an endpoint: "));
  }
  CHECK(complaint("localhost:80").find("is not an IP address") != std::string::npos);
  CHECK(complaint("[::1:80").find("brackets") != std::string::npos);
  CHECK(complaint(":80").find("is not an IP address") != std::string::npos);
  CHECK(complaint("1.2.3.4:65536") == "port 65536 is not one of 0 to 65535");
  CHECK(complaint("@") == "the abstract name of a UNIX socket is empty");
  CHECK(complaint("unix:") == "the path of a UNIX socket is empty");
}

TEST_CASE("endpoint: checks the port", "[io][endpoint][error]") {
  CHECK(endpoint("127.0.0.1", 65535).port() == 65535);
  CHECK_THROWS_AS(endpoint("127.0.0.1", -1), std::invalid_argument);
  CHECK_THROWS_AS(endpoint("127.0.0.1", 65536), std::invalid_argument);
  CHECK_THROWS_AS(endpoint("nowhere", 80), std::invalid_argument);
}

TEST_CASE("endpoint: checks the length of UNIX names", "[io][endpoint][error]") {
  const std::string longest(107, 'a');

  CHECK(endpoint::local(longest).path() == longest);
  CHECK(endpoint::local_abstract(longest).path() == std::string(1, '\0') + longest);
  CHECK_THROWS_AS(endpoint::local(longest + "b"), std::invalid_argument);
  CHECK_THROWS_AS(endpoint::local_abstract(longest + "b"), std::invalid_argument);
  CHECK_THROWS_AS(endpoint::local("a\0b"sv), std::invalid_argument);
  CHECK(endpoint::local_abstract("a\0b"sv).path() == "\0a\0b"sv);
  CHECK(endpoint::local_abstract("a\0b"sv).to_string() == "@a\0b"sv);
}

TEST_CASE("endpoint: gives its parts", "[io][endpoint]") {
  const endpoint v6("fe80::1%2", 8080);
  CHECK(v6.address() == ouro::ip_address("fe80::1%2"));
  CHECK(v6.is_ip());
  CHECK(!v6.is_local());
  CHECK(v6.path() == "");

  const endpoint file = endpoint::local("/tmp/x");
  CHECK(file.address() == ouro::ip_address());
  CHECK(file.path() == "/tmp/x");
  CHECK(file.is_local());

  const endpoint none;
  CHECK(none.family() == ouro::address_family::unspecified);
  CHECK(none.native_size() == 0);
  CHECK(none.to_string() == "no address");
}

TEST_CASE("endpoint: is a value with an order", "[io][endpoint]") {
  CHECK(endpoint() == endpoint());
  CHECK(endpoint("1.1.1.1", 80) == endpoint::parse("1.1.1.1:80"));
  CHECK(endpoint("1.1.1.1", 80) != endpoint("1.1.1.1", 81));
  CHECK(endpoint("1.1.1.1", 256) > endpoint("1.1.1.1", 1));
  CHECK(endpoint("1.1.1.1", 9) < endpoint("1.1.1.2", 1));
  CHECK(endpoint("255.1.1.1", 1) < endpoint("::", 1));
  CHECK(endpoint::local("a") < endpoint::local("b"));
  CHECK(endpoint::local("a") != endpoint::local_abstract("a"));
}

TEST_CASE("endpoint: ignores what the kernel leaves beside the address", "[io][endpoint]") {
  ::sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(80);
  v6.sin6_flowinfo = 7;
  ::sockaddr_un file{};
  file.sun_family = AF_UNIX;
  std::strcpy(file.sun_path, "/a");
  std::strcpy(file.sun_path + 3, "rest");

  const auto from_v6 = endpoint::from_native(reinterpret_cast<::sockaddr&>(v6), sizeof v6);
  const auto from_file = endpoint::from_native(reinterpret_cast<::sockaddr&>(file), sizeof file);

  CHECK(from_v6 == endpoint("::", 80));
  CHECK(from_v6.native_size() == sizeof v6);
  CHECK(from_file == endpoint::local("/a"));
  CHECK(from_file.native_size() == endpoint::local("/a").native_size());
}

TEST_CASE("endpoint: what the kernel gives may be short, long or strange", "[io][endpoint]") {
  ::sockaddr_storage storage{};
  auto& address = reinterpret_cast<::sockaddr&>(storage);

  address.sa_family = AF_INET6;
  CHECK(endpoint::from_native(address, 2) == endpoint());
  CHECK(endpoint::from_native(address, 1) == endpoint());
  CHECK(endpoint::from_native(address, 0) == endpoint());
  CHECK(endpoint::from_native(address, sizeof storage) == endpoint());

  address.sa_family = AF_UNIX;  // an unnamed socket has nothing but its family
  CHECK(endpoint::from_native(address, 2).is_local());
  CHECK(endpoint::from_native(address, 2).to_string() == "unix:");

  address.sa_family = AF_VSOCK;
  CHECK(endpoint::from_native(address, 16).to_string() == "address of family 40");
  CHECK(endpoint::from_native(address, 16) != endpoint::from_native(address, 15));
}
