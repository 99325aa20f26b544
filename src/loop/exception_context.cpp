// SPDX-License-Identifier: BSL-1.0
#include "ouro/loop/exception_context.hpp"

#include "ouro/base/errors.hpp"

namespace ouro::inline v0::detail {

// Inside a coroutine g++ calls the function "void work(work(int)::_Z4worki.Frame*)", clang and g++'s
// promise "task<int> work(int)": the name is what stands before the first parenthesis, less its type.
std::string_view function_name(const std::source_location& place) noexcept {
  std::string_view text = place.function_name();
  std::size_t depth = 0;
  std::size_t begin = 0;
  for (const std::string_view anonymous : {"{anonymous}::", "(anonymous namespace)::"}) {
    if (const std::size_t at = text.find(anonymous); at != text.npos) {
      text.remove_prefix(at + anonymous.size());
    }
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '<') ++depth;
    if (text[i] == '>' && depth > 0) --depth;
    if (depth > 0) continue;
    if (text[i] == '(') return text.substr(begin, i - begin);
    if (text[i] == ' ') begin = i + 1;
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
