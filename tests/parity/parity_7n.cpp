// SPDX-License-Identifier: BSL-1.0
//
// Names and addresses.
#include "ouro/net/gai_error.hpp"
#include "ouro/net/getaddrinfo.hpp"
#include "ouro/net/getnameinfo.hpp"

#include "tests/parity/parity.hpp"

#include <netdb.h>
#include <system_error>

using parity::print;

namespace {

// case: 740_getaddrinfo
namespace case_740 {

ouro::task<> amain() {
  const auto r = co_await ouro::getaddrinfo("127.0.0.1", 8080, {.type = ouro::socket_type::stream});
  print(r.size(), r[0].endpoint.address().to_string(), r[0].endpoint.port());
  const auto [h, p] =
      co_await ouro::getnameinfo({"127.0.0.1", 80}, NI_NUMERICHOST | NI_NUMERICSERV);
  print(h, p);
  try {
    co_await ouro::getaddrinfo("256.256.256.256", 1, {.flags = AI_NUMERICHOST});
  } catch (const std::system_error& error) {
    print(error.code().category() == ouro::gai_category() ? "gaierror" : error.what());
  }
}

const parity::entry entry("740_getaddrinfo", amain);

}  // namespace case_740

}  // namespace

int main(int argc, char** argv) { return parity::run_case(argc, argv); }
