# cmake --install: the library, its headers, and the package that find_package(ouro) reads.
include(CMakePackageConfigHelpers)

set(ouro_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/ouro)

install(TARGETS ouro EXPORT ouroTargets)
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
