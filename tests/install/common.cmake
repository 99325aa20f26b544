# What the scripts beside this file share. Their arguments are those that CMakeLists.txt passes.

# run(command...): fails with the command's output if it fails; else puts the output into `output`.
function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE status OUTPUT_VARIABLE out ERROR_VARIABLE out)
  if(NOT status EQUAL 0)
    list(JOIN ARGV " " command)
    message(FATAL_ERROR "${command}\nended with ${status}:\n${out}")
  endif()
  set(output "${out}" PARENT_SCOPE)
endfunction()

# configure(source build options...)
macro(configure source build)
  # A launcher is a list; quoting keeps it one argument.
  execute_process(
    COMMAND ${CMAKE_COMMAND} -S ${source} -B ${build} -G ${generator}
      -DCMAKE_CXX_COMPILER=${compiler} "-DCMAKE_CXX_FLAGS=${flags}" -DCMAKE_BUILD_TYPE=Debug
      "-DCMAKE_CXX_FLAGS_DEBUG=-O0" "-DCMAKE_CXX_COMPILER_LAUNCHER=${launcher}"
      -DCMAKE_EXPORT_COMPILE_COMMANDS=ON ${ARGN}
    RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
endmacro()

function(must_configure)
  configure(${ARGV})
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${output}")
  endif()
endfunction()

# must_say(text pattern...): every pattern is in the text.
function(must_say text)
  # A terminal's line breaks are no part of a sentence.
  string(REGEX REPLACE "[ \n]+" " " text "${text}")
  foreach(pattern IN LISTS ARGN)
    if(NOT text MATCHES "${pattern}")
      message(FATAL_ERROR "expected \"${pattern}\" in:\n${text}")
    endif()
  endforeach()
endfunction()

# no_flags_leaked(build): the commands that compile a consumer have none of ouro's own flags.
function(no_flags_leaked build)
  file(READ ${build}/compile_commands.json commands)
  string(JSON count LENGTH "${commands}")
  math(EXPR last "${count} - 1")
  foreach(index RANGE ${last})
    string(JSON command GET "${commands}" ${index} command)
    string(JSON file GET "${commands}" ${index} file)
    if(NOT file MATCHES "^${ouro_source}/src/" AND command MATCHES " (-W|-fsanitize|-fno-|-fvisib.*=def)[^ ]*")
      message(FATAL_ERROR "ouro's flag${CMAKE_MATCH_0} is in the command of another project:\n${command}")
    endif()
  endforeach()
endfunction()
