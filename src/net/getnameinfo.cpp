// SPDX-License-Identifier: BSL-1.0
#include "ouro/net/getnameinfo.hpp"

#include "ouro/net/gai_error.hpp"

#include "lookup.hpp"

#include <cerrno>
#include <netdb.h>
#include <sys/socket.h>
#include <system_error>
#include <utility>

namespace ouro::inline v0 {
namespace {

int ask_system(const endpoint& of, int flags, name_info& answer) {
  char host[NI_MAXHOST];
  char service[NI_MAXSERV];
  const int code = ::getnameinfo(&of.native(), static_cast<socklen_t>(of.native_size()), host,
                                 sizeof host, service, sizeof service, flags);
  if (code == 0) answer = {host, service};
  return code;
}

std::string key_of(const endpoint& of, int flags) {
  const char* const bytes = reinterpret_cast<const char*>(&of.native());
  return "n" + std::to_string(flags) + ',' + std::string(bytes, of.native_size());
}

class name_lookup final : public detail::lookup {
 public:
  name_lookup(const endpoint& of, int flags) : lookup(key_of(of, flags)), of_(of), flags_(flags) {}

  void run() noexcept override {
    try {
      const int code = ask_system(of_, flags_, answer_);
      if (code != 0) fail(detail::make_gai_error(code, errno));
    } catch (const std::bad_alloc&) {
      fail(detail::make_gai_error(EAI_MEMORY, 0));
    }
  }

  const name_info& answer() const noexcept { return answer_; }

 private:
  endpoint of_;
  int flags_;
  name_info answer_;
};

}  // namespace

task<name_info> getnameinfo(endpoint of, int flags) {
  constexpr int numeric = NI_NUMERICHOST | NI_NUMERICSERV;
  if (!of.is_ip()) throw std::system_error(EAI_FAMILY, gai_category(), "getnameinfo");
  if ((flags & numeric) == numeric) {
    name_info answer;
    const int code = ask_system(of, flags, answer);
    if (code != 0) throw std::system_error(detail::make_gai_error(code, errno), "getnameinfo");
    co_return answer;
  }
  detail::lookup_wait answered(std::make_shared<name_lookup>(of, flags));
  const auto& done = static_cast<const name_lookup&>(co_await answered);
  if (done.error()) throw std::system_error(done.error(), "getnameinfo");
  co_return done.answer();
}

task<name_info> network_methods::getnameinfo(const endpoint& of, int flags) {
  return ouro::getnameinfo(of, flags);
}

}  // namespace ouro::inline v0
