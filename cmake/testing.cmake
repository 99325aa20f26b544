# ouro::testing: virtual time, memory pipes, mocks, and the runner of isolated tests. It needs no test
# framework; ouro/testing/test_case.hpp, a header, needs Catch2. Always static, as it goes into test
# programs only.
file(GLOB ouro_testing_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/testing/*.cpp)

add_library(ouro_testing STATIC ${ouro_testing_sources})
add_library(ouro::testing ALIAS ouro_testing)
set_target_properties(ouro_testing PROPERTIES
  EXPORT_NAME testing
  CXX_EXTENSIONS OFF
  POSITION_INDEPENDENT_CODE ON)
target_link_libraries(ouro_testing
  PUBLIC ouro
  PRIVATE $<BUILD_INTERFACE:ouro_warnings>)
ouro_sanitize(ouro_testing)

install(TARGETS ouro_testing EXPORT ouroTargets)
