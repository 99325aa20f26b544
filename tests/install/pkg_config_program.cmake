# Compiles main.cpp against the installation in `prefix` with pkg-config, with and without --static.
file(GLOB_RECURSE pc ${prefix}/*/ouro.pc)
cmake_path(GET pc PARENT_PATH pc_dir)
cmake_path(GET pc_dir PARENT_PATH library_dir)
set(ENV{PKG_CONFIG_PATH} ${pc_dir})
set(ENV{LD_LIBRARY_PATH} ${library_dir})
file(STRINGS ${ouro_source}/CMakeLists.txt project REGEX "^project")
string(REGEX MATCH "[0-9]+[.][0-9]+[.][0-9]+" version "${project}")
run(${pkg_config} --modversion ouro)
must_say("${output}" "^${version}")

foreach(mode IN ITEMS "" --static)
  run(${pkg_config} --cflags --libs ${mode} ouro)
  # A static ouro brings liburing along, a shared one only if everything is to be static.
  if(kind STREQUAL "static" OR mode)
    must_say("${output}" "-luring")
  elseif(output MATCHES "-luring")
    message(FATAL_ERROR "a shared ouro does not need liburing from its user: ${output}")
  endif()
  separate_arguments(options UNIX_COMMAND "${output}")
  run(${compiler} -std=c++20 ${CMAKE_CURRENT_LIST_DIR}/main.cpp ${options}
    -o ${work}/pkg_config_${kind}${mode})
  run(${work}/pkg_config_${kind}${mode})
endforeach()
