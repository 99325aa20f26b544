# SPDX-License-Identifier: BSL-1.0
"""Reads the lines `name,value,unit` that every program of bench/peers prints."""

import math
import statistics

# The names, in the order of the table, and what a reader calls them.
CORE = {
    "await_ready": "await of a ready child",
    "spawn_join": "spawn + join",
    "yield_100": "yield among 100 tasks",
    "ping_pong": "ping-pong between two tasks",
    "future": "future set by a new task",
    "gather_2": "gather of 2",
    "gather_100": "gather of 100",
    "gather_10000": "gather of 10,000",
    "timer_1000": "timer set + cancelled, 1,000 live",
    "timer_100000": "timer set + cancelled, 100,000 live",
    "cancel_join": "cancel + join",
    "tasks_start": "start of a task that waits",
    "tasks_end": "end of a task that waited",
    "tasks_bytes": "resident bytes a waiting task",
    "tasks_count": "waiting tasks",
}
UNITS = ("ns", "B", "tasks")


class BadLine(Exception):
    """A program printed something else than `name,value,unit`."""


def parse(text, source):
    """Gives {name: (value, unit)}; raises BadLine, which names the source and the line."""
    found = {}
    for number, line in enumerate(text.splitlines(), 1):
        where = f"{source}, line {number}"
        fields = line.split(",")
        if len(fields) != 3:
            raise BadLine(f"{where}: expected name,value,unit and got {line!r}")
        name, value, unit = fields
        if name not in CORE:
            raise BadLine(f"{where}: there is no workload {name!r}")
        if name in found:
            raise BadLine(f"{where}: {name} for the second time")
        if unit not in UNITS:
            raise BadLine(f"{where}: there is no unit {unit!r}")
        try:
            number_value = float(value)
        except ValueError:
            raise BadLine(f"{where}: {value!r} is not a number") from None
        if not math.isfinite(number_value) or number_value <= 0:
            raise BadLine(f"{where}: {value} is not a positive number")
        found[name] = (number_value, unit)
    return found


def medians(rounds):
    """Of the rounds of one program: {name: (median, unit)}. A round may lack a name."""
    values = {}
    for each in rounds:
        for name, (value, unit) in each.items():
            values.setdefault(name, ([], unit))[0].append(value)
    return {name: (statistics.median(all_of), unit) for name, (all_of, unit) in values.items()}


def ratios(peer, reference):
    """How many times the reference's median: {name: ratio}, for what both have measured."""
    return {
        name: value / reference[name][0]
        for name, (value, _) in peer.items()
        if name in reference and name != "tasks_count"
    }
