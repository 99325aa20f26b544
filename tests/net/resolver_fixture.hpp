// SPDX-License-Identifier: BSL-1.0
// Names that exist only here, and a resolver that waits to be told before it answers.
#pragma once

#include "ouro/net/detail/resolver.hpp"
#include "ouro/net/resolver.hpp"

#include "tests/support/loop_test.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <netdb.h>
#include <netinet/in.h>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace net_test {

using namespace std::chrono_literals;

inline ouro::address_info stream_address(const ouro::endpoint& at) {
  return {.family = at.family(),
          .type = ouro::socket_type::stream,
          .proto = IPPROTO_TCP,
          .canonname = "",
          .endpoint = at};
}

/// Stands in for getaddrinfo(3) while it lives. Used from the test's thread and the resolver's.
class fake_resolver {
 public:
  fake_resolver() {
    ouro::detail::replace_getaddrinfo(
        [this](const ouro::detail::address_query& query, std::vector<ouro::address_info>& answer) {
          return answer_to(query, answer);
        });
  }
  fake_resolver(const fake_resolver&) = delete;
  fake_resolver& operator=(const fake_resolver&) = delete;
  ~fake_resolver() {
    release();
    wait_until_unused();
    ouro::detail::replace_getaddrinfo({});
  }

  /// `host` has these addresses; names that were not added do not exist.
  void add(const std::string& host, std::vector<ouro::endpoint> addresses) {
    const std::lock_guard lock(mutex_);
    hosts_[host] = std::move(addresses);
  }

  /// Questions wait until release().
  void hold() {
    const std::lock_guard lock(mutex_);
    held_ = true;
  }
  void release() {
    const std::lock_guard lock(mutex_);
    held_ = false;
    changed_.notify_all();
  }

  /// The names that were asked for, in order.
  std::vector<std::string> asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
  }
  /// Blocks until as many questions have reached a thread.
  void wait_until_asked(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return asked_.size() >= count; });
  }
  /// Blocks until no thread has a question.
  static void wait_until_unused() {
    for (;;) {
      const ouro::detail::resolver_state state = ouro::detail::get_resolver_state();
      if (state.running == 0 && state.queued == 0) return;
      std::this_thread::sleep_for(100us);
    }
  }

 private:
  int answer_to(const ouro::detail::address_query& query, std::vector<ouro::address_info>& answer) {
    std::unique_lock lock(mutex_);
    asked_.push_back(query.host);
    changed_.notify_all();
    changed_.wait(lock, [&] { return !held_; });
    const auto found = hosts_.find(query.host);
    if (found == hosts_.end()) return EAI_NONAME;
    for (const ouro::endpoint& each : found->second) {
      answer.push_back(stream_address(each));
      if (query.options.type != ouro::socket_type::datagram) continue;
      answer.back().type = ouro::socket_type::datagram;
      answer.back().proto = IPPROTO_UDP;
    }
    return 0;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool held_ = false;
  std::map<std::string, std::vector<ouro::endpoint>> hosts_;
  std::vector<std::string> asked_;
};

}  // namespace net_test
