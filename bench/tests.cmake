# That the benchmarks work, not how fast anything is.
find_program(OURO_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH)
find_program(OURO_GO go)
mark_as_advanced(OURO_PYTHON OURO_GO)

set(peers ${CMAKE_CURRENT_SOURCE_DIR}/peers/core)
add_test(NAME bench.ouro_runs COMMAND peer_core_ouro --seconds 0.00001)
add_test(NAME bench.ouro_suspends COMMAND peer_core_ouro --tasks 1000)
add_test(NAME bench.threads_run COMMAND peer_core_threads --seconds 0.00001 --only ping_pong)
set(bench_tests bench.ouro_runs bench.ouro_suspends bench.threads_run)
if(OURO_PYTHON)
  add_test(NAME bench.driver
    COMMAND ${OURO_PYTHON} -B ${CMAKE_CURRENT_SOURCE_DIR}/driver/run.py --self-test)
  add_test(NAME bench.asyncio_runs
    COMMAND ${OURO_PYTHON} -B ${peers}/core.py --seconds 0.00001 --only cancel_join)
  list(APPEND bench_tests bench.driver bench.asyncio_runs)
endif()
if(OURO_GO)
  add_test(NAME bench.go_builds
    COMMAND ${CMAKE_COMMAND} -E env GO111MODULE=off GOPROXY=off GOFLAGS=
      GOCACHE=${CMAKE_CURRENT_BINARY_DIR}/go_cache
      ${OURO_GO} build -o ${CMAKE_CURRENT_BINARY_DIR}/peers/peer_core_go ${peers}/core.go)
  list(APPEND bench_tests bench.go_builds)
endif()
set_tests_properties(${bench_tests} PROPERTIES LABELS bench TIMEOUT 60)
