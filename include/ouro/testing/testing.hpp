// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/testing/advance.hpp"
#include "ouro/testing/assertion_error.hpp"
#include "ouro/testing/async_mock.hpp"
#include "ouro/testing/byte_ledger.hpp"
#include "ouro/testing/cancel_everywhere.hpp"
#include "ouro/testing/chaos.hpp"
#include "ouro/testing/isolated_asyncio_test_case.hpp"
#include "ouro/testing/memory_pipe.hpp"
#include "ouro/testing/open_fds.hpp"
#include "ouro/testing/run_isolated.hpp"
#include "ouro/testing/settle.hpp"
#include "ouro/testing/shake.hpp"
#include "ouro/testing/socket_pair.hpp"
#include "ouro/testing/stream_pair.hpp"
#include "ouro/testing/virtual_clock.hpp"
