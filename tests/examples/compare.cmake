# Runs a program and compares what it prints, on standard output and standard error, with a file, byte
# for byte. It must end with 0. Arguments: command (its parts separated by |), expected, actual (where
# to write what was printed).
cmake_minimum_required(VERSION 3.25)

string(REPLACE "|" ";" command "${command}")
execute_process(COMMAND ${command} OUTPUT_FILE "${actual}" ERROR_FILE "${actual}.errors"
  RESULT_VARIABLE result)
file(READ "${actual}.errors" errors)
file(APPEND "${actual}" "${errors}")

execute_process(COMMAND ${CMAKE_COMMAND} -E compare_files "${expected}" "${actual}"
  RESULT_VARIABLE differs ERROR_QUIET)
if(differs)
  file(READ "${actual}" printed)
  message(SEND_ERROR "the output differs from ${expected}; it is\n${printed}")
endif()
if(NOT result EQUAL 0)
  message(SEND_ERROR "the program ended with: ${result}")
endif()
