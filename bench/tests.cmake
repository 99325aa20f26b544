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

# Echo servers, each asked for 0.3 s over 10 connections; every byte is compared.
if(OURO_PYTHON)
  set(net_tests "")
  # ouro_add_net_test(name program [argument...])
  function(ouro_add_net_test name program)
    add_test(NAME bench.net_${name}
      COMMAND ${OURO_PYTHON} -B ${CMAKE_CURRENT_SOURCE_DIR}/net/check.py
        $<TARGET_FILE:net_generator> $<TARGET_FILE:${program}> ${ARGN})
    list(APPEND net_tests bench.net_${name})
    set(net_tests ${net_tests} PARENT_SCOPE)
  endfunction()

  ouro_add_net_test(raw_tcp raw_uring_server)
  ouro_add_net_test(raw_unix raw_uring_server --unix PATH)
  ouro_add_net_test(raw_udp raw_uring_server --udp)
  ouro_add_net_test(epoll raw_epoll_server)
  ouro_add_net_test(threads thread_server)
  ouro_add_net_test(pipelined raw_uring_server --depth)
  ouro_add_net_test(fixed_rate raw_uring_server --rate)
  ouro_add_net_test(counted raw_uring_server --counted)
  ouro_add_net_test(spinning raw_uring_server --spin)
  ouro_add_net_test(idle raw_uring_server --hold)
  ouro_add_net_test(lost_connection raw_epoll_server --kill)
  ouro_add_net_test(wrong_byte raw_epoll_server --corrupt-every 100 --expect-wrong-byte)
  ouro_add_net_test(wrong_datagram raw_epoll_server --udp --corrupt-every 100 --expect-wrong-byte)
  foreach(name streams write_all sockets protocol)
    if(TARGET ouro_${name}_server)
      ouro_add_net_test(ouro_${name} ouro_${name}_server)
    endif()
  endforeach()
  foreach(name udp udp_batches udp_endpoint)
    if(TARGET ouro_${name}_server)
      ouro_add_net_test(ouro_${name} ouro_${name}_server --udp)
    endif()
  endforeach()
  set_tests_properties(${net_tests} PROPERTIES LABELS bench TIMEOUT 60)
endif()
