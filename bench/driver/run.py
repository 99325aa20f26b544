# SPDX-License-Identifier: BSL-1.0
"""Runs ouro and its peers in turn, several times, and reports medians. See scripts/bench."""

import argparse
import os
import pathlib
import sys

import peers
import plot
import report
import results
import self_test

RESULTS = peers.ROOT / "bench/results"
QUICK_RESULTS = peers.ROOT / "build/bench/results"


def present():
    """The programs that can run; says which package the others need."""
    found = []
    for peer in peers.PEERS:
        if peer.available():
            found.append(peer)
        elif peer is peers.OURO:
            sys.exit(f"{peer.command[0]} is missing: run scripts/bench, which builds it")
        else:
            print(f"{peer.title} is left out: install the Debian package {peer.package}.")
    return found


def measure(peer, seconds, share):
    """One round of one program. `share` divides the number of waiting tasks."""
    text = peers.run(peer, ["--seconds", str(seconds)], 180)
    if peer.tasks:
        text += peers.run(peer, ["--tasks", str(peer.tasks // share)], 120)
    return results.parse(text, peer.title)


def run_core(rounds, quick):
    chosen = present()
    seconds, share, folder = (0.01, 10, QUICK_RESULTS) if quick else (0.1, 1, RESULTS)
    about = report.machine(os.getloadavg()[0])
    all_rounds = {peer.key: [] for peer in chosen}
    for number in range(1, rounds + 1):
        for peer in chosen:
            print(f"round {number} of {rounds}: {peer.title}", file=sys.stderr, flush=True)
            all_rounds[peer.key].append(measure(peer, seconds, share))

    titles = {peer.key: peer.title for peer in chosen}
    found = {key: results.medians(of_key) for key, of_key in all_rounds.items()}
    about["rounds"] = rounds
    folder.mkdir(parents=True, exist_ok=True)
    report.write(folder, about, titles, found, all_rounds)
    plot.core(folder / "core.svg", about, titles, found)
    plot.memory(folder / "tasks_memory.svg", about, titles, found)
    print(report.table(titles, found))
    print(f"\nWritten to {pathlib.Path(folder).relative_to(peers.ROOT)}/.")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("subject", nargs="?", choices=["core"])
    parser.add_argument("--rounds", type=int, help="of every program; 5 unless told")
    parser.add_argument("--quick", action="store_true", help="one short round, kept in build/")
    parser.add_argument("--self-test", action="store_true", help="of this driver; runs no program")
    chosen = parser.parse_args()
    if chosen.self_test:
        sys.exit(self_test.run())
    if not chosen.subject:
        parser.error("what is to be measured? core")
    rounds = chosen.rounds if chosen.rounds is not None else (1 if chosen.quick else 5)
    if rounds < 1:
        parser.error("--rounds must be at least 1")
    try:
        run_core(rounds, chosen.quick)
    except (RuntimeError, results.BadLine) as error:
        sys.exit(f"scripts/bench: {error}")


if __name__ == "__main__":
    main()
