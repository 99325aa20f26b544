// SPDX-License-Identifier: BSL-1.0
#include "ouro/net/getaddrinfo.hpp"

#include "ouro/loop/event_loop.hpp"
#include "ouro/net/detail/resolver.hpp"
#include "ouro/net/gai_error.hpp"

#include "lookup.hpp"

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <netdb.h>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <utility>

namespace ouro::inline v0 {
namespace {

using detail::address_query;

static_assert(static_cast<int>(socket_type::stream) == SOCK_STREAM);
static_assert(static_cast<int>(socket_type::datagram) == SOCK_DGRAM);
static_assert(static_cast<int>(socket_type::raw) == SOCK_RAW);

/// getaddrinfo(3), with `flags` beside those of the options.
int ask_system(const address_query& query, int flags, std::vector<address_info>& answer) {
  ::addrinfo hints{};
  hints.ai_family = static_cast<int>(query.options.family);
  hints.ai_socktype = static_cast<int>(query.options.type);
  hints.ai_protocol = query.options.proto;
  hints.ai_flags = query.options.flags | flags;
  ::addrinfo* found = nullptr;
  const char* const host = query.host.empty() ? nullptr : query.host.c_str();
  const char* const service = query.service.empty() ? nullptr : query.service.c_str();
  if (const int code = ::getaddrinfo(host, service, &hints, &found); code != 0) return code;
  const std::unique_ptr<::addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  for (const ::addrinfo* each = found; each != nullptr; each = each->ai_next) {
    answer.push_back({.family = static_cast<address_family>(each->ai_family),
                      .type = static_cast<socket_type>(each->ai_socktype),
                      .proto = each->ai_protocol,
                      .canonname = each->ai_canonname == nullptr ? "" : each->ai_canonname,
                      .endpoint = endpoint::from_native(*each->ai_addr, each->ai_addrlen)});
  }
  return 0;
}

/// The function that tests put in the place of getaddrinfo(3).
struct replacement {
  std::mutex mutex;
  std::shared_ptr<const detail::resolve_function> function;

  static replacement& instance() {
    static replacement* const made = new replacement;  // outlives every static
    return *made;
  }
};

int ask(const address_query& query, std::vector<address_info>& answer) {
  replacement& other = replacement::instance();
  std::unique_lock lock(other.mutex);
  const auto function = other.function;
  lock.unlock();
  return function ? (*function)(query, answer) : ask_system(query, 0, answer);
}

std::string key_of(const address_query& query) {
  const getaddrinfo_options& options = query.options;
  std::string key = "a";
  for (const int number : {static_cast<int>(options.family), static_cast<int>(options.type),
                           options.proto, options.flags}) {
    key += std::to_string(number) + ',';
  }
  return key + query.service + '\0' + query.host;
}

class address_lookup final : public detail::lookup {
 public:
  explicit address_lookup(address_query query) : lookup(key_of(query)), query_(std::move(query)) {}

  void run() noexcept override {
    try {
      const int code = ask(query_, answer_);
      if (code != 0) fail(detail::make_gai_error(code, errno));
    } catch (const std::bad_alloc&) {
      fail(detail::make_gai_error(EAI_MEMORY, 0));
    }
  }

  const std::vector<address_info>& answer() const noexcept { return answer_; }

 private:
  address_query query_;
  std::vector<address_info> answer_;
};

bool is_number(std::string_view service) noexcept {
  return std::all_of(service.begin(), service.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// What needs neither a name server nor a file; returns false if that is not enough.
bool answer_at_once(const address_query& query, std::vector<address_info>& answer) {
  if (!is_number(query.service)) return false;
  const int code = ask_system(query, AI_NUMERICHOST | AI_NUMERICSERV, answer);
  const bool is_name = code == EAI_NONAME && !query.host.empty();
  if (is_name && (query.options.flags & AI_NUMERICHOST) == 0) return false;
  if (code != 0) throw std::system_error(detail::make_gai_error(code, errno), "getaddrinfo");
  return true;
}

void check_text(const std::string& text, const char* what) {
  if (text.find('\0') == std::string::npos) return;
  throw std::invalid_argument(std::string(what) + " contains a zero byte");
}

task<std::vector<address_info>> look_up(address_query query) {
  check_text(query.host, "the name of the host");
  check_text(query.service, "the name of the service");
  std::vector<address_info> answer;
  if (answer_at_once(query, answer)) co_return answer;
  detail::lookup_wait answered(std::make_shared<address_lookup>(std::move(query)));
  const auto& done = static_cast<const address_lookup&>(co_await answered);
  if (done.error()) throw std::system_error(done.error(), "getaddrinfo");
  co_return done.answer();
}

task<std::vector<address_info>> look_up_port(address_query query, int port) {
  if (port < 0 || port > 65535) {
    throw std::invalid_argument("port " + std::to_string(port) + " is not one of 0 to 65535");
  }
  query.service = std::to_string(port);
  auto looked_up = look_up(std::move(query));
  co_return co_await std::move(looked_up);
}

}  // namespace

task<std::vector<address_info>> getaddrinfo(std::string_view host, int port,
                                            const getaddrinfo_options& options) {
  return look_up_port({std::string(host), "", options}, port);
}

task<std::vector<address_info>> getaddrinfo(std::string_view host, std::string_view service,
                                            const getaddrinfo_options& options) {
  return look_up({std::string(host), std::string(service), options});
}

namespace detail {

void replace_getaddrinfo(resolve_function function) {
  replacement& other = replacement::instance();
  auto replacing = function ? std::make_shared<const resolve_function>(std::move(function))
                            : std::shared_ptr<const resolve_function>();
  const std::lock_guard lock(other.mutex);
  other.function.swap(replacing);
}

}  // namespace detail

// The members of event_loop. An answer goes to the loop of the task that awaits.

task<std::vector<address_info>> network_methods::getaddrinfo(std::string_view host, int port) {
  return ouro::getaddrinfo(host, port);
}
task<std::vector<address_info>> network_methods::getaddrinfo(std::string_view host, int port,
                                                             const getaddrinfo_options& options) {
  return ouro::getaddrinfo(host, port, options);
}
task<std::vector<address_info>> network_methods::getaddrinfo(std::string_view host,
                                                             std::string_view service) {
  return ouro::getaddrinfo(host, service);
}
task<std::vector<address_info>> network_methods::getaddrinfo(std::string_view host,
                                                             std::string_view service,
                                                             const getaddrinfo_options& options) {
  return ouro::getaddrinfo(host, service, options);
}

}  // namespace ouro::inline v0
