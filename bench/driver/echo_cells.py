# SPDX-License-Identifier: BSL-1.0
"""What is measured in which order, and which figures count."""

import dataclasses
import statistics

DRIFT = 0.08  # of the raw server, from before a candidate to after it
REPEATS = 2  # of a candidate in a round, if it was more
FIGURES = ("requests_per_second", "p99_us", "server_cpu_us")


@dataclasses.dataclass(frozen=True)
class Cell:
    kind: str
    connections: int
    size: int

    def __str__(self):
        return f"{self.kind}, {self.connections:,} x {self.size:,} B"


# What is measured unless told: performance.md names the targets of these.
USUAL = ((1, 64), (50, 64), (500, 64), (5000, 64), (50, 1024), (50, 16384))


def cells(kind, connections, sizes):
    """A cell for each pair of what was asked for; the usual ones if neither was."""
    pairs = USUAL
    if connections or sizes:
        pairs = [(c, s) for c in connections or (50,) for s in sizes or (64,)]
    elif kind != "tcp":
        pairs = USUAL[1:3] if kind == "unix" else USUAL[1:2]
    return [Cell(kind, c, s) for c, s in pairs]


def drift(before, after):
    return abs(after["requests_per_second"] / before["requests_per_second"] - 1)


def ratios(found, before, after):
    """Of a candidate to the mean of the raw runs around it."""
    return {
        name: found[name] / statistics.mean((before[name], after[name]))
        for name in FIGURES
        if found.get(name) and before.get(name) and after.get(name)
    }


def run_round(cell, servers, raw, measure, say):
    """Raw, candidate, raw, candidate, ..., raw. Gives a record a candidate, and all raw runs.

    A candidate whose raw runs drifted is run again, REPEATS times at most; then its last run is
    kept, with `drifted` set.
    """
    raws = [measure(raw, cell)]
    records = []
    for server in servers:
        for attempt in range(1 + REPEATS):
            before = raws[-1]
            try:
                found = measure(server, cell)
            except RuntimeError as error:
                say(f"{cell}: {error}")
                break
            raws.append(measure(raw, cell))
            moved = drift(before, raws[-1])
            if moved <= DRIFT or attempt == REPEATS:
                records.append({
                    "server": server.key,
                    "kind": cell.kind, "connections": cell.connections, "size": cell.size,
                    "figures": found,
                    "ratios": ratios(found, before, raws[-1]),
                    "drifted": moved > DRIFT,
                })
                break
    return records, raws


def medians(records, raws):
    """A cell: {server: {figure: median, figure + "_ratio": median, "rounds": n, "drifted": n}}.

    Rounds that drifted count only for a server that has no others.
    """
    found = {"raw": {name: statistics.median(r[name] for r in raws if r.get(name))
                     for name in FIGURES if any(r.get(name) for r in raws)}}
    busy = [r["server_busy"] for r in raws if r.get("server_busy")]
    if busy:
        found["raw"]["server_busy"] = statistics.median(busy)
    found["raw"]["rounds"], found["raw"]["drifted"] = len(raws), 0
    for key in dict.fromkeys(record["server"] for record in records):
        of_key = [record for record in records if record["server"] == key]
        steady = [record for record in of_key if not record["drifted"]] or of_key
        row = {"rounds": len(steady), "drifted": sum(r["drifted"] for r in of_key)}
        for name in FIGURES:
            values = [r["figures"][name] for r in steady if r["figures"].get(name)]
            shares = [r["ratios"][name] for r in steady if name in r["ratios"]]
            if values:
                row[name] = statistics.median(values)
            if shares:
                row[name + "_ratio"] = statistics.median(shares)
        found[key] = row
    return found
