# Writes each C++ block of a Markdown page to a file of its own: OUT/PAGE_N.cpp. A block without main()
# is namespace-scope code: it gets the includes that every program has. What stands in a text block that
# follows a block with main() is what the program prints: OUT/PAGE_N.out.
/^```cpp/ { inside = 1; ++count; text = ""; line = FNR; program = ""; next }
/^```text/ && program != "" { inside_output = 1; text = ""; next }
/^```/ && inside_output {
  inside_output = 0
  printf "%s", text > program ".out"
  close(program ".out")
  program = ""
  next
}
/^```/ && inside {
  inside = 0
  file = OUT "/" PAGE "_" count ".cpp"
  if (text !~ /int main\(/)
    text = "#include <ouro/ouro.hpp>\n#include <cstdio>\nusing namespace std::chrono_literals;\n#line " \
           (line + 1) " \"" FILENAME "\"\n" text
  else
    program = OUT "/" PAGE "_" count
  printf "%s", text > file
  close(file)
  next
}
inside || inside_output { text = text $0 "\n" }
