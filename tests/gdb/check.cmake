# Runs `program` in gdb, with `script`, up to stop_here(), and looks at what gdb prints, there and
# of a core file made there.
cmake_minimum_required(VERSION 3.25)

if(NOT gdb)
  message("gdb: skipped, install the Debian package gdb")
  return()
endif()

execute_process(
  COMMAND ${gdb} -nx -batch -iex "set debuginfod enabled off" -iex "set auto-load off"
    -ex "source ${script}" -ex "set width 0" -ex "break stop_here" -ex run
    -ex "print coroutine" -ex "print empty" -ex "print sleeper" -ex "print done"
    -ex "print promised" -ex "print all.fed" -ex "print all.awaited" -ex "print all.full"
    -ex "print all.newest" -ex "print all.smallest" -ex "ouro-tasks" -ex "generate-core-file ${program}.core" -ex "kill" ${program}
  OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(output MATCHES "ptrace: Operation not permitted|Could not trace the inferior process")
  message("gdb: skipped, this system lets nobody trace")
  return()
endif()

if(output MATCHES "ouro was compiled without debug information")
  message("gdb: skipped, this preset compiles ouro without debug information")
  return()
endif()

set(file "[^\n]*program.cpp")
foreach(expected IN ITEMS
    " = coroutine [^\n]*naps at ${file}:[0-9]+, not awaited yet\n"
    " = empty task\n"
    " = task 'sleeper' blocked, [^\n]*calls_nap at ${file}:[0-9]+\n"
    " = task 'Task-[0-9]+' value, "
    " = future pending, made at ${file}:56\n"
    " = queue of int, 1 of 2 items: {1}\n"
    " = queue of int, 0 items, 2 getters wait: {}\n"
    " = queue of int, 1 of 1 items, 1 putter waits: {1}\n"
    " = lifo_queue of int, 300 items: {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, …}\n"
    " = priority_queue of int, 3 items, shut down: {1, 2, 3}\n"
    "  getter  blocked  made at [^\n]*\n    waits for get_operation<[^\n]*\n    in [^\n]*gets at "
    "loop 0x[0-9a-f]+: 9 unfinished\n"
    "  sleeper  blocked  made at ${file}:57\n    waits for sleep_operation\n    in [^\n]*naps at ${file}:12\n    in [^\n]*calls_nap at ${file}:17\n"
    "  reader  blocked  made at ${file}:58\n    waits for future pending, made at ${file}:56\n    in [^\n]*reads at ${file}:21\n"
    "  joiner  blocked  made at ${file}:59\n    waits for task 'sleeper' blocked, [^\n]*calls_nap"
    "  waiter  blocked  made at ${file}:60\n    waits for wait_list::awaiter\n    in [^\n]*waits at ${file}:25\n"
    "  fresh  [^\n]*made at ${file}:72\n    in [^\n]*naps at "
    "  Task-1  running  ")
  if(NOT output MATCHES "${expected}")
    message("${output}")
    message(FATAL_ERROR "gdb does not print \"${expected}\"")
  endif()
endforeach()

execute_process(
  COMMAND ${gdb} -nx -batch -iex "set debuginfod enabled off" -iex "set auto-load off"
    -ex "source ${script}" -ex "set width 0" -ex "ouro-tasks" ${program} ${program}.core
  OUTPUT_VARIABLE core_output ERROR_VARIABLE core_output)
file(REMOVE ${program}.core)
set(list "loop 0x[0-9a-f]+: 9 unfinished\n.*\n  fresh  [^\n]*\n    in [^\n]*\n")
string(REGEX MATCH "${list}" live "${output}")
string(REGEX MATCH "${list}" dead "${core_output}")
if(NOT live STREQUAL dead)
  message(FATAL_ERROR "of the core file gdb prints:\n${core_output}")
endif()
