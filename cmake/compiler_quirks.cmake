# Finds out which traps of docs/compilers.md this compiler has: a program each, in cmake/probes.
# Defines the cache variables OURO_QUIRK_<NAME> and writes them to compiler_quirks.txt in the build
# folder. For the tests; the library works either way.
set(ouro_quirk_lines "")
file(GLOB ouro_quirk_probes CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/cmake/probes/quirk_*.cpp)
foreach(probe IN LISTS ouro_quirk_probes)
  cmake_path(GET probe STEM name)
  string(REPLACE "quirk_" "" name ${name})
  string(TOUPPER OURO_QUIRK_${name} variable)
  if(NOT DEFINED ${variable})
    # Without optimization and the flags of the build: a question to the compiler alone.
    set(ouro_quirk_program ${PROJECT_BINARY_DIR}/probe/${name})
    file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/probe)
    execute_process(
      COMMAND ${CMAKE_CXX_COMPILER} -std=c++20 -O0 -w ${probe} -o ${ouro_quirk_program}
      RESULT_VARIABLE status OUTPUT_QUIET ERROR_QUIET)
    if(status EQUAL 0)
      execute_process(COMMAND ${ouro_quirk_program} TIMEOUT 10 RESULT_VARIABLE status)
    endif()
    set(has_quirk OFF)
    if(NOT status EQUAL 0)
      set(has_quirk ON)
    endif()
    set(${variable} ${has_quirk} CACHE INTERNAL "Whether the compiler has the trap ${name}")
  endif()
  if(${variable})
    string(APPEND ouro_quirk_lines "${name} yes\n")
  else()
    string(APPEND ouro_quirk_lines "${name} no\n")
  endif()
endforeach()
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/compiler_quirks.txt CONTENT "${ouro_quirk_lines}")
