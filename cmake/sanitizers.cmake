# ouro_sanitize(target): compiles and links the target, and what links it inside this build, with
# the sanitizers of OURO_SANITIZE, and for libFuzzer if OURO_FUZZ is on. An installed ouro does not
# carry the flags.
function(ouro_sanitize target)
  if(OURO_FUZZ)
    target_compile_options(${target} PUBLIC $<BUILD_INTERFACE:-fsanitize=fuzzer-no-link>)
  endif()
  if(NOT OURO_SANITIZE)
    return()
  endif()
  target_compile_options(${target} PUBLIC $<BUILD_INTERFACE:-fsanitize=${OURO_SANITIZE}>
    $<BUILD_INTERFACE:-fno-sanitize-recover=all> $<BUILD_INTERFACE:-fno-omit-frame-pointer>)
  target_link_options(${target} PUBLIC $<BUILD_INTERFACE:-fsanitize=${OURO_SANITIZE}>)
endfunction()
