# SPDX-License-Identifier: BSL-1.0
"""Measures echo servers beside the raw io_uring server. See scripts/bench."""

import argparse
import os
import sys

import echo_cells
import echo_idle
import echo_instructions
import echo_plot
import echo_process
import echo_report
import echo_servers
import run

IDLE_CONNECTIONS = 10_000


def say(text):
    print(text, file=sys.stderr, flush=True)


def numbers(text):
    values = [int(each) for each in text.split(",")]
    if min(values) < 1:
        raise ValueError(text)
    return values


def stem_of(chosen):
    """The name of the files of results."""
    kind = "" if chosen.kind == "tcp" else f"_{chosen.kind}"
    return f"echo{kind}{'_spin' if chosen.spin else ''}"


def run_cells(chosen, folder):
    seconds = 0.5 if chosen.quick else 1.5
    servers = echo_servers.choose(chosen.servers, chosen.kind)
    wanted = echo_cells.cells(chosen.kind, chosen.connections, chosen.sizes)
    about = echo_report.machine(os.getloadavg()[0])
    echo_process.raise_descriptor_limit(2 * max(cell.connections for cell in wanted) + 1000)

    def measure(server, cell):
        return echo_process.measure(server, cell, seconds, chosen.spin)

    stem = stem_of(chosen)
    folder.mkdir(parents=True, exist_ok=True)
    runs = echo_report.read_runs(folder / f"{stem}.json", about) if chosen.add else {}
    found = {cell: echo_cells.medians(*of_cell) for cell, of_cell in runs.items()}
    for cell in wanted:
        records, raws = runs.setdefault(cell, ([], []))
        for number in range(1, chosen.rounds + 1):
            say(f"{cell}: round {number} of {chosen.rounds}")
            of_round, of_raw = echo_cells.run_round(cell, servers, echo_servers.RAW, measure, say)
            records += of_round
            raws += of_raw
        found[cell] = echo_cells.medians(records, raws)
        busy = found[cell]["raw"].get("server_busy", 1)
        if cell.connections >= 50 and busy < 0.85:
            say(f"{cell}: the raw server had its core for {busy:.0%} of the time only: other "
                "programs run. The shares of CPU time still hold, the others less.")
        # After each cell: what is measured is kept, whatever ends the rest.
        echo_report.write(folder, stem, about, found, runs)
    echo_plot.ratios(folder / f"{stem}.svg", about, found)
    print(echo_report.table(found))


def run_idle(chosen, folder):
    servers = echo_servers.choose(chosen.servers, "tcp")
    about = echo_report.machine(os.getloadavg()[0])
    count = 1000 if chosen.quick else IDLE_CONNECTIONS
    rows = echo_idle.run(servers, count, say)
    folder.mkdir(parents=True, exist_ok=True)
    echo_report.write_idle(folder, about, rows)
    echo_plot.idle(folder / "echo_idle.svg", about, rows)
    print(echo_report.idle_table(rows))


def parse(arguments):
    parser = argparse.ArgumentParser(prog="scripts/bench echo", description=__doc__)
    parser.add_argument("--rounds", type=int, help="of every cell; 3 unless told")
    parser.add_argument("--quick", action="store_true", help="one short round, kept in build/")
    parser.add_argument("--connections", type=numbers, help="for instance 1,50,500,5000")
    parser.add_argument("--sizes", type=numbers, help="of requests, for instance 64,1024,16384")
    parser.add_argument("--servers", type=lambda text: text.split(","), help="keys; else all")
    parser.add_argument("--kind", choices=echo_servers.ALL, default="tcp")
    parser.add_argument("--spin", action="store_true",
                        help="the generator never sleeps, so the server's wake-up is the only one")
    parser.add_argument("--add", action="store_true",
                        help="to what was measured last, instead of replacing it")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--idle", action="store_true", help="memory of idle connections instead")
    what.add_argument("--instructions", action="store_true", help="instructions a request instead")
    what.add_argument("--table", action="store_true", help="what was measured last, as Markdown")
    chosen = parser.parse_args(arguments)
    if chosen.rounds is None:
        chosen.rounds = 1 if chosen.quick else 3
    if chosen.rounds < 1:
        parser.error("--rounds must be at least 1")
    return chosen


def main():
    chosen = parse(sys.argv[1:])
    folder = run.QUICK_RESULTS if chosen.quick else run.RESULTS
    try:
        if chosen.table:
            print(echo_report.table(echo_report.read(folder / f"{stem_of(chosen)}.csv")))
            return
        if chosen.idle:
            run_idle(chosen, folder)
        elif chosen.instructions:
            echo_instructions.run(echo_servers.choose(chosen.servers, chosen.kind), chosen.kind)
            return
        else:
            run_cells(chosen, folder)
    except (RuntimeError, ValueError, OSError) as error:
        sys.exit(f"scripts/bench: {error}")
    print(f"\nWritten to {folder.relative_to(run.peers.ROOT)}/.")


if __name__ == "__main__":
    main()
