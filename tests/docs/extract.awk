# Writes each C++ block of a Markdown page to a file of its own: OUT/PAGE_N.cpp. A block without main()
# is namespace-scope code: it gets the includes that every program has.
/^```cpp/ { inside = 1; ++count; text = ""; line = FNR; next }
/^```/ && inside {
  inside = 0
  file = OUT "/" PAGE "_" count ".cpp"
  if (text !~ /int main\(/)
    text = "#include <ouro/ouro.hpp>\n#include <cstdio>\nusing namespace std::chrono_literals;\n#line " \
           (line + 1) " \"" FILENAME "\"\n" text
  printf "%s", text > file
  close(file)
  next
}
inside { text = text $0 "\n" }
