// SPDX-License-Identifier: BSL-1.0
#include "ouro/stream/protocol_factory.hpp"

#include "ouro/stream/base_protocol.hpp"

#include "tests/support/catch.hpp"

#include <concepts>
#include <memory>

namespace {

struct some_protocol final : ouro::base_protocol {};

struct deleting {
  int* count;
  void operator()(some_protocol* protocol) const {
    ++*count;
    delete protocol;
  }
};

template <class Factory>
using made_by = decltype(ouro::detail::make_protocol(std::declval<Factory&>()));

}  // namespace

TEST_CASE("protocol_factory: takes over pointers of every kind", "[stream][protocol_factory]") {
  auto raw = [] { return new some_protocol; };
  auto unique = [] { return std::make_unique<some_protocol>(); };
  auto shared = [kept = std::make_shared<some_protocol>()]() mutable { return kept; };

  CHECK(ouro::detail::make_protocol(raw).use_count() == 1);
  CHECK(ouro::detail::make_protocol(unique).use_count() == 1);
  CHECK(ouro::detail::make_protocol(shared).use_count() == 2);
  STATIC_REQUIRE(std::same_as<made_by<decltype(raw)>, std::shared_ptr<some_protocol>>);
  STATIC_REQUIRE(ouro::detail::protocol_factory<decltype(raw), ouro::base_protocol>);
}

TEST_CASE("protocol_factory: keeps the deleter of a unique_ptr", "[stream][protocol_factory]") {
  int count = 0;
  auto factory = [&count] {
    return std::unique_ptr<some_protocol, deleting>(new some_protocol, deleting{&count});
  };

  ouro::detail::make_protocol(factory).reset();

  CHECK(count == 1);
}

TEST_CASE("protocol_factory: refuses a null pointer", "[stream][protocol_factory][error]") {
  auto factory = [] { return static_cast<some_protocol*>(nullptr); };

  CHECK_THROWS_AS(ouro::detail::make_protocol(factory), ouro::usage_error);
}
