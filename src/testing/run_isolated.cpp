// SPDX-License-Identifier: BSL-1.0
#include "ouro/testing/run_isolated.hpp"

#include "ouro/base/errors.hpp"

#include "session.hpp"

namespace ouro::inline v0::testing {

std::vector<problem> run_isolated(unique_function<task<>()> body,
                                  const isolation_options& options) {
  if (try_get_running_loop() != nullptr) {
    detail::throw_usage_error(
        "run_isolated() makes a loop of its own: call it where no loop is running");
  }
  session session(options);
  session.run("the test", body);
  return session.finish();
}

}  // namespace ouro::inline v0::testing
