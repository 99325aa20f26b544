# SPDX-License-Identifier: BSL-1.0
"""The table, and the files that keep the figures."""

import datetime
import json
import os
import platform
import subprocess

import results

SCALES = {
    "ns": ((1e9, "s"), (1e6, "ms"), (1e3, "us"), (1, "ns")),
    "B": ((1, "B"),),
    "tasks": ((1, ""),),
}


def human(value, unit):
    for scale, name in SCALES[unit]:
        if value >= scale:
            break
    scaled = value / scale
    digits = 1 if scaled < 10 and unit == "ns" else 0
    return f"{scaled:,.{digits}f} {name}".strip()


def times(ratio):
    return f"{ratio:,.1f}x" if ratio < 10 else f"{ratio:,.0f}x"


def first_line(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return (done.stdout.splitlines() or [""])[0]


def machine(load):
    """Where and when; `load` is the load average before the first program ran."""
    model = ""
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    boost = first_line("dpkg-query", "--show", "--showformat=${Version}\n", "libboost-dev")
    return {
        "date": datetime.date.today().isoformat(),
        "machine": f"{model}, {os.cpu_count()} cores",
        "kernel": f"{platform.system()} {platform.release()}",
        "compiler": first_line("g++", "--version"),
        "go": first_line("go", "version"),
        "python": first_line("/usr/bin/python3", "--version"),
        "boost": boost,
        "load": f"{load:.2f}",
    }


def table(titles, found):
    """Markdown: ouro's figures, and beside them how many times as much each peer takes.

    `titles` is {key: title} with ouro first; `found` is {key: medians}.
    """
    reference = found["ouro"]
    compared = {key: results.ratios(found[key], reference) for key in titles if key != "ouro"}
    lines = ["| | " + " | ".join(titles.values()) + " |", "|---" * (len(titles) + 1) + "|"]
    for name, label in results.CORE.items():
        if name not in reference:
            continue
        cells = [label, human(*reference[name])]
        for key, ratio in compared.items():
            if name not in found[key]:
                cells.append("")
            elif name in ratio:
                cells.append(f"{times(ratio[name])} ({human(*found[key][name])})")
            else:
                cells.append(human(*found[key][name]))
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def write(folder, about, titles, found, rounds):
    """core.csv: medians, a line a workload. core.json: everything."""
    with open(folder / "core.csv", "w", encoding="utf-8") as file:
        for key, value in about.items():
            file.write(f"# {key}: {value}\n")
        file.write("work,unit," + ",".join(titles) + "\n")
        for name in results.CORE:
            if name in found["ouro"]:
                unit = found["ouro"][name][1]
                cells = (f"{found[key][name][0]:.1f}" if name in found[key] else "" for key in titles)
                file.write(f"{name},{unit}," + ",".join(cells) + "\n")
    everything = {
        "about": about,
        "medians": {key: {n: v for n, (v, _) in found[key].items()} for key in titles},
        "ratios": {key: results.ratios(found[key], found["ouro"]) for key in titles},
        "rounds": {key: [{n: v for n, (v, _) in e.items()} for e in rounds[key]] for key in titles},
    }
    with open(folder / "core.json", "w", encoding="utf-8") as file:
        json.dump(everything, file, indent=1)
        file.write("\n")
