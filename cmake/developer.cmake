# Conveniences of a build of ouro itself; never applied to a project that contains ouro.
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug, Release, RelWithDebInfo or MinSizeRel" FORCE)
endif()

set(CMAKE_CXX_EXTENSIONS OFF)

find_program(OURO_CCACHE ccache)
mark_as_advanced(OURO_CCACHE)
if(OURO_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Sloppy about what keeps it from caching uses of a precompiled header; paths relative to the
  # project, so that another checkout finds what this one has compiled.
  set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros
    CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${OURO_CCACHE})
endif()
