# tests/parity/*.cpp are programs; each names the cases that it holds in lines
#
#   // case: NNN_name
#
# and, given such a name as its argument, prints what tests/parity/NNN_name.out holds. Each case is a
# test named parity.NNN_name.
ouro_wants_tests(wanted parity)
if(NOT wanted)
  return()
endif()

file(GLOB parity_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/parity/*.cpp)
file(GLOB parity_outputs CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR}/parity
  ${CMAKE_CURRENT_SOURCE_DIR}/parity/[0-9][0-9][0-9]_*.out)
list(TRANSFORM parity_outputs REPLACE "\\.out$" "" OUTPUT_VARIABLE parity_unclaimed)

foreach(source IN LISTS parity_sources)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
  cmake_path(GET source STEM name)
  add_executable(${name} ${source})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE
    ouro::ouro ouro::testing ouro_warnings ouro_test_debug_info)

  file(STRINGS ${source} cases REGEX "^// case: ")
  foreach(case IN LISTS cases)
    string(REGEX REPLACE "^// case: " "" case "${case}")
    if(NOT "${case}.out" IN_LIST parity_outputs)
      message(SEND_ERROR "${source} holds the case ${case}, but tests/parity/${case}.out is missing.")
    elseif(NOT case IN_LIST parity_unclaimed)
      message(SEND_ERROR "${source} holds the case ${case}, which another program holds too.")
    endif()
    list(REMOVE_ITEM parity_unclaimed ${case})
    add_test(NAME parity.${case} COMMAND ${CMAKE_COMMAND}
      -D program=$<TARGET_FILE:${name}>
      -D case=${case}
      -D expected=${CMAKE_CURRENT_SOURCE_DIR}/parity/${case}.out
      -D actual=${CMAKE_CURRENT_BINARY_DIR}/parity/${case}.actual
      -P ${CMAKE_CURRENT_SOURCE_DIR}/parity/compare.cmake)
    set_tests_properties(parity.${case} PROPERTIES
      LABELS parity TIMEOUT 120 SKIP_REGULAR_EXPRESSION "parity: skipped")
  endforeach()
endforeach()

# A case that nobody has ported fails.
foreach(case IN LISTS parity_unclaimed)
  add_test(NAME parity.${case} COMMAND ${CMAKE_COMMAND}
    -D case=${case} -P ${CMAKE_CURRENT_SOURCE_DIR}/parity/compare.cmake)
  set_tests_properties(parity.${case} PROPERTIES LABELS parity)
endforeach()
