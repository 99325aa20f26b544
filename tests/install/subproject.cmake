# ouro's sources inside another project, through FetchContent and then through add_subdirectory(), in
# one build folder, so that the library is compiled once.
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/common.cmake)

set(build ${work}/subproject)
file(REMOVE_RECURSE ${build}/CMakeCache.txt ${build}/consumer)
foreach(way IN ITEMS fetch_content add_subdirectory)
  must_configure(${CMAKE_CURRENT_LIST_DIR}/subproject ${build}
    -DOURO_SOURCE_DIR=${ouro_source} -DWAY=${way} -DBUILD_SHARED_LIBS=ON)
  no_flags_leaked(${build})
  run(${CMAKE_COMMAND} --build ${build} --parallel 2)
  run(${build}/consumer)
endforeach()
