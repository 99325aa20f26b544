// SPDX-License-Identifier: BSL-1.0
#include "ouro/net/connect_unix.hpp"

#include "ouro/io/endpoint.hpp"

#include <string>
#include <system_error>

namespace ouro::inline v0 {
namespace {

task<socket> connect_to(std::string path) {
  const endpoint to = path.starts_with('\0')
                          ? endpoint::local_abstract(std::string_view(path).substr(1))
                          : endpoint::local(path);
  socket made = socket::stream(address_family::local);
  try {
    co_await made.connect(to);
  } catch (const std::system_error& error) {
    throw std::system_error(error.code(), "connect " + to.to_string());
  }
  co_return made;
}

}  // namespace

task<socket> connect_unix(std::string_view path) { return connect_to(std::string(path)); }

}  // namespace ouro::inline v0
