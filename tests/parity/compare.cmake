# Runs one case of a parity program and compares its standard output with the expected one, byte for
# byte. Arguments: program, case, expected, actual (where to write the output).
cmake_minimum_required(VERSION 3.25)

if(NOT DEFINED program)
  message(FATAL_ERROR "No program in tests/parity has a line `// case: ${case}`.")
endif()

cmake_path(GET actual PARENT_PATH folder)
file(MAKE_DIRECTORY "${folder}")
execute_process(COMMAND "${program}" ${case} OUTPUT_FILE "${actual}" RESULT_VARIABLE result)
if(result EQUAL 77)
  message("parity: skipped")
  return()
endif()

execute_process(COMMAND ${CMAKE_COMMAND} -E compare_files "${expected}" "${actual}"
  RESULT_VARIABLE differs ERROR_QUIET)
if(differs)
  find_program(diff diff)
  if(diff)
    execute_process(COMMAND ${diff} -u "${expected}" "${actual}")
  endif()
  message(SEND_ERROR "${case}: the output differs from ${expected}")
endif()
if(NOT result EQUAL 0)
  message(SEND_ERROR "${case}: the program ended with: ${result}")
endif()
