// SPDX-License-Identifier: BSL-1.0
#include "ouro/testing/isolated_asyncio_test_case.hpp"

#include "ouro/base/errors.hpp"

#include "session.hpp"

namespace ouro::inline v0::testing {

/// The order of unittest.IsolatedAsyncioTestCase.
class fixture_run {
 public:
  explicit fixture_run(session& session) noexcept : session_(session) {}

  void run(const fixtures::fixture_maker& make, const fixtures::fixture_test& test) {
    if (session_.call("the constructor of the fixture", [&] { fixture_ = make(); })) {
      if (set_up()) {
        session_.run("the test", [&] { return test(*fixture_); });
        tear_down();
      }
      clean_up();
    }
    session_.call("the destructor of the fixture", [&] { fixture_.reset(); });
  }

 private:
  bool set_up() {
    return session_.call("set_up", [&] { fixture_->set_up(); }) &&
           session_.run("async_set_up", [&] { return fixture_->async_set_up(); });
  }

  void tear_down() {
    if (!session_.run("async_tear_down", [&] { return fixture_->async_tear_down(); })) return;
    session_.call("tear_down", [&] { fixture_->tear_down(); });
  }

  void clean_up() {
    auto& cleanups = fixture_->cleanups_;
    while (!cleanups.empty()) {
      const isolated_asyncio_test_case::cleanup last = std::move(cleanups.back());
      cleanups.pop_back();
      if (last.function) {
        session_.call("a clean-up", [&] { last.function(); });
      } else {
        session_.run("a clean-up", [&] { return last.coroutine(); });
      }
    }
  }

  session& session_;
  std::unique_ptr<isolated_asyncio_test_case> fixture_;
};

std::vector<problem> fixtures::run_fixture(const fixture_maker& make, const fixture_test& test,
                                           const isolation_options& options) {
  if (try_get_running_loop() != nullptr) {
    detail::throw_usage_error(
        "run_isolated() makes a loop of its own: call it where no loop is running");
  }
  session session(options);
  fixture_run(session).run(make, test);
  return session.finish();
}

}  // namespace ouro::inline v0::testing
