// SPDX-License-Identifier: BSL-1.0
// g++ 12 only; elsewhere such a lambda is fine.
// compilers: GNU-12
// message: g\+\+ 12 destroys what this lambda captures by value twice
#include <ouro/ouro.hpp>

#include <string>

ouro::task<> wrong(std::string text) {
  co_await ouro::get_running_loop().create_connection(
      [text] { return std::make_unique<ouro::protocol>(); }, "127.0.0.1", 7);
}
