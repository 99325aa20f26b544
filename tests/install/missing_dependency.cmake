# What is missing stops CMake with a sentence that names the Debian package.
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/common.cmake)

# must_stop(source pattern options...)
function(must_stop source pattern)
  file(REMOVE_RECURSE ${work}/missing)
  configure(${source} ${work}/missing ${ARGN})
  if(status EQUAL 0)
    message(FATAL_ERROR "configured, although something is missing: ${ARGN}")
  endif()
  must_say("${output}" "${pattern}")
endfunction()

# Nothing can be found below such a root.
set(nowhere -DCMAKE_FIND_ROOT_PATH=${work}/nowhere -DCMAKE_FIND_ROOT_PATH_MODE_LIBRARY=ONLY
  -DCMAKE_FIND_ROOT_PATH_MODE_INCLUDE=ONLY)
set(only -DOURO_BUILD_EXAMPLES=OFF -DOURO_BUILD_TESTS=OFF -DOURO_BUILD_BENCH=OFF)

must_stop(${ouro_source} "install the Debian package liburing-dev" ${nowhere} ${only})
must_stop(${ouro_source} "install the Debian package catch2" ${only} -DOURO_BUILD_TESTS=ON
  -DCMAKE_DISABLE_FIND_PACKAGE_Catch2=ON)
must_stop(${ouro_source} "install the Debian package libbenchmark-dev" ${only} -DOURO_BUILD_BENCH=ON
  -DCMAKE_DISABLE_FIND_PACKAGE_benchmark=ON)
must_stop(${CMAKE_CURRENT_LIST_DIR}/find_package "install the Debian package liburing-dev"
  ${nowhere} -Douro_DIR=${work}/static/lib/cmake/ouro)

# A compiler that cannot do it.
set(flags "${flags} -Dco_await=broken")
must_stop(${ouro_source} "ouro needs a compiler with working C[+][+]20 coroutines" ${only})
execute_process(
  COMMAND ${CMAKE_COMMAND} -D CMAKE_CXX_COMPILER_ID=GNU -D CMAKE_CXX_COMPILER_VERSION=11.4
    -D CMAKE_CXX_COMPILER=g++-11 -P ${ouro_source}/cmake/compiler.cmake
  ERROR_VARIABLE output)
must_say("${output}" "ouro needs g[+][+] 12.2 or clang 16, or newer, but g[+][+]-11 is GNU 11.4")
