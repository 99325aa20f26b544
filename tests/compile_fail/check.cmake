# Compiles `source`, which must fail with the message that its comments expect:
#
#   // message: REGEX       with every compiler
#   // g++: REGEX           with g++; // clang: REGEX with clang
#   // compilers: ID-MAJOR  says nothing elsewhere than with this compiler
#   // compiles: why        the exception: it must compile
cmake_minimum_required(VERSION 3.25)

file(STRINGS ${source} comments REGEX "^// ")
set(expected "")
set(compiles FALSE)
string(REGEX MATCH "^[0-9]+" major "${compiler_version}")
foreach(comment IN LISTS comments)
  if(comment MATCHES "^// message: (.+)$")
    set(expected "${CMAKE_MATCH_1}")
  elseif(compiler_id STREQUAL "GNU" AND comment MATCHES "^// g[+][+]: (.+)$")
    set(expected "${CMAKE_MATCH_1}")
  elseif(compiler_id STREQUAL "Clang" AND comment MATCHES "^// clang: (.+)$")
    set(expected "${CMAKE_MATCH_1}")
  elseif(comment MATCHES "^// compilers: (.+)$" AND NOT CMAKE_MATCH_1 STREQUAL "${compiler_id}-${major}")
    message(STATUS "Not for ${compiler_id} ${major}.")
    return()
  elseif(comment MATCHES "^// compiles: ")
    set(compiles TRUE)
  endif()
endforeach()

set(warnings -Wall -Wextra -Werror)
execute_process(
  COMMAND ${CMAKE_COMMAND} -E env LC_ALL=C
    ${compiler} -std=c++20 ${warnings} -fsyntax-only -fdiagnostics-color=never -I ${include} ${source}
  RESULT_VARIABLE status ERROR_VARIABLE output OUTPUT_QUIET)

if(compiles)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "must compile, but does not:\n${output}")
  endif()
elseif(expected STREQUAL "")
  message(FATAL_ERROR "expects no message of ${compiler_id}")
elseif(status EQUAL 0)
  message(FATAL_ERROR "compiles, but must not")
elseif(NOT output MATCHES "${expected}")
  message(FATAL_ERROR "expected a message that matches \"${expected}\", but got:\n${output}")
endif()
