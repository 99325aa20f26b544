# Builds and runs one of the consumer projects. The arguments are those that CMakeLists.txt passes.
cmake_minimum_required(VERSION 3.25)

function(run)
  execute_process(COMMAND ${ARGV} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(REMOVE_RECURSE ${work})
set(options "-DCMAKE_CXX_COMPILER=${compiler}" "-DCMAKE_CXX_FLAGS=${flags}")
if(way STREQUAL "find_package")
  run(${CMAKE_COMMAND} --install ${ouro_build} --config "${config}" --prefix ${work}/prefix)
  list(APPEND options -DCMAKE_PREFIX_PATH=${work}/prefix)
else()
  list(APPEND options -DOURO_SOURCE_DIR=${ouro_source} -DBUILD_SHARED_LIBS=ON)
endif()

set(consumer ${work}/build)
# A launcher is a list; quoting keeps it one argument.
execute_process(
  COMMAND ${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/${way} -B ${consumer} -G ${generator}
    ${options} "-DCMAKE_CXX_COMPILER_LAUNCHER=${launcher}"
  COMMAND_ERROR_IS_FATAL ANY)
run(${CMAKE_COMMAND} --build ${consumer} --parallel 2)
run(${consumer}/consumer)
