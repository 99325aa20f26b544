# Installs ouro: this build's static library, or a shared one, which is built first.
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/common.cmake)

set(build ${ouro_build})
if(kind STREQUAL "shared")
  set(build ${work}/shared_build)
  must_configure(${ouro_source} ${build} -DBUILD_SHARED_LIBS=ON -DCMAKE_INSTALL_PREFIX=/usr
    -DOURO_BUILD_TESTS=OFF -DOURO_BUILD_EXAMPLES=OFF -DOURO_BUILD_BENCH=OFF)
  set(config Debug)  # as configure() has it
  run(${CMAKE_COMMAND} --build ${build} --parallel 2)
endif()
file(REMOVE_RECURSE ${work}/${kind})
run(${CMAKE_COMMAND} --install ${build} --config "${config}" --prefix ${work}/${kind})
