# SPDX-License-Identifier: BSL-1.0
"""The tables and files of the network benchmark."""

import csv
import json

import echo_cells
import echo_servers
import report

COLUMNS = ("kind", "connections", "size", "server", "rounds", "drifted")
VALUES = (*(n + s for n in echo_cells.FIGURES for s in ("", "_ratio")), "server_busy")


def machine(load):
    about = report.machine(load)
    about["node"] = report.first_line("node", "--version")
    for name, package in (("uvloop", "python3-uvloop"), ("libuv", "libuv1-dev"),
                          ("liburing", "liburing-dev")):
        about[name] = report.first_line(
            "dpkg-query", "--show", "--showformat=${Version}\n", package
        )
    return about


def title(key):
    return echo_servers.BY_KEY[key].title


def cell_name(cell):
    kind = "" if cell.kind == "tcp" else f", {cell.kind}"
    return f"{cell.connections:,} x {cell.size:,} B{kind}"


def in_order(found):
    """The servers of all cells: raw first, then as the table of servers has them."""
    there = {key for of_cell in found.values() for key in of_cell}
    return [key for key in echo_servers.BY_KEY if key in there]


def table(found):
    """Markdown, of {Cell: medians}: requests a second, 99th percentile and CPU time, as shares of
    raw's. A star: the raw runs around each of a server's runs drifted. Where there are many cells,
    a table for each size."""
    sizes = sorted({cell.size for cell in found})
    if len(found) <= 6 or len(sizes) == 1:
        return one_table(found)
    return "\n\n".join(
        one_table({cell: found[cell] for cell in found if cell.size == size}) for size in sizes
    )


def one_table(found):
    lines = ["| | " + " | ".join(cell_name(cell) for cell in found) + " |"]
    lines.append("|---" * (len(found) + 1) + "|")
    for key in in_order(found):
        cells = [title(key)]
        for of_cell in found.values():
            row = of_cell.get(key, {})
            if key == "raw":
                cells.append(f"{row['requests_per_second']:,.0f}/s, {row['p99_us']:,.0f} us, "
                             f"{row.get('server_cpu_us', 0):.1f} us")
            elif "requests_per_second_ratio" not in row:
                cells.append("")
            else:
                shares = [row.get(n + "_ratio") for n in echo_cells.FIGURES]
                text = " / ".join("-" if s is None else f"{s:.2f}" for s in shares)
                only_drifted = row["drifted"] > 0 and row["rounds"] == row["drifted"]
                cells.append(text + (" *" if only_drifted else ""))
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def write(folder, stem, about, found, runs):
    """stem.csv: a line a cell and server, of medians. stem.json: every run as well, which is
    {Cell: (records, raw runs)}."""
    with open(folder / f"{stem}.csv", "w", encoding="utf-8", newline="") as file:
        for key, value in about.items():
            file.write(f"# {key}: {value}\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS + VALUES)
        for cell, of_cell in found.items():
            for key, row in of_cell.items():
                values = [number(row, name) for name in VALUES]
                writer.writerow([cell.kind, cell.connections, cell.size, key,
                                 row["rounds"], row["drifted"], *values])
    runs = [{"kind": c.kind, "connections": c.connections, "size": c.size,
             "records": records, "raw": raws} for c, (records, raws) in runs.items()]
    medians = [{"kind": c.kind, "connections": c.connections, "size": c.size, "servers": of_cell}
               for c, of_cell in found.items()]
    with open(folder / f"{stem}.json", "w", encoding="utf-8") as file:
        file.write('{\n"about": ' + json.dumps(about))
        for name, rows in (("medians", medians), ("runs", runs)):
            file.write(f',\n"{name}": [\n' + ",\n".join(json.dumps(row) for row in rows) + "\n]")
        file.write("\n}\n")


def number(row, name):
    if name not in row:
        return ""
    digits = 2 if name.endswith(("_us", "_second")) else 4
    return f"{row[name]:.{digits}f}"


def read(path):
    """What write() has written: {Cell: medians}."""
    found = {}
    with open(path, encoding="utf-8", newline="") as file:
        for line in csv.DictReader(row for row in file if not row.startswith("#")):
            cell = echo_cells.Cell(line["kind"], int(line["connections"]), int(line["size"]))
            row = {v: float(line[v]) for v in VALUES if line[v]}
            row["rounds"], row["drifted"] = int(line["rounds"]), int(line["drifted"])
            found.setdefault(cell, {})[line["server"]] = row
    return found


def read_runs(path, about):
    """The runs that write() has written: {Cell: (records, raw runs)}. Raises ValueError if there are
    none, or none of the machine that `about` tells of."""
    if not path.exists():
        raise ValueError(f"there is no {path.name} to add to: leave --add out")
    everything = json.loads(path.read_text(encoding="utf-8"))
    for what in ("machine", "kernel", "compiler"):
        if everything["about"][what] != about[what]:
            raise ValueError(f"{path.name} was measured with another {what}: leave --add out")
    return {
        echo_cells.Cell(each["kind"], each["connections"], each["size"]):
            (each["records"], each["raw"])
        for each in everything["runs"]
    }


def idle_table(rows):
    lines = ["| | with one request done | after 10 s idle |", "|---|---|---|"]
    for key, row in rows.items():
        lines.append(f"| {title(key)} | {row['at_once']:,.0f} B | {row['later']:,.0f} B |")
    return "\n".join(lines)


def write_idle(folder, about, rows):
    with open(folder / "echo_idle.csv", "w", encoding="utf-8") as file:
        for key, value in about.items():
            file.write(f"# {key}: {value}\n")
        file.write("server,connections,bytes_at_once,bytes_after_10_s\n")
        for key, row in rows.items():
            file.write(f"{key},{row['connections']},{row['at_once']:.0f},{row['later']:.0f}\n")
    with open(folder / "echo_idle.json", "w", encoding="utf-8") as file:
        json.dump({"about": about, "servers": rows}, file, indent=1)
        file.write("\n")
