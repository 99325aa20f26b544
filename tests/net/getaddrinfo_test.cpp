// SPDX-License-Identifier: BSL-1.0
#include "ouro/net/getaddrinfo.hpp"

#include "ouro/net/gai_error.hpp"
#include "ouro/task/as_result.hpp"
#include "ouro/task/gather.hpp"

#include "tests/net/resolver_fixture.hpp"

#include <cerrno>
#include <stdexcept>

using namespace net_test;

namespace {

using addresses = std::vector<ouro::address_info>;

/// What a lookup throws: "getaddrinfo gai -2" and the like.
template <class T>
ouro::task<std::string> error_of(ouro::task<T> lookup) {
  try {
    const auto answer = co_await std::move(lookup);
    co_return "no error";
  } catch (const std::system_error& error) {
    const std::string what = error.what();
    co_return what.substr(0, what.find(':')) + " " + error.code().category().name() + " " +
        std::to_string(error.code().value());
  } catch (const std::invalid_argument& error) {
    co_return error.what();
  }
}

std::string gai(int code) { return "getaddrinfo gai " + std::to_string(code); }

}  // namespace

OURO_TEST_CASE("getaddrinfo: an address is answered without a thread", "[net][getaddrinfo]") {
  fake_resolver fake;

  const addresses v4 =
      co_await ouro::getaddrinfo("127.0.0.1", 8080, {.type = ouro::socket_type::stream});
  const addresses v6 =
      co_await ouro::getaddrinfo("::1", 8080, {.type = ouro::socket_type::datagram});

  CHECK(v4 == addresses{stream_address({"127.0.0.1", 8080})});
  REQUIRE(v6.size() == 1);
  CHECK(v6[0].endpoint == ouro::endpoint("::1", 8080));
  CHECK(v6[0].type == ouro::socket_type::datagram);
  CHECK(fake.asked().empty());
}

OURO_TEST_CASE("getaddrinfo: without a type each address comes once for each",
               "[net][getaddrinfo]") {
  const addresses found = co_await ouro::getaddrinfo("127.0.0.1", 1);

  REQUIRE(found.size() == 3);
  CHECK(found[0].type == ouro::socket_type::stream);
  CHECK(found[1].type == ouro::socket_type::datagram);
  CHECK(found[2].type == ouro::socket_type::raw);
}

OURO_TEST_CASE("getaddrinfo: an address may have a scope", "[net][getaddrinfo]") {
  const addresses found =
      co_await ouro::getaddrinfo("fe80::1%lo", 80, {.type = ouro::socket_type::stream});

  REQUIRE(found.size() == 1);
  CHECK(found[0].endpoint == ouro::endpoint("fe80::1%lo", 80));
}

OURO_TEST_CASE("getaddrinfo: without a host it is this machine, or all interfaces",
               "[net][getaddrinfo]") {
  const ouro::getaddrinfo_options near{.family = ouro::address_family::ipv4,
                                       .type = ouro::socket_type::stream};
  ouro::getaddrinfo_options passive = near;
  passive.flags = AI_PASSIVE;

  const addresses here = co_await ouro::getaddrinfo("", 80, near);
  const addresses all = co_await ouro::getaddrinfo("", 80, passive);

  CHECK(here == addresses{stream_address({"127.0.0.1", 80})});
  CHECK(all == addresses{stream_address({"0.0.0.0", 80})});
}

OURO_TEST_CASE("getaddrinfo: the port may be a service, by number or by name",
               "[net][getaddrinfo][threads]") {
  const ouro::getaddrinfo_options stream{.type = ouro::socket_type::stream};

  const addresses number = co_await ouro::getaddrinfo("127.0.0.1", "80", stream);
  const addresses none = co_await ouro::getaddrinfo("127.0.0.1", "", stream);
  const std::string unknown =
      co_await error_of(ouro::getaddrinfo("127.0.0.1", "no such service", stream));

  CHECK(number[0].endpoint.port() == 80);
  CHECK(none[0].endpoint.port() == 0);
  CHECK(unknown == gai(EAI_SERVICE));
}

