# Defines the target ouro::liburing, or the variable ouro_liburing_problem that says what to do.
# Used by the build and by the installed package.
set(ouro_liburing_minimum 2.3)
if(NOT TARGET ouro::liburing)
  find_package(PkgConfig QUIET)
  if(PkgConfig_FOUND)
    pkg_check_modules(ouro_liburing_pc QUIET liburing)
  endif()
  find_path(OURO_LIBURING_INCLUDE_DIR liburing.h HINTS ${ouro_liburing_pc_INCLUDE_DIRS})
  find_library(OURO_LIBURING_LIBRARY uring HINTS ${ouro_liburing_pc_LIBRARY_DIRS})
  mark_as_advanced(OURO_LIBURING_INCLUDE_DIR OURO_LIBURING_LIBRARY)

  if(NOT OURO_LIBURING_INCLUDE_DIR OR NOT OURO_LIBURING_LIBRARY)
    set(ouro_liburing_problem
      "ouro needs liburing ${ouro_liburing_minimum} or newer: install the Debian package liburing-dev.")
  elseif(ouro_liburing_pc_VERSION VERSION_LESS ouro_liburing_minimum AND ouro_liburing_pc_VERSION)
    set(ouro_liburing_problem
      "ouro needs liburing ${ouro_liburing_minimum} or newer, but found ${ouro_liburing_pc_VERSION}: install a newer Debian package liburing-dev.")
  else()
    # Global, because whoever links ouro links this too, from any folder.
    add_library(ouro::liburing INTERFACE IMPORTED GLOBAL)
    target_include_directories(ouro::liburing SYSTEM INTERFACE ${OURO_LIBURING_INCLUDE_DIR})
    target_link_libraries(ouro::liburing INTERFACE ${OURO_LIBURING_LIBRARY})
  endif()
endif()
