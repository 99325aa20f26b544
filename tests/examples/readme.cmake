# examples/README.md links every program, in the order of their numbers, and each is shorter than 60
# lines. Argument: folder.
cmake_minimum_required(VERSION 3.25)

file(READ "${folder}/README.md" page)
file(GLOB programs RELATIVE "${folder}" "${folder}/*.cpp")
list(SORT programs)
set(last -1)
foreach(program IN LISTS programs)
  string(FIND "${page}" "](${program})" at)
  if(at LESS 0)
    message(SEND_ERROR "examples/README.md does not link ${program}")
  elseif(at LESS last)
    message(SEND_ERROR "examples/README.md links ${program} too early")
  endif()
  set(last ${at})

  file(READ "${folder}/${program}" text)
  string(REGEX MATCHALL "\n" line_ends "${text}")
  list(LENGTH line_ends lines)
  if(NOT lines LESS 60)
    message(SEND_ERROR "examples/${program} has ${lines} lines; an example has less than 60")
  endif()
endforeach()
