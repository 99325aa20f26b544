# Compiles a program with what pkg-config says, and runs it.
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/common.cmake)

find_program(pkg_config pkg-config REQUIRED)
set(prefix ${work}/${kind})
include(${CMAKE_CURRENT_LIST_DIR}/pkg_config_program.cmake)
