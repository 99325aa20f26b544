// SPDX-License-Identifier: BSL-1.0
//
// Catch2's main(). Its signal handlers stay out: they would hide Ctrl-C from the loop under test
// and crashes from the sanitizers.
#define CATCH_CONFIG_MAIN
#define CATCH_CONFIG_NO_POSIX_SIGNALS
#include <catch2/catch.hpp>
