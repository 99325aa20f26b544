# ouro_warnings: the warnings of our own targets. Linked privately, so no user of ouro gets them.
add_library(ouro_warnings INTERFACE)
target_compile_options(ouro_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow
  $<$<BOOL:${OURO_WERROR}>:-Werror>)

# g++ 12 warns of overlapping copies inside std::string where there are none (its bug 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(ouro_warnings INTERFACE -Wno-restrict)
endif()
