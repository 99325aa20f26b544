# The target `reference`: the reference as HTML in the build folder, made from the doc comments of the
# public headers. There if doxygen is.
find_program(OURO_DOXYGEN doxygen)
find_program(OURO_AWK NAMES awk mawk gawk)
mark_as_advanced(OURO_DOXYGEN OURO_AWK)
if(OURO_DOXYGEN AND OURO_AWK)
  configure_file(${PROJECT_SOURCE_DIR}/cmake/Doxyfile.in ${PROJECT_BINARY_DIR}/Doxyfile @ONLY)
  add_custom_target(reference
    COMMAND ${OURO_DOXYGEN} ${PROJECT_BINARY_DIR}/Doxyfile
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
    COMMENT "The reference: ${PROJECT_BINARY_DIR}/reference/html/index.html" VERBATIM)
endif()
