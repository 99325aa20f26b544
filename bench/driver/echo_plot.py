# SPDX-License-Identifier: BSL-1.0
"""Draws the figures of the network benchmark."""

import echo_report
import plot

MORE_COLOURS = plot.COLOURS + ("#8a6d3b", "#7a5195")


def ratios(output, about, found):
    """A row a server, a point a cell: requests a second, as a share of the raw server's."""
    keys = [key for key in echo_report.in_order(found) if key != "raw"]
    if not keys:
        return
    commands = plot.HEAD.format(
        height=170 + 26 * len(keys), output=output, about=plot.one_line(about),
        title="Requests a second, as a share of the raw server's (1 = the limit)",
    )
    commands += "set grid x y lc rgb '#dddddd'\nset tics nomirror\nset xrange [0:*]\n"
    commands += "set key outside bottom center horizontal\n"
    commands += f"set yrange [{len(keys) - 0.5}:-0.5]\n"
    commands += "set arrow from 1, graph 0 to 1, graph 1 nohead lc rgb '#333333' lw 1.5\n"
    labels = ", ".join(f'"{echo_report.title(key)}" {row}' for row, key in enumerate(keys))
    commands += f"set ytics ({labels})\n"
    curves = []
    for index, (cell, of_cell) in enumerate(found.items()):
        commands += f"$c{index} << EOD\n"
        for row, key in enumerate(keys):
            share = of_cell.get(key, {}).get("requests_per_second_ratio")
            if share is not None:
                commands += f"{share:.4f} {row}\n"
        commands += "EOD\n"
        curves.append(
            f"$c{index} using 1:2 with points pt {plot.POINTS[index % len(plot.POINTS)]} ps 0.9 "
            f'lc rgb "{MORE_COLOURS[index % len(MORE_COLOURS)]}" '
            f'title "{echo_report.cell_name(cell)}"'
        )
    plot.draw(commands + "plot " + ", ".join(curves) + "\n")


def idle(output, about, rows):
    """Two bars a server: bytes a connection, at once and after some idling."""
    commands = plot.HEAD.format(
        height=440, output=output, about=plot.one_line(about),
        title="Resident bytes of an idle connection",
    )
    commands += "set logscale y 10\nset yrange [10:*]\nset grid y lc rgb '#dddddd'\n"
    commands += "set tics nomirror\nset xtics rotate by -35\nset key top left\n"
    commands += "set style data histograms\nset style fill solid 0.9 noborder\n$rows << EOD\n"
    for key, row in rows.items():
        commands += f'"{echo_report.title(key)}" {max(row["at_once"], 1):.0f} '
        commands += f'{max(row["later"], 1):.0f}\n'
    commands += 'EOD\nplot $rows using 2:xtic(1) lc rgb "#1b6ca8" title "one request done", '
    commands += '$rows using 3 lc rgb "#7fb7e6" title "after 10 s"\n'
    plot.draw(commands)
