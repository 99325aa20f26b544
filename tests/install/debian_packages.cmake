# cpack -G DEB: what the packages say and hold, and a program that is built with them.
cmake_minimum_required(VERSION 3.25)
include(${CMAKE_CURRENT_LIST_DIR}/common.cmake)

foreach(tool IN ITEMS dpkg-deb dpkg-shlibdeps pkg-config)
  find_program(${tool} ${tool})
  if(NOT ${tool})
    message("install: skipped, ${tool} is missing: install the Debian package dpkg-dev")
    return()
  endif()
endforeach()
set(pkg_config ${pkg-config})

set(packages ${work}/packages)
file(REMOVE_RECURSE ${packages})
cmake_path(GET CMAKE_COMMAND PARENT_PATH tools)
run(${tools}/cpack --config ${work}/shared_build/CPackConfig.cmake -G DEB -B ${packages})

file(GLOB runtime ${packages}/libouro0.1_*.deb)
file(GLOB development ${packages}/libouro-dev_*.deb)
if(NOT runtime OR NOT development)
  file(GLOB_RECURSE all ${packages}/*.deb)
  message(FATAL_ERROR "not the packages that were expected: ${all}")
endif()

run(${dpkg-deb} --field ${runtime})
must_say("${output}" "Package: libouro0.1 " "Section: libs " "Depends: [^:]*libc6 " "Depends: [^:]*liburing2 "
  "Description: asyncio for C[+][+]20 on io_uring Coroutines,.* holds the shared library")
run(${dpkg-deb} --contents ${runtime})
must_say("${output}" " ./usr/lib/[^ ]*/libouro.so.0.1.0 " "libouro.so.0.1 -> libouro.so.0.1.0")
run(${dpkg-deb} --field ${development})
must_say("${output}" "Package: libouro-dev " "Section: libdevel "
  "Depends: liburing-dev [(]>= 2.3[)], libouro0.1 [(]= 0.1.0[)]")
run(${dpkg-deb} --contents ${development})
must_say("${output}" " ./usr/include/ouro/ouro.hpp" "libouro.so -> libouro.so.0.1"
  "/cmake/ouro/ouroConfig.cmake" "/pkgconfig/ouro.pc" "/ouro/gdb/ouro-gdb.py")

set(root ${work}/root)
file(REMOVE_RECURSE ${root})
run(${dpkg-deb} --extract ${runtime} ${root})
run(${dpkg-deb} --extract ${development} ${root})
set(kind shared)
set(prefix ${root}/usr)
include(${CMAKE_CURRENT_LIST_DIR}/pkg_config_program.cmake)
