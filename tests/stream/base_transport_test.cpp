// SPDX-License-Identifier: BSL-1.0
#include "ouro/stream/base_transport.hpp"

#include "ouro/base/intrusive_ptr.hpp"

#include "tests/support/catch.hpp"

#include <string>

namespace {

/// The least that a transport can be; writes down what happens to it.
class least_transport final : public ouro::base_transport {
 public:
  explicit least_transport(std::string& log) noexcept : log_(log) {}
  ~least_transport() override { log_ += "gone "; }

  void close() noexcept override { closing_ = true; }
  void abort() noexcept override { closing_ = true; }
  bool is_closing() const noexcept override { return closing_; }

 private:
  void on_last_owner() noexcept override { log_ += "last "; }

  std::string& log_;
  bool closing_ = false;
};

using least_ptr = ouro::detail::intrusive_ptr<least_transport>;

}  // namespace

TEST_CASE("base_transport: has no addresses, socket or pipe unless it says so",
          "[stream][base_transport]") {
  std::string log;
  const least_ptr transport(new least_transport(log));

  CHECK(transport->sockname() == std::nullopt);
  CHECK(transport->peername() == std::nullopt);
  CHECK(transport->socket() == nullptr);
  CHECK(transport->pipe() == std::nullopt);
}

TEST_CASE("base_transport: lives until its last owner lets go, and is told when one is left",
          "[stream][base_transport]") {
  std::string log;
  least_ptr first(new least_transport(log));
  least_ptr second = first;
  least_ptr third = first;

  third = nullptr;
  CHECK(log == "");
  second = nullptr;
  CHECK(log == "last ");
  first = nullptr;

  CHECK(log == "last gone ");
}
