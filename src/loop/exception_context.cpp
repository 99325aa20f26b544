// SPDX-License-Identifier: BSL-1.0
#include "ouro/loop/exception_context.hpp"

#include "ouro/base/errors.hpp"

#include <cctype>

namespace ouro::inline v0::detail {

namespace {

constexpr std::size_t operator_size = std::string_view("operator").size();

/// How much of `text` stands for something without a name that it begins with: an unnamed
/// namespace, or a closure as clang writes it.
std::size_t unnamed_prefix(std::string_view text) noexcept {
  for (const std::string_view unnamed :
       {"{anonymous}::", "(anonymous namespace)::", "(anonymous class)"}) {
    if (text.starts_with(unnamed)) return unnamed.size();
  }
  return 0;
}

/// Whether `text` begins with the keyword `operator`.
bool is_operator(std::string_view text) noexcept {
  if (!text.starts_with("operator") || text.size() == operator_size) return false;
  const char next = text[operator_size];
  return next != '_' && std::isalnum(static_cast<unsigned char>(next)) == 0;
}

}  // namespace

// Inside a coroutine g++ calls the function "void work(work(int)::_Z4worki.Frame*)", clang and
// g++'s promise "task<int> work(int)": the name is what stands before the first parenthesis, less
// its type.
std::string_view function_name(const std::source_location& place) noexcept {
  const std::string_view text = place.function_name();
  std::size_t depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (const std::size_t length = unnamed_prefix(text.substr(i))) {
      i += length - 1;
      if (depth == 0 && text[i] == ':') begin = i + 1;
      continue;
    }
    if (text[i] == '<') ++depth;
    if (text[i] == '>' && depth > 0) --depth;
    if (depth > 0) continue;
    if (text[i] == '(') return text.substr(begin, i - begin);
    if (text[i] == ' ') begin = i + 1;
    if ((i == begin || text[i - 1] == ':') && is_operator(text.substr(i))) {
      const std::size_t call = text.substr(i).starts_with("operator()") ? 2 : 0;
      return text.substr(begin, text.find('(', i + operator_size + call) - begin);
    }
  }
  return text.substr(begin);
}

std::string describe(const std::source_location& place) {
  std::string text(function_name(place));
  if (place.line() != 0) {
    text += text.empty() ? "" : " ";
    text += std::string("(") + place.file_name() + ":" + std::to_string(place.line()) + ")";
  }
  return text;
}

std::string describe(const exception_context& context) {
  std::string text(context.message);
  if (!context.name.empty()) (text += "\n  name: ") += context.name;
  if (context.exception) text += "\n  exception: " + describe(context.exception);
  if (context.place.line() != 0) text += "\n  made by: " + describe(context.place);
  return text;
}

}  // namespace ouro::inline v0::detail
