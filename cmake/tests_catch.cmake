# ouro_catch: Catch2 with a main(). Catch's implementation costs 15 s to compile, so it is compiled
# without sanitizers and debug information; the tests themselves have them.
add_library(ouro_catch INTERFACE)
if(Catch2_VERSION VERSION_GREATER_EQUAL 3)
  target_link_libraries(ouro_catch INTERFACE Catch2::Catch2WithMain)
  set(ouro_catch_header <catch2/catch_all.hpp>)
  set(ouro_catch_arguments "")
else()
  add_library(ouro_catch_main OBJECT ${CMAKE_CURRENT_SOURCE_DIR}/support/main.cpp)
  target_link_libraries(ouro_catch_main PRIVATE Catch2::Catch2)
  target_compile_features(ouro_catch_main PRIVATE cxx_std_20)
  target_compile_options(ouro_catch_main PRIVATE -O0 -g0)
  target_link_libraries(ouro_catch INTERFACE Catch2::Catch2)
  target_sources(ouro_catch INTERFACE $<TARGET_OBJECTS:ouro_catch_main>)
  set(ouro_catch_header <catch2/catch.hpp>)
  # Version 2 succeeds when no test matches; a name that it cannot parse must not pass unseen.
  set(ouro_catch_arguments --warn NoTests)
endif()

# How much the debugger is told about tests. Full debug information would cost a quarter of the time
# that they take to compile.
set(OURO_TEST_DEBUG_INFO -g1 CACHE STRING "The compiler's option for debug information of tests")
add_library(ouro_test_debug_info INTERFACE)
target_compile_options(ouro_test_debug_info INTERFACE
  $<$<CONFIG:Debug>:${OURO_TEST_DEBUG_INFO}>)

# ouro_test_support: what the tests share; tests/support holds what is not in ouro::testing.
add_library(ouro_test_support INTERFACE)
target_include_directories(ouro_test_support INTERFACE ${PROJECT_SOURCE_DIR})
target_link_libraries(ouro_test_support INTERFACE ouro::testing ouro_catch)

# The header of Catch2, precompiled once for all test programs: saves a second a file.
add_library(ouro_test_pch OBJECT ${PROJECT_BINARY_DIR}/tests/pch.cpp)
file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/tests/pch.cpp CONTENT "")
target_link_libraries(ouro_test_pch PRIVATE ouro::ouro Catch2::Catch2 ouro_warnings)
target_precompile_headers(ouro_test_pch PRIVATE ${ouro_catch_header})
# Without a time stamp in it, ccache recognises the same header in the next build.
add_library(ouro_pch_options INTERFACE)
target_compile_options(ouro_pch_options INTERFACE
  $<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>)
target_link_libraries(ouro_test_pch PRIVATE ouro_pch_options ouro_test_debug_info)
