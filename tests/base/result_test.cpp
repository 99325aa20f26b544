// SPDX-License-Identifier: BSL-1.0
#include "ouro/base/result.hpp"

#include "tests/support/catch.hpp"

#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace {

std::exception_ptr broken() { return std::make_exception_ptr(std::domain_error("broken")); }

}  // namespace

TEST_CASE("result: holds a value", "[base][result]") {
  ouro::result<std::string> text(std::string("text"));

  CHECK(text.has_value());
  CHECK(static_cast<bool>(text));
  CHECK(text.value() == "text");
  CHECK(*text == "text");
  CHECK(text->size() == 4);
  CHECK(text.exception() == nullptr);
}

TEST_CASE("result: holds an exception, which value() throws", "[base][result]") {
  ouro::result<std::string> failed(broken());

  CHECK(!failed.has_value());
  CHECK(failed.exception() != nullptr);
  CHECK_THROWS_AS(failed.value(), std::domain_error);
  CHECK_THROWS_AS(std::as_const(failed).value(), std::domain_error);
  CHECK_THROWS_AS(std::move(failed).value(), std::domain_error);
}

TEST_CASE("result: gives a move-only value away", "[base][result]") {
  ouro::result<std::unique_ptr<int>> box(std::make_unique<int>(4));

  const std::unique_ptr<int> taken = std::move(box).value();

  CHECK(*taken == 4);
  CHECK(*box == nullptr);
}

TEST_CASE("result: its value can be changed in place", "[base][result]") {
  ouro::result<int> number(1);

  number.value() = 2;

  CHECK(*std::as_const(number) == 2);
}

TEST_CASE("result: of an exception_ptr tells a value from a failure", "[base][result]") {
  const ouro::result<int> zero(0);
  const ouro::result<int> failed(broken());

  CHECK(zero.has_value());
  CHECK(!failed.has_value());
}

TEST_CASE("result: of void is success or an exception", "[base][result]") {
  const ouro::result<void> well;
  const ouro::result<void> failed(broken());

  CHECK(well.has_value());
  CHECK(well.exception() == nullptr);
  CHECK_NOTHROW(well.value());
  CHECK(!failed);
  CHECK(failed.exception() != nullptr);
  CHECK_THROWS_AS(failed.value(), std::domain_error);
}
