// SPDX-License-Identifier: BSL-1.0
// Addresses from any text: what is read is written so that it is read again as the same, and what
// cannot be read throws std::invalid_argument and nothing else.
#include "ouro/io/endpoint.hpp"
#include "ouro/io/ip_address.hpp"

#include "tests/fuzz/fuzz_target.hpp"

#include <optional>
#include <stdexcept>

namespace {

using ouro_fuzz::expect;

template <class Parse>
auto parsed(Parse parse) -> std::optional<decltype(parse())> {
  try {
    return parse();
  } catch (const std::invalid_argument&) {
    return std::nullopt;
  }
}

void check_same(const ouro::endpoint& place) {
  const auto again = parsed([&] { return ouro::endpoint::parse(place.to_string()); });
  expect(again.has_value(), "endpoint::parse() refuses what to_string() has written");
  expect(*again == place, "an endpoint changes on its way through to_string()");
  const auto native = ouro::endpoint::from_native(place.native(), place.native_size());
  expect(native == place, "an endpoint changes on its way through the kernel's form");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = ouro_fuzz::text_of(data, size);
  if (const auto place = parsed([&] { return ouro::endpoint::parse(text); })) check_same(*place);
  if (const auto place = parsed([&] { return ouro::endpoint::local(text); })) check_same(*place);
  if (const auto place = parsed([&] { return ouro::endpoint::local_abstract(text); })) {
    check_same(*place);
  }
  if (const auto address = parsed([&] { return ouro::ip_address(text); })) {
    const auto again = parsed([&] { return ouro::ip_address(address->to_string()); });
    expect(again.has_value(), "ip_address() refuses what to_string() has written");
    expect(*again == *address, "an ip_address changes on its way through to_string()");
  }
  return 0;
}
