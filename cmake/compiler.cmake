# Stops where ouro cannot work: an old compiler, or one whose coroutines are broken.
function(ouro_check_compiler)
  set(minimum_GNU 12.2)
  set(minimum_Clang 16)
  set(minimum ${minimum_${CMAKE_CXX_COMPILER_ID}})
  if(minimum AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS minimum)
    message(FATAL_ERROR
      "ouro needs g++ 12.2 or clang 16, or newer, but ${CMAKE_CXX_COMPILER} is ${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}: install the Debian package g++ or clang-19 and set CMAKE_CXX_COMPILER.")
  endif()

  if(NOT DEFINED OURO_COROUTINES_WORK OR NOT OURO_COROUTINES_WORK)
    set(CMAKE_TRY_COMPILE_CONFIGURATION Release)
    unset(OURO_COROUTINES_WORK CACHE)
    unset(OURO_COROUTINES_COMPILE CACHE)
    if(CMAKE_CROSSCOMPILING)
      try_compile(OURO_COROUTINES_WORK ${PROJECT_BINARY_DIR}/probe
        ${PROJECT_SOURCE_DIR}/cmake/probes/coroutines.cpp
        CXX_STANDARD 20 CXX_STANDARD_REQUIRED ON OUTPUT_VARIABLE output)
    else()
      try_run(status OURO_COROUTINES_COMPILE
        ${PROJECT_BINARY_DIR}/probe ${PROJECT_SOURCE_DIR}/cmake/probes/coroutines.cpp
        CXX_STANDARD 20 CXX_STANDARD_REQUIRED ON COMPILE_OUTPUT_VARIABLE output)
      if(OURO_COROUTINES_COMPILE AND status STREQUAL "0")
        set(OURO_COROUTINES_WORK TRUE CACHE INTERNAL "A coroutine keeps and destroys what it should")
      endif()
      unset(status CACHE)
    endif()
  endif()
  if(NOT OURO_COROUTINES_WORK)
    message(FATAL_ERROR
      "ouro needs a compiler with working C++20 coroutines, but cmake/probes/coroutines.cpp fails with ${CMAKE_CXX_COMPILER} ${CMAKE_CXX_FLAGS}: install the Debian package g++ or clang-19 and set CMAKE_CXX_COMPILER.\n${output}")
  endif()
endfunction()
ouro_check_compiler()
