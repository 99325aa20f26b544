// SPDX-License-Identifier: BSL-1.0
//
// What the C++ twins of the Python programs in this folder share: print() as Python's, the names
// that Python gives exceptions, and the table of cases. A program holds several cases; each is
// named in a line `// case: NNN_name`, which CMake reads, and in its parity::entry.
#pragma once

#include "ouro/base/errors.hpp"
#include "ouro/base/exception_group.hpp"
#include "ouro/task/run.hpp"

#include <charconv>
#include <concepts>
#include <cstdio>
#include <exception>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace parity {

// Python's exceptions that the programs themselves raise ------------------------------------------

class python_error : public std::runtime_error {
 public:
  python_error(const char* name, const std::string& text) : std::runtime_error(text), name_(name) {}
  const char* name() const noexcept { return name_; }

 private:
  const char* name_;
};

struct value_error : python_error {
  explicit value_error(const std::string& text = "") : python_error("ValueError", text) {}
};
struct key_error : python_error {
  explicit key_error(const std::string& text = "") : python_error("KeyError", text) {}
};
struct os_error : python_error {
  explicit os_error(const std::string& text = "") : python_error("OSError", text) {}
};
struct runtime_error : python_error {
  explicit runtime_error(const std::string& text = "") : python_error("RuntimeError", text) {}
};
struct zero_division_error : python_error {
  zero_division_error() : python_error("ZeroDivisionError", "division by zero") {}
};

/// What Python calls the exception: type(error).__name__.
inline std::string py_name(const std::exception_ptr& error) {
  if (!error) return "NoneType";
  try {
    std::rethrow_exception(error);
  } catch (const ouro::cancelled_error&) {
    return "CancelledError";
  } catch (const ouro::keyboard_interrupt&) {
    return "KeyboardInterrupt";
  } catch (const python_error& raised) {
    return raised.name();
  } catch (const ouro::timeout_error&) {
    return "TimeoutError";
  } catch (const ouro::exception_group&) {
    return "ExceptionGroup";
  } catch (const ouro::invalid_state_error&) {
    return "InvalidStateError";
  } catch (const ouro::usage_error&) {
    return "RuntimeError";
  } catch (const std::invalid_argument&) {
    return "ValueError";
  } catch (const std::exception& other) {
    return std::string("unmapped exception: ") + other.what();
  } catch (...) {
    return "unmapped exception";
  }
}

/// str(error); of a CancelledError its message.
inline std::string text_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const ouro::cancelled_error& cancelled) {
    return cancelled.message();
  } catch (const std::exception& other) {
    return other.what();
  } catch (...) {
    return "";
  }
}

/// error.args: nothing or the message.
inline std::vector<std::string> args_of(const ouro::cancelled_error& error) {
  if (error.message().empty()) return {};
  return {error.message()};
}

/// What `function` throws, if anything.
template <class Function>
std::exception_ptr error_of(Function&& function) {
  try {
    static_cast<void>(function());
  } catch (...) {
    return std::current_exception();
  }
  return nullptr;
}

// print() -----------------------------------------------------------------------------------------

using words = std::vector<std::string>;

inline void append(words& line, std::string_view text) { line.emplace_back(text); }
inline void append(words& line, const char* text) { line.emplace_back(text); }
inline void append(words& line, const std::string& text) { line.push_back(text); }
inline void append(words& line, std::nullptr_t) { line.emplace_back("None"); }
inline void append(words& line, std::nullopt_t) { line.emplace_back("None"); }
template <std::same_as<bool> Bool>
void append(words& line, Bool value) {
  line.emplace_back(value ? "True" : "False");
}
template <std::integral Integer>
  requires(!std::same_as<Integer, bool>)
void append(words& line, Integer value) {
  line.push_back(std::to_string(value));
}
template <std::same_as<double> Double>
void append(words& line, Double value) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, value);
  line.emplace_back(digits, end.ptr);
}
inline void append(words& line, const std::exception_ptr& error) {
  line.push_back(error ? text_of(error) : "None");
}
template <class T>
void append(words& line, const ouro::future<T>& future) {
  line.emplace_back(future ? "future" : "None");
}
template <class T>
void append(words& line, const std::optional<T>& value) {
  if (value) {
    append(line, *value);
  } else {
    append(line, nullptr);
  }
}
/// print(*list): each element is an argument.
template <class T>
void append(words& line, const std::vector<T>& list) {
  for (const auto& element : list) append(line, static_cast<T>(element));
}

/// Writes a line as Python's print() does: arguments joined by spaces, True and False, None. The
/// elements of a vector count as arguments, as with print(*list).
template <class... Arguments>
void print(const Arguments&... arguments) {
  words line;
  (append(line, arguments), ...);
  const char* space = "";
  for (const std::string& word : line) {
    std::printf("%s%s", std::exchange(space, " "), word.c_str());
  }
  std::printf("\n");
}

/// [f(x) for x in list]
template <class List, class Function>
auto map_list(const List& list, Function&& function) {
  std::vector<decltype(function(*std::begin(list)))> mapped;
  for (const auto& element : list) mapped.push_back(function(element));
  return mapped;
}

/// [first, rest...]; g++ 12 takes no braced list inside a co_await expression.
template <class T, class... Rest>
std::vector<T> list_of(T first, Rest... rest) {
  std::vector<T> list;
  list.push_back(std::move(first));
  (list.push_back(std::move(rest)), ...);
  return list;
}

/// [create_task(coroutine) for each], in this order whatever the compiler does with arguments.
template <class T, std::same_as<ouro::task<T>>... Rest>
std::vector<ouro::task_handle<T>> create_tasks(ouro::task<T> first, Rest... rest) {
  std::vector<ouro::task_handle<T>> handles;
  handles.push_back(ouro::create_task(std::move(first)));
  (handles.push_back(ouro::create_task(std::move(rest))), ...);
  return handles;
}

/// The `finally:` of a block that does not await.
template <class Function>
class finally {
 public:
  explicit finally(Function function) : function_(std::move(function)) {}
  finally(const finally&) = delete;
  finally& operator=(const finally&) = delete;
  ~finally() { function_(); }

 private:
  Function function_;
};

// The cases ---------------------------------------------------------------------------------------

using case_table = std::map<std::string_view, std::function<void()>>;

inline case_table& cases() {
  static case_table table;
  return table;
}

/// Adds a case to the program: a main coroutine, which gets a run() of its own, or a function that
/// does everything itself.
struct entry {
  entry(const char* name, ouro::task<> (*amain)()) {
    cases().emplace(name, [amain] { ouro::run(amain()); });
  }
  entry(const char* name, void (*function)()) { cases().emplace(name, function); }
};

/// Runs the case that the arguments name.
inline int run_case(int argc, char** argv) {
  const auto found = argc == 2 ? cases().find(argv[1]) : cases().end();
  if (found == cases().end()) {
    std::fprintf(stderr, "usage: %s CASE; the cases are:\n", argv[0]);
    for (const auto& [name, run] : cases())
      std::fprintf(stderr, "  %s\n", std::string(name).c_str());
    return 2;
  }
  if (const std::exception_ptr error = error_of(found->second)) {
    std::fprintf(stderr, "left by %s: %s\n", py_name(error).c_str(), text_of(error).c_str());
    return 1;
  }
  return 0;
}

}  // namespace parity
