# find_package(ouro), as a project that hides its symbols and has a shared library of its own.
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/common.cmake)

set(build ${work}/find_package_${kind})
file(REMOVE_RECURSE ${build})
must_configure(${CMAKE_CURRENT_LIST_DIR}/find_package ${build}
  -DCMAKE_PREFIX_PATH=${work}/${kind} -DKIND=${kind})
no_flags_leaked(${build})
run(${CMAKE_COMMAND} --build ${build} --parallel 2)
run(${build}/consumer)
run(${build}/one_state)

configure(${CMAKE_CURRENT_LIST_DIR}/find_package ${build}_newer
  -DCMAKE_PREFIX_PATH=${work}/${kind} -DKIND=${kind} -DWANTED=0.2)
must_say("${output}" "requested version \"0.2\"")
