// SPDX-License-Identifier: BSL-1.0
//
// Checks what the compiler does not: layers, includes, sizes, the umbrella, the names of tests.
//
//   architecture_check [--expect FILE] RULES ROOT CHECK...
//
// RULES is the folder with the .txt files, ROOT the tree to check. Prints one line a violation and
// fails if there is any; with --expect it fails unless FILE has exactly these lines.

#include "tests/architecture/source_file.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_file = 400;

class checker {
 public:
  checker(const fs::path& rules, const fs::path& root) : rules_(rules), root_(root) {
    for (const char* folder : {"include", "src"}) {
      for (source_file& file : files_below(root, folder)) library_.push_back(std::move(file));
    }
    std::size_t level = 0;
    for (const auto& siblings : rules_in(rules / "layers.txt")) {
      for (const std::string& folder : siblings) levels_[folder] = level;
      ++level;
    }
    for (source_file& file : files_below(root, "tests")) {
      if (levels_.contains(file.folder)) tests_.push_back(std::move(file));
    }
  }

  void run(std::string_view check) {
    if (check == "layers") return layers();
    if (check == "outside_includes") return outside_includes();
    if (check == "versions") return versions();
    if (check == "sizes") return sizes();
    if (check == "pragma_once") return pragma_once();
    if (check == "umbrella") return umbrella();
    if (check == "test_names") return test_names();
    if (check == "options") return options();
    throw std::runtime_error("there is no check called " + std::string(check));
  }

  std::vector<std::string> violations() {
    std::sort(violations_.begin(), violations_.end());
    return violations_;
  }

 private:
  void report(const std::string& name, std::size_t line, const std::string& text) {
    violations_.push_back(name + (line == 0 ? "" : ":" + std::to_string(line)) + ": " + text);
  }

  bool is_umbrella(const source_file& file) const {
    return file.name == umbrella_name || file.name == testing_umbrella_name;
  }

  void layers() {
    for (const source_file& file : library_) {
      if (is_umbrella(file)) continue;
      if (!levels_.contains(file.folder)) {
        report(file.name, 0, "its folder is not in layers.txt");
        continue;
      }
      for (const include& included : file.includes) layer_of(file, included);
    }
  }

  void layer_of(const source_file& file, const include& included) {
    const std::string& header = included.header;
    if (!header.starts_with("ouro/")) {
      if (!included.quoted || is_private(file, header)) return;
      return report(file.name, included.line, "\"" + header + "\" is not a full path");
    }
    if (!included.quoted) {
      report(file.name, included.line, "<" + header + "> belongs between quotation marks");
    }
    if (header == "ouro/ouro.hpp") {
      return report(file.name, included.line, "nothing inside includes the umbrella");
    }
    const std::string other = folder_of("include/" + header);
    if (other == file.folder) return;
    if (!levels_.contains(other)) {
      return report(file.name, included.line, "\"" + header + "\" is in no layer of layers.txt");
    }
    const std::string direction = file.folder + " includes " + other;
    if (levels_[other] == levels_[file.folder]) {
      report(file.name, included.line, direction + ", its sibling");
    } else if (levels_[other] > levels_[file.folder]) {
      report(file.name, included.line, direction + ", a layer above it");
    } else if (header.find("/detail/") != std::string::npos) {
      report(file.name, included.line, "\"" + header + "\" is for " + other + " only");
    }
  }

  /// A header beside its only users in src is included by its bare name.
  bool is_private(const source_file& file, const std::string& header) const {
    return file.name.starts_with("src/") && header.find('/') == std::string::npos &&
           fs::exists((root_ / file.name).parent_path() / header);
  }

  void outside_includes() {
    for (const auto& rule : rules_in(rules_ / "outside_includes.txt")) {
      for (const source_file& file : library_) {
        for (const include& included : file.includes) {
          const bool matches = rule[0].ends_with('/') ? included.header.starts_with(rule[0])
                                                      : included.header == rule[0];
          if (!matches || allowed(rule, file.name)) continue;
          report(file.name, included.line,
                 "<" + included.header + "> has no place here, see outside_includes.txt");
        }
      }
    }
  }

