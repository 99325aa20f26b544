// SPDX-License-Identifier: BSL-1.0
// Runs several coroutines at the same time and collects what they return.
//
// Shows: gather, try_gather (which asyncio has not). asyncio: gather(return_exceptions=...).

#include "ouro/ouro.hpp"

#include <chrono>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

ouro::task<std::string> fetch(std::string url) {
  co_await ouro::sleep(10ms);
  if (url == "nowhere") throw std::runtime_error("no such page");
  co_return "page " + url;
}

ouro::task<int> count(int to) {
  for (int n = 0; n < to; ++n) co_await ouro::sleep(0s);  // zero gives the others one turn
  co_return to;
}

// Exceptions are kept as std::exception_ptr; to look at one, throw it.
void report(const std::exception_ptr& error) try {
  std::rethrow_exception(error);
} catch (const std::exception& e) {
  std::printf("failed: %s\n", e.what());
}

ouro::task<> amain() {
  // Different types make a tuple, which `auto [...]` takes apart.
  auto [a, b, c] = co_await ouro::gather(fetch("a"), fetch("b"), count(3));  // string, string, int
  std::printf("%s, %s, %d\n", a.c_str(), b.c_str(), c);

  auto [d, e] = co_await ouro::try_gather(fetch("d"), fetch("e"));  // an error ends both
  std::printf("%s, %s\n", d.c_str(), e.c_str());

  std::vector<std::string> urls = {"x", "y", "z"};
  std::vector<ouro::task<std::string>> pages;
  pages.reserve(urls.size());
  for (auto& url : urls) pages.push_back(fetch(url));
  std::vector<std::string> all = co_await ouro::gather(std::move(pages));
  for (auto& page : all) std::puts(page.c_str());

  auto results = co_await ouro::gather(ouro::return_exceptions, fetch("nowhere"), fetch("b"));
  if (!std::get<0>(results)) report(std::get<0>(results).exception());
  std::puts(std::get<1>(results).value().c_str());
}

int main() { ouro::run(amain()); }
