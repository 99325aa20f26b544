#!/usr/bin/env bash
#
# Measures what `#include <ouro/ouro.hpp>` costs to compile, beside `#include <boost/asio.hpp>` if that
# is there (Debian: libboost-dev), with g++ and clang: the shortest of ROUNDS (5) rounds in seconds, and
# ouro's share of Boost.Asio's. Nothing else should run meanwhile.
#
#   scripts/bench compile [ROUNDS]
set -euo pipefail
cd "$(dirname "$0")/.."

rounds=${1:-5}
work=$(mktemp --directory)
trap 'rm -rf "$work"' EXIT

# shortest COMPILER HEADER: the CPU seconds of the fastest of all rounds.
shortest() {
  local source=$work/source.cpp best=
  printf '#include <%s>\nint main() {}\n' "$2" >"$source"
  local round seconds
  for ((round = 0; round < rounds; ++round)); do
    seconds=$( { TIMEFORMAT='%U %S'; time "$1" -std=c++20 -O2 -Iinclude -c "$source" \
      -o "$work/source.o" &>/dev/null; } 2>&1 | awk '{ print $1 + $2 }')
    if [[ -z $best ]] || awk -v a="$seconds" -v b="$best" 'BEGIN { exit !(a < b) }'; then
      best=$seconds
    fi
  done
  echo "$best"
}

printf '%-12s %10s %12s %8s\n' compiler ouro boost.asio share
for compiler in g++ clang++-19; do
  command -v "$compiler" >/dev/null || continue
  ours=$(shortest "$compiler" ouro/ouro.hpp)
  if echo '#include <boost/asio.hpp>' | "$compiler" -x c++ -std=c++20 -E - >/dev/null 2>&1; then
    theirs=$(shortest "$compiler" boost/asio.hpp)
    share=$(awk -v a="$ours" -v b="$theirs" 'BEGIN { printf "%.2f", a / b }')
  else
    theirs=- share=-
  fi
  printf "%-12s %10.2f %12s %8s\n" "$compiler" "$ours" "$theirs" "$share"
done
