# tests/<layer>/*_test.cpp become the program ouro_<layer>_test; each of its cases is a test named
# "<layer>.<name of the case>" with the layer as label. Exit code 77 means skipped.
#
# Under the address sanitizer, where a process takes long to start, each program is one test.
#
# Under the thread sanitizer only cases tagged [threads] count, and only files with one are built.

# The layers of streams run once more, as one test "<layer>.stress", in the smallest ring and
# under a signal each millisecond; tests of the sizes of rings are tagged [ring_size] and stay out.

# Cases tagged [.soak] are long: only "<layer>.soak" runs them, and only in the configuration soak,
# which the test preset of that name chooses.

# ouro_add_layer_tests(layer sources...)
function(ouro_add_layer_tests layer)
  set(sources ${ARGN})
  set(spec "~[.]")
  if(ouro_threads_only)
    set(spec "[threads]")
    foreach(source IN LISTS ARGN)
      set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
      file(STRINGS ${source} tagged REGEX "\\[threads\\]" LIMIT_COUNT 1)
      if(NOT tagged)
        list(REMOVE_ITEM sources ${source})
      endif()
    endforeach()
  endif()
  if(NOT sources)
    return()
  endif()

  add_executable(ouro_${layer}_test ${sources})
  target_link_libraries(ouro_${layer}_test PRIVATE
    ouro_test_support ouro_warnings ouro_pch_options ouro_test_debug_info)
  target_precompile_headers(ouro_${layer}_test REUSE_FROM ouro_test_pch)
  if(layer MATCHES "^(net|stream)$" AND NOT ouro_threads_only)
    add_test(NAME ${layer}.stress
      COMMAND ouro_${layer}_test ${ouro_catch_arguments} "~[ring_size]~[.]")
    set_tests_properties(${layer}.stress PROPERTIES LABELS stress TIMEOUT 900
      ENVIRONMENT "OURO_TEST_RING_ENTRIES=8;OURO_TEST_SIGNAL_INTERVAL_MS=1")
  endif()
  foreach(source IN LISTS sources)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
    file(STRINGS ${source} soaks REGEX "\\[\\.soak\\]" LIMIT_COUNT 1)
    if(soaks AND NOT ouro_threads_only)
      add_test(NAME ${layer}.soak CONFIGURATIONS soak
        COMMAND ouro_${layer}_test ${ouro_catch_arguments} --durations yes "[.soak]")
      set_tests_properties(${layer}.soak PROPERTIES LABELS soak TIMEOUT 900)
      break()
    endif()
  endforeach()
  if(OURO_SANITIZE MATCHES "address")
    add_test(NAME ${layer} COMMAND ouro_${layer}_test ${ouro_catch_arguments})
    set_tests_properties(${layer} PROPERTIES LABELS ${layer} TIMEOUT 900)
    return()
  endif()
  catch_discover_tests(ouro_${layer}_test
    TEST_PREFIX "${layer}."
    TEST_SPEC "${spec}"
    EXTRA_ARGS ${ouro_catch_arguments}
    PROPERTIES LABELS ${layer} TIMEOUT 120 SKIP_RETURN_CODE 77)
endfunction()

file(GLOB test_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*/*_test.cpp)
set(test_layers "")
foreach(source IN LISTS test_sources)
  cmake_path(GET source PARENT_PATH folder)
  cmake_path(GET folder FILENAME layer)
  list(APPEND test_layers ${layer})
  list(APPEND sources_of_${layer} ${source})
endforeach()
list(REMOVE_DUPLICATES test_layers)
foreach(layer IN LISTS test_layers)
  ouro_wants_tests(wanted ${layer})
  if(wanted)
    ouro_add_layer_tests(${layer} ${sources_of_${layer}})
  endif()
endforeach()