  static bool allowed(const std::vector<std::string>& rule, const std::string& name) {
    bool listed_only = false;
    for (std::size_t index = 1; index < rule.size(); ++index) {
      const std::string& path = rule[index];
      if (path.starts_with('!') && name.starts_with(path.substr(1))) return false;
      if (path.starts_with('!')) continue;
      if (name.starts_with(path)) return true;
      listed_only = true;
    }
    return !listed_only;
  }

  void versions() {
    static const std::regex condition(R"(^\s*#\s*(if|ifdef|ifndef|elif)\b)");
    static const std::regex version(
        R"(IO_URING_VERSION|LIBURING|LINUX_VERSION_CODE|KERNEL_VERSION|IORING_|IOSQE_)");
    for (const source_file& file : library_) {
      if (file.name == "include/ouro/ring/liburing.hpp") continue;
      if (file.name.find("/ring/features.") != std::string::npos) continue;
      bool continued = false;
      for (std::size_t index = 0; index < file.code.size(); ++index) {
        const std::string& line = file.code[index];
        const bool inside = continued || std::regex_search(line, condition);
        continued = inside && line.ends_with('\\');
        if (!inside || !std::regex_search(line, version)) continue;
        report(file.name, index + 1, "a condition on versions belongs in ring/liburing.hpp");
      }
    }
  }

  void sizes() {
    for (const auto* files : {&library_, &tests_}) {
      for (const source_file& file : *files) {
        if (is_umbrella(file) || file.lines.size() <= longest_file) continue;
        report(file.name, 0,
               std::to_string(file.lines.size()) + " lines, at most " +
                   std::to_string(longest_file) + " are allowed");
      }
    }
  }

  void pragma_once() {
    for (const source_file& file : library_) {
      if (!file.header()) continue;
      const auto first = std::find_if_not(file.code.begin(), file.code.end(), blank);
      if (first == file.code.end() || !first->starts_with("#pragma once")) {
        report(file.name, 0, "a header begins with #pragma once");
      }
    }
  }

  void umbrella() {
    umbrella_of("include/ouro/", umbrella_name);
    if (fs::exists(root_ / "include/ouro/testing")) {
      umbrella_of("include/ouro/testing/", testing_umbrella_name);
    }
  }

  /// The umbrella `name` includes every header below `folder` that is for users, and nothing else.
  void umbrella_of(const std::string& folder, const std::string& name) {
    const auto found = std::find_if(library_.begin(), library_.end(),
                                    [&](const source_file& file) { return file.name == name; });
    if (found == library_.end()) return report(name, 0, "there is no umbrella");
    static const std::regex directive(R"(^\s*#\s*(pragma once|include|if|else|elif|endif|error))");
    for (std::size_t index = 0; index < found->code.size(); ++index) {
      const std::string& line = found->code[index];
      if (blank(line) || std::regex_search(line, directive)) continue;
      report(name, index + 1, "the umbrella only includes");
    }
    std::set<std::string> included;
    for (const include& line : found->includes) included.insert(line.header);
    for (const source_file& file : library_) {
      if (!file.header() || file.name == name) continue;
      if (!file.name.starts_with("include/")) continue;
      const std::string header = file.name.substr(std::string_view("include/").size());
      if (!left_out(file, folder) && !included.contains(header)) {
        report(name, 0, "\"" + header + "\" is not included");
      }
      if (left_out(file, folder) && included.contains(header)) {
        report(name, 0, "\"" + header + "\" is not for users");
      }
    }
  }

  /// A rule that names the folder of an umbrella is for the umbrella above it.
  bool left_out(const source_file& file, const std::string& folder) const {
    if (!file.name.starts_with(folder)) return true;
    if (file.name.find("/detail/") != std::string::npos) return true;
    const auto rules = rules_in(rules_ / "umbrella_exceptions.txt");
    return std::any_of(rules.begin(), rules.end(), [&](const std::vector<std::string>& rule) {
      const std::string exception = "include/ouro/" + rule[0];
      return exception != folder && file.name.starts_with(exception);
    });
  }

