// SPDX-License-Identifier: BSL-1.0
#include "ouro/loop/exception_context.hpp"

#include "tests/support/loop_test.hpp"

#include <source_location>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

std::source_location here(std::source_location place = std::source_location::current()) {
  return place;
}

std::string name_of(const std::source_location& place) {
  return std::string(ouro::detail::function_name(place));
}

/// The name under which a coroutine is reported.
template <class T>
std::string name_of_coroutine(ouro::task<T> coroutine) {
  ouro::detail::promise_base* frame = coroutine.release();
  std::string name = name_of(frame->place());
  frame->frame().destroy();
  return name;
}

struct item {
  int value;
};

struct server {
  std::source_location method(int) { return here(); }
  std::source_location operator()() { return here(); }
  std::source_location operator<(int) { return here(); }
  template <class T>
  std::source_location generic(T) {
    return here();
  }
  ouro::task<int> handle(int value) { co_return value; }
  ouro::task<> operator()(int) { co_return; }
};

std::source_location operator_of_nothing() { return here(); }

ouro::task<> plain() { co_return; }

ouro::task<std::pair<int, std::vector<long>>> gives_templates() {
  co_return std::pair<int, std::vector<long>>{};
}

ouro::task<item> gives_an_item() { co_return item{1}; }

ouro::task<item> takes_an_item(item given) { co_return given; }

ouro::task<std::vector<void (*)(int)>> gives_function_pointers(void (*)(int)) {
  co_return std::vector<void (*)(int)>{};
}

template <class T>
ouro::task<T> generic(T value) {
  co_return value;
}

}  // namespace

namespace some_name_space {
ouro::task<item> in_a_name_space(item given) { co_return given; }
}  // namespace some_name_space

TEST_CASE("exception_context: names functions", "[loop][exception_context]") {
  server object;
  CHECK(name_of(object.method(1)) == "server::method");
  CHECK(name_of(object.generic(std::pair<int, long>{})) == "server::generic");
}

TEST_CASE("exception_context: names a coroutine as it is written", "[loop][exception_context]") {
  server object;
  CHECK(name_of_coroutine(plain()) == "plain");
  CHECK(name_of_coroutine(gives_templates()) == "gives_templates");
  CHECK(name_of_coroutine(object.handle(1)) == "server::handle");
  CHECK(name_of_coroutine(generic(std::string())) == "generic");
  CHECK(name_of_coroutine(gives_function_pointers(nullptr)) == "gives_function_pointers");
}

TEST_CASE("exception_context: types of unnamed namespaces do not hide the name",
          "[loop][exception_context]") {
  CHECK(name_of_coroutine(gives_an_item()) == "gives_an_item");
  CHECK(name_of_coroutine(takes_an_item({1})) == "takes_an_item");
  CHECK(name_of_coroutine(some_name_space::in_a_name_space({1})) ==
        "some_name_space::in_a_name_space");
}

TEST_CASE("exception_context: names a call operator", "[loop][exception_context]") {
  server object;
  CHECK(name_of(object()) == "server::operator()");
  CHECK(name_of(object < 1) == "server::operator<");
  CHECK(name_of(operator_of_nothing()) == "operator_of_nothing");
  CHECK(name_of_coroutine(object(1)) == "server::operator()");
}

TEST_CASE("exception_context: a closure has at least the name of the function around it",
          "[loop][exception_context]") {
  const auto closure = [] { return here(); };
  CHECK(!name_of(closure()).empty());
}

TEST_CASE("exception_context: an unknown place has no name and no text",
          "[loop][exception_context]") {
  CHECK(name_of(std::source_location()) == "");
  CHECK(ouro::detail::describe(std::source_location()) == "");
}

TEST_CASE("exception_context: a place is described with file and line",
          "[loop][exception_context]") {
  server object;
  const std::source_location place = object.method(1);

  const std::string text = ouro::detail::describe(place);

  CHECK(text.starts_with("server::method ("));
  CHECK(text.ends_with("exception_context_test.cpp:" + std::to_string(place.line()) + ")"));
}

TEST_CASE("exception_context: the text of a report has a line for what there is",
          "[loop][exception_context]") {
  ouro::exception_context report;
  report.message = "Something happened";
  CHECK(ouro::detail::describe(report) == "Something happened");

  report.name = "Task-1";
  report.exception = std::make_exception_ptr(std::domain_error("broken"));
  CHECK(ouro::detail::describe(report) ==
        "Something happened\n  name: Task-1\n  exception: std::domain_error: broken");

  report.place = here();
  CHECK(ouro::detail::describe(report).find("\n  made by: ") != std::string::npos);
}

OURO_TEST_CASE("exception_context: a stack names the coroutines of a task",
               "[loop][exception_context]") {
  server object;
  auto task = ouro::create_task(object.handle(1));
  CHECK(task.get_coro().function == "server::handle");
  co_await task;
}