OURO_TEST_CASE("getaddrinfo: a name is looked up as getaddrinfo(3) does",
               "[net][getaddrinfo][threads]") {
  const addresses found = co_await ouro::getaddrinfo("localhost", 80,
                                                     {.family = ouro::address_family::ipv4,
                                                      .type = ouro::socket_type::stream,
                                                      .flags = AI_CANONNAME});

  REQUIRE(!found.empty());
  CHECK(found[0].endpoint == ouro::endpoint("127.0.0.1", 80));
  CHECK(found[0].canonname == "localhost");
}

OURO_TEST_CASE("getaddrinfo: several answers keep their order", "[net][getaddrinfo][threads]") {
  fake_resolver fake;
  const ouro::endpoint first("::1", 80);
  const ouro::endpoint second("127.0.0.1", 80);
  fake.add("both.test", {first, second});

  const addresses found = co_await ouro::getaddrinfo("both.test", 80);

  CHECK(found == addresses{stream_address(first), stream_address(second)});
}

OURO_TEST_CASE("getaddrinfo: the clock does not jump while a thread is asking",
               "[net][getaddrinfo][threads]") {
  fake_resolver fake;
  fake.add("slow.test", {ouro::endpoint("127.0.0.1", 80)});
  fake.hold();
  bool jumped = false;
  ouro::timer_handle late = ouro::get_running_loop().call_later(1h, [&] { jumped = true; });
  std::thread releasing([&] {
    fake.wait_until_asked(1);
    std::this_thread::sleep_for(5ms);  // a clock that jumps needs less
    fake.release();
  });

  const addresses found = co_await ouro::getaddrinfo("slow.test", 80);
  releasing.join();
  late.cancel();

  CHECK(found.size() == 1);
  CHECK(!jumped);
}

OURO_TEST_CASE("getaddrinfo: failures are errors of gai_category",
               "[net][getaddrinfo][error][threads]") {
  fake_resolver fake;

  const std::string unknown = co_await error_of(ouro::getaddrinfo("nobody.test", 80));
  const std::string no_number =
      co_await error_of(ouro::getaddrinfo("256.256.256.256", 1, {.flags = AI_NUMERICHOST}));
  const std::string no_family =
      co_await error_of(ouro::getaddrinfo("127.0.0.1", 1, {.family = ouro::address_family::ipv6}));
  const std::string nothing = co_await error_of(ouro::getaddrinfo("", ""));

  CHECK(unknown == gai(EAI_NONAME));
  CHECK(no_number == gai(EAI_NONAME));
  CHECK(no_family == gai(EAI_ADDRFAMILY));
  CHECK(nothing == gai(EAI_NONAME));
}

OURO_TEST_CASE("getaddrinfo: a failing system call is told by its errno",
               "[net][getaddrinfo][error][threads]") {
  ouro::detail::replace_getaddrinfo([](const auto&, auto&) {
    errno = EMFILE;
    return EAI_SYSTEM;
  });

  const std::string failure = co_await error_of(ouro::getaddrinfo("any.test", 80));
  ouro::detail::replace_getaddrinfo({});

  CHECK(failure == "getaddrinfo system " + std::to_string(EMFILE));
}

OURO_TEST_CASE("getaddrinfo: what cannot be asked is refused", "[net][getaddrinfo][error]") {
  const std::string large = co_await error_of(ouro::getaddrinfo("localhost", 65536));
  const std::string negative = co_await error_of(ouro::getaddrinfo("localhost", -1));
  const std::string zero =
      co_await error_of(ouro::getaddrinfo(std::string_view("local\0host", 10), 80));
  const std::string zero_service =
      co_await error_of(ouro::getaddrinfo("localhost", std::string_view("\0", 1)));

  CHECK(large == "port 65536 is not one of 0 to 65535");
  CHECK(negative == "port -1 is not one of 0 to 65535");
  CHECK(zero == "the name of the host contains a zero byte");
  CHECK(zero_service == "the name of the service contains a zero byte");
}