  void test_names() {
    std::map<std::string, bool> extra;  // whether a file of that name was found
    for (const auto& rule : rules_in(rules_ / "extra_tests.txt")) {
      extra[rule[0]] = false;
      if (rule.size() == 1) report("extra_tests.txt", 0, rule[0] + " lacks its subject");
    }
    for (const source_file& file : tests_) {
      if (file.header()) continue;
      constexpr std::string_view ending = "_test.cpp";
      if (!file.name.ends_with(ending)) {
        report(file.name, 0, "is not built: the name of a test ends in _test.cpp");
        continue;
      }
      case_names(file);
      const std::size_t begin = std::string_view("tests/").size();
      const std::string subject = file.name.substr(begin, file.name.size() - begin - ending.size());
      if (const auto found = extra.find(subject); found != extra.end()) {
        found->second = true;
      } else if (!names_header(file.folder, subject.substr(file.folder.size() + 1))) {
        report(file.name, 0,
               "names no header of " + file.folder + " and is not in extra_tests.txt");
      }
    }
    for (const auto& [subject, found] : extra) {
      if (!found) report("extra_tests.txt", 0, subject + " is no test");
    }
  }

  /// g++ 12 destroys an aggregate in a co_await expression twice, so options own nothing.
  void options() {
    static const std::regex definition(R"(^\s*(?:struct|class) (\w+_options)\s*(?:final\s*)?[:{])");
    for (const source_file& file : library_) {
      for (std::size_t index = 0; index < file.code.size(); ++index) {
        std::smatch match;
        if (!std::regex_search(file.code[index], match, definition)) continue;
        const std::string assertion =
            "static_assert(std::is_trivially_destructible_v<" + match[1].str() + ">";
        const bool asserted = std::any_of(
            file.code.begin(), file.code.end(),
            [&](const std::string& line) { return line.find(assertion) != std::string::npos; });
        if (!asserted) report(file.name, index + 1, "lacks " + assertion + ");");
      }
    }
  }

  /// CMake, which makes a test of each case, takes a semicolon for the end of the name.
  void case_names(const source_file& file) {
    static const std::regex semicolon(R"(_CASE\("[^"]*;)");
    for (std::size_t index = 0; index < file.code.size(); ++index) {
      if (!std::regex_search(file.code[index], semicolon)) continue;
      report(file.name, index + 1, "the name of a test case has no semicolon");
    }
  }

  /// A test of the header `gather` is called `gather`, or `gather_<part>` when it is split.
  bool names_header(const std::string& folder, const std::string& name) const {
    return std::any_of(library_.begin(), library_.end(), [&](const source_file& file) {
      if (!file.header() || file.folder != folder) return false;
      const std::string stem = fs::path(file.name).stem().string();
      return name == stem || name.starts_with(stem + "_");
    });
  }

  static constexpr const char* umbrella_name = "include/ouro/ouro.hpp";
  static constexpr const char* testing_umbrella_name = "include/ouro/testing/testing.hpp";

  fs::path rules_;
  fs::path root_;
  std::vector<source_file> library_;
  std::vector<source_file> tests_;
  std::map<std::string, std::size_t> levels_;
  std::vector<std::string> violations_;
};

int compare(const std::vector<std::string>& actual, const std::vector<std::string>& expected) {
  for (const std::string& line : expected) {
    if (std::count(actual.begin(), actual.end(), line) == 0) {
      std::printf("not found: %s\n", line.c_str());
    }
  }
  for (const std::string& line : actual) {
    if (std::count(expected.begin(), expected.end(), line) == 0) {
      std::printf("not expected: %s\n", line.c_str());
    }
  }
  return actual == expected ? 0 : 1;
}

int check(std::vector<std::string> arguments) {
  std::optional<fs::path> expected;
  if (arguments.size() >= 2 && arguments[0] == "--expect") {
    expected = arguments[1];
    arguments.erase(arguments.begin(), arguments.begin() + 2);
  }
  if (arguments.size() < 3) throw std::runtime_error("needs RULES ROOT CHECK...");
  checker subject(arguments[0], arguments[1]);
  for (std::size_t index = 2; index < arguments.size(); ++index) subject.run(arguments[index]);

  const std::vector<std::string> violations = subject.violations();
  if (expected) return compare(violations, lines_of(read(*expected)));
  for (const std::string& line : violations) std::printf("%s\n", line.c_str());
  return violations.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return check({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "architecture_check: %s\n", error.what());
    return 2;
  }
}
