# SPDX-License-Identifier: BSL-1.0
"""Draws the figures with gnuplot, as SVG whose text is text."""

import re
import shutil
import subprocess

import results

HEAD = """set terminal svg size 900,{height} font "sans-serif,13" background rgb "white"
set output "{output}"
set title "{title}\\n{{/*0.8 {about}}}"
set border 3 lc rgb "#888888"
set tics textcolor rgb "black"
set rmargin 8
"""

POINTS = ("7", "5", "9", "11", "13", "4", "6")
COLOURS = ("#1b6ca8", "#00a0c8", "#7fb7e6", "#d98200", "#b03060", "#555555", "#339955")


def one_line(about):
    """The first line of about() that a reader of a plot needs."""
    text = f"{about['date']}, {about['machine']}, {about['kernel']}, {about['compiler']}"
    text = re.sub(r" \(.*?\)", "", text)
    return text.replace('"', "").replace("{", "").replace("}", "").replace("_", " ")


def draw(commands):
    if not shutil.which("gnuplot"):
        print("No plots: gnuplot is missing, the Debian package gnuplot-nox.")
        return
    subprocess.run(["gnuplot", "-"], input=commands, text=True, check=True)


def core(output, about, titles, found):
    """A row a workload, a point a peer: how many times as long as ouro's."""
    names = [name for name in results.CORE if name in found["ouro"] and name != "tasks_count"]
    commands = HEAD.format(
        height=170 + 30 * len(names), output=output, about=one_line(about),
        title="Times what ouro takes (1 = ouro; further right is more)",
    )
    commands += 'set logscale x 10\nset format x "%gx"\nset grid x y lc rgb "#dddddd"\n'
    commands += "set key outside bottom center horizontal\nset tics nomirror\n"
    commands += f"set yrange [{len(names) - 0.5}:-0.5]\nset xrange [0.3:*]\n"
    commands += "set arrow from 1, graph 0 to 1, graph 1 nohead lc rgb '#333333' lw 1.5\n"
    labels = ", ".join(f'"{results.CORE[name]}" {row}' for row, name in enumerate(names))
    commands += f"set ytics ({labels})\n"
    blocks, curves = "", []
    for index, (key, title) in enumerate((k, t) for k, t in titles.items() if k != "ouro"):
        ratio = results.ratios(found[key], found["ouro"])
        blocks += f"$p{index} << EOD\n"
        blocks += "".join(f"{ratio[n]:.4g} {row}\n" for row, n in enumerate(names) if n in ratio)
        blocks += "EOD\n"
        curves.append(
            f'$p{index} using 1:2 with points pt {POINTS[index % len(POINTS)]} ps 0.9 '
            f'lc rgb "{COLOURS[index % len(COLOURS)]}" title "{title}"'
        )
    if curves:
        draw(commands + blocks + "plot " + ", ".join(curves) + "\n")


def memory(output, about, titles, found):
    """A bar a peer: resident bytes of a task that waits."""
    rows = [
        (titles[key], found[key]["tasks_bytes"][0], int(found[key]["tasks_count"][0]))
        for key in titles
        if "tasks_bytes" in found[key]
    ]
    commands = HEAD.format(
        height=420, output=output, about=one_line(about), title="Resident bytes of a waiting task"
    )
    commands += "set logscale y 10\nset yrange [50:*]\nset grid y lc rgb '#dddddd'\nset tics nomirror\n"
    commands += 'set boxwidth 0.6\nset style fill solid 0.9 noborder\nunset key\nset ylabel "bytes"\n'
    commands += 'set xlabel "and how many wait at the same time" offset 0,-1\nset bmargin 6\n'
    commands += f"set xrange [-0.6:{len(rows) - 0.4}]\n$rows << EOD\n"
    for index, (title, value, count) in enumerate(rows):
        commands += f'{index} {value:.1f} "{title}\\n{count:,}" "{value:,.0f} B"\n'
    commands += 'EOD\nplot $rows using 1:2:xtic(3) with boxes lc rgb "#1b6ca8", '
    commands += "$rows using 1:2:4 with labels offset 0,0.8\n"
    draw(commands)
