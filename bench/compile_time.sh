#!/usr/bin/env bash
#
# Measures what `#include <ouro/ouro.hpp>` costs to compile, beside `#include <boost/asio.hpp>` if that
# is there (Debian: libboost-dev), with g++ and clang, and ouro's share of Boost.Asio's.
#
#   scripts/bench compile [ROUNDS]        the shortest of ROUNDS (5) rounds in CPU seconds; nothing else
#                                         should run meanwhile
#   scripts/bench compile --instructions  thousand million instructions of the compiler, which do not
#                                         wobble (Debian: valgrind)
set -euo pipefail
cd "$(dirname "$0")/.."

rounds=${1:-5}
work=$(mktemp --directory)
trap 'rm -rf "$work"' EXIT

# seconds COMMAND...: the CPU seconds of the fastest of all rounds.
seconds() {
  local best= round used
  for ((round = 0; round < rounds; ++round)); do
    used=$( { TIMEFORMAT='%U %S'; time "$@" &>/dev/null; } 2>&1 | awk '{ print $1 + $2 }')
    if [[ -z $best ]] || awk -v a="$used" -v b="$best" 'BEGIN { exit !(a < b) }'; then
      best=$used
    fi
  done
  echo "$best"
}

# instructions COMMAND...: those of the process that has most, the compiler proper.
instructions() {
  valgrind --tool=cachegrind --cache-sim=no --cachegrind-out-file=/dev/null --trace-children=yes \
    "$@" 2>&1 | awk '/I +refs:/ { gsub(",", "", $NF); if ($NF > most) most = $NF }
                     END { printf "%.3f", most / 1e9 }'
}

# cost COMPILER HEADER
cost() {
  local source=$work/source.cpp
  # Boost 1.74 needs <utility> before it.
  printf '#include <utility>\n#include <%s>\nint main() {}\n' "$2" >"$source"
  "$measure" "$1" -std=c++20 -O2 -Iinclude -c "$source" -o "$work/source.o"
}

measure=seconds
if [[ $rounds == --instructions ]]; then
  measure=instructions
  command -v valgrind >/dev/null || { echo "compile: install valgrind first" >&2; exit 1; }
fi

# has_asio COMPILER
has_asio() {
  echo '#include <boost/asio.hpp>' | "$1" -x c++ -std=c++20 -E - >/dev/null 2>&1
}

printf '%-12s %10s %12s %8s\n' compiler ouro boost.asio share
for compiler in g++ clang++-19; do
  command -v "$compiler" >/dev/null || continue
  ours=$(cost "$compiler" ouro/ouro.hpp)
  if has_asio "$compiler"; then
    theirs=$(cost "$compiler" boost/asio.hpp)
    share=$(awk -v a="$ours" -v b="$theirs" 'BEGIN { printf "%.2f", a / b }')
  else
    theirs=- share=-
  fi
  printf "%-12s %10s %12s %8s\n" "$compiler" "$ours" "$theirs" "$share"
done
