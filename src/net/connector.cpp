// SPDX-License-Identifier: BSL-1.0
#include "connector.hpp"

#include "ouro/base/exception_group.hpp"
#include "ouro/base/system.hpp"
#include "ouro/task/as_result.hpp"
#include "ouro/task/staggered_race.hpp"

#include <algorithm>
#include <netinet/in.h>
#include <string>
#include <system_error>
#include <utility>

namespace ouro::inline v0::detail {
namespace {

/// Several failures as one, with a text of its own.
class combined_error final : public std::system_error {
 public:
  combined_error(std::error_code code, std::string text)
      : std::system_error(code), text_(std::move(text)) {}
  const char* what() const noexcept override { return text_.c_str(); }

 private:
  std::string text_;
};

const char* name_of(address_family family) noexcept {
  return family == address_family::ipv4 ? "IPv4" : "IPv6";
}

/// Each failure is a system_error.
const std::system_error& system_error_in(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::system_error& error) {
    return error;  // it lives as long as `failure`
  }
}

}  // namespace

std::vector<address_info> interleave(std::vector<address_info> addresses, int first_count) {
  std::vector<std::vector<address_info>> families;
  for (address_info& each : addresses) {
    const auto family = std::find_if(families.begin(), families.end(), [&](const auto& known) {
      return known.front().family == each.family;
    });
    if (family != families.end()) {
      family->push_back(std::move(each));
    } else {
      families.emplace_back().push_back(std::move(each));
    }
  }
  std::vector<address_info> ordered;
  std::vector<std::size_t> taken(families.size());
  if (first_count > 1 && !families.empty()) {
    taken[0] = std::min(families[0].size(), static_cast<std::size_t>(first_count) - 1);
    std::move(families[0].begin(), families[0].begin() + static_cast<std::ptrdiff_t>(taken[0]),
              std::back_inserter(ordered));
  }
  while (ordered.size() < addresses.size()) {
    for (std::size_t i = 0; i < families.size(); ++i) {
      if (taken[i] < families[i].size()) ordered.push_back(std::move(families[i][taken[i]++]));
    }
  }
  return ordered;
}

task<socket> connector::one_by_one() {
  for (std::size_t i = 0; i < to_.size(); ++i) {
    auto outcome = co_await as_result(attempt(i));
    if (outcome) co_return *std::move(outcome);
    if (!logs_[i].failed) std::rethrow_exception(outcome.exception());
  }
  co_return socket();
}

task<socket> connector::race(duration delay) {
  const auto starter = [this](std::size_t index) {
    return [this, index] { return attempt(index); };
  };
  std::vector<decltype(starter(0))> attempts;
  attempts.reserve(to_.size());
  for (std::size_t i = 0; i < to_.size(); ++i) attempts.push_back(starter(i));
  auto running = staggered_race(std::move(attempts), delay);
  auto outcome = co_await std::move(running);
  if (outcome.winner) co_return *std::move(outcome.winner);
  for (std::size_t i = 0; i < to_.size(); ++i) {
    if (!logs_[i].failed) std::rethrow_exception(outcome.exceptions[i]);
  }
  co_return socket();
}

/// Throws what has failed last; all that are errors of the system are in the log then.
task<socket> connector::attempt(std::size_t index) {
  const address_info& to = to_[index];
  std::string call;
  try {
    socket made(make_socket(static_cast<int>(to.family), static_cast<int>(to.type), to.proto));
    if (to.proto == IPPROTO_TCP) made.set(socket_option::nodelay, true);
    if (from_) bind(made, index);
    call = "connect " + to.endpoint.to_string();
    co_await made.connect(to.endpoint);
    co_return made;
  } catch (const std::system_error& error) {
    logs_[index].failed = true;
    logs_[index].errors.push_back(
        call.empty() ? std::current_exception()
                     : std::make_exception_ptr(std::system_error(error.code(), call)));
    throw;
  }
}

void connector::bind(socket& made, std::size_t index) {
  std::optional<std::system_error> failure;
  for (const address_info& each : *from_) {
    if (each.family != to_[index].family) continue;
    if (failure) logs_[index].errors.push_back(std::make_exception_ptr(*std::move(failure)));
    try {
      return made.bind(each.endpoint);
    } catch (const std::system_error& error) {
      failure.emplace(error.code(), "bind: error while attempting to bind on address " +
                                        each.endpoint.to_string());
    }
  }
  if (failure) throw *std::move(failure);
  throw std::system_error(std::make_error_code(std::errc::address_not_available),
                          std::string("bind: no matching local address of the family ") +
                              name_of(to_[index].family) + " found");
}

void connector::throw_failures(bool all_errors) const {
  std::vector<std::exception_ptr> all;
  for (const attempt_log& each : logs_) {
    all.insert(all.end(), each.errors.begin(), each.errors.end());
  }
  if (all_errors) throw exception_group("create_connection failed", std::move(all));
  const std::system_error& first = system_error_in(all.front());
  std::string list;
  bool same = true;
  for (const std::exception_ptr& each : all) {
    const std::string text = system_error_in(each).what();
    list += (list.empty() ? "" : ", ") + text;
    same = same && text == first.what();
  }
  if (same) std::rethrow_exception(all.front());
  throw combined_error(first.code(), "Multiple exceptions: " + list);
}

}  // namespace ouro::inline v0::detail
