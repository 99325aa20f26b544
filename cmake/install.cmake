# cmake --install: the library, its headers, and the packages that find_package(ouro) and pkg-config
# read. What belongs to no other component is part of the component `development`.
include(CMakePackageConfigHelpers)

set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME development)
set(ouro_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/ouro)

install(TARGETS ouro EXPORT ouroTargets
  LIBRARY COMPONENT runtime NAMELINK_COMPONENT development)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/ouro TYPE INCLUDE FILES_MATCHING PATTERN "*.hpp")
install(EXPORT ouroTargets NAMESPACE ouro:: DESTINATION ${ouro_package_dir})

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/ouroConfig.cmake.in
  ${PROJECT_BINARY_DIR}/ouroConfig.cmake INSTALL_DESTINATION ${ouro_package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/ouroConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES
  ${PROJECT_BINARY_DIR}/ouroConfig.cmake
  ${PROJECT_BINARY_DIR}/ouroConfigVersion.cmake
  ${PROJECT_SOURCE_DIR}/cmake/find_liburing.cmake
  DESTINATION ${ouro_package_dir})

include(${PROJECT_SOURCE_DIR}/cmake/pkg_config.cmake)
install(FILES ${PROJECT_SOURCE_DIR}/scripts/gdb/ouro-gdb.py
  DESTINATION ${CMAKE_INSTALL_DATADIR}/ouro/gdb)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/README.md
  DESTINATION ${CMAKE_INSTALL_DOCDIR})
