# SPDX-License-Identifier: BSL-1.0
"""Tests of the driver of the network benchmark on runs that were recorded."""

import csv
import pathlib
import shutil
import tempfile
import unittest

import echo_cells
import echo_plot
import echo_process
import echo_report
import echo_servers

RECORDED = pathlib.Path(__file__).parent / "recorded/echo.csv"
ABOUT = {"date": "d", "machine": "m", "kernel": "k", "compiler": "c", "load": "0"}
CELL = echo_cells.Cell("tcp", 50, 64)
SOCKETS, EPOLL = echo_servers.BY_KEY["ouro_sockets"], echo_servers.BY_KEY["epoll"]


class Recorded:
    """Plays the runs of a cell back in the order in which they were recorded."""

    def __init__(self, cell):
        self.runs = []
        with open(RECORDED, encoding="utf-8", newline="") as file:
            for line in csv.DictReader(file):
                if (line["kind"], int(line["connections"]), int(line["size"])) == (
                    cell.kind, cell.connections, cell.size
                ):
                    self.runs.append(line)
        self.said = []

    def measure(self, server, _cell):
        line = self.runs.pop(0)
        if line["server"] != server.key:
            raise AssertionError(f"{line['server']} was to run, and not {server.key}")
        if not line["requests_per_second"]:
            raise RuntimeError("connection 3: byte 5 of the answer to request 7 is wrong")
        return {name: float(line[name]) for name in (*echo_cells.FIGURES, "server_busy")}

    def round(self, cell, servers):
        return echo_cells.run_round(
            cell, servers, echo_servers.RAW, self.measure, self.said.append
        )


class Order(unittest.TestCase):
    def test_each_candidate_is_between_two_raw_runs_and_neighbours_share_one(self):
        played = Recorded(CELL)
        records, raws = played.round(CELL, [SOCKETS, EPOLL])
        self.assertEqual([r["server"] for r in records], ["ouro_sockets", "epoll"])
        self.assertEqual(len(raws), 3)
        self.assertAlmostEqual(records[0]["ratios"]["requests_per_second"], 196 / 200)
        self.assertAlmostEqual(records[1]["ratios"]["p99_us"], 1.5)

    def test_a_candidate_is_run_again_if_the_raw_runs_around_it_drifted(self):
        cell = echo_cells.Cell("tcp", 500, 64)
        records, raws = Recorded(cell).round(cell, [SOCKETS])
        self.assertEqual(len(raws), 3)
        self.assertFalse(records[0]["drifted"])
        self.assertAlmostEqual(records[0]["ratios"]["requests_per_second"], 0.9)

    def test_repeats_are_bounded_and_the_last_run_is_marked(self):
        cell = echo_cells.Cell("tcp", 5000, 64)
        records, raws = Recorded(cell).round(cell, [SOCKETS])
        self.assertEqual(len(raws), 2 + echo_cells.REPEATS)
        self.assertTrue(records[0]["drifted"])

    def test_a_server_that_fails_is_left_out_and_the_next_one_runs(self):
        cell = echo_cells.Cell("unix", 50, 64)
        played = Recorded(cell)
        records, _ = played.round(cell, [SOCKETS, EPOLL])
        self.assertEqual([r["server"] for r in records], ["epoll"])
        self.assertIn("byte 5 of the answer", played.said[0])


class Figures(unittest.TestCase):
    def setUp(self):
        records, raws = Recorded(CELL).round(CELL, [SOCKETS, EPOLL])
        self.records, self.raws = records, raws
        self.found = {CELL: echo_cells.medians(records, raws)}

    def test_rounds_that_drifted_do_not_count_beside_steady_ones(self):
        wild = dict(self.records[0], drifted=True, ratios={"requests_per_second": 9.0})
        medians = echo_cells.medians([self.records[0], wild], self.raws)
        self.assertAlmostEqual(medians["ouro_sockets"]["requests_per_second_ratio"], 0.98)
        self.assertEqual(medians["ouro_sockets"]["drifted"], 1)
        alone = echo_cells.medians([wild], self.raws)
        self.assertEqual(alone["ouro_sockets"]["requests_per_second_ratio"], 9.0)

    def test_table_has_raw_in_figures_and_the_others_in_shares(self):
        lines = echo_report.table(self.found).splitlines()
        self.assertIn("| raw liburing | 200/s, 600 us, 5.0 us |", lines)
        self.assertIn("| ouro, sockets | 0.98 / 1.00 / 1.04 |", lines)

    def test_what_is_written_is_read_back(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            runs = {CELL: (self.records, self.raws)}
            echo_report.write(folder, "echo", ABOUT, self.found, runs)
            again = echo_report.read(folder / "echo.csv")
            runs_again = echo_report.read_runs(folder / "echo.json", ABOUT)
            with self.assertRaisesRegex(ValueError, "another kernel: leave --add out"):
                echo_report.read_runs(folder / "echo.json", dict(ABOUT, kernel="other"))
            with self.assertRaisesRegex(ValueError, "no echo_udp.json to add to"):
                echo_report.read_runs(folder / "echo_udp.json", ABOUT)
            self.assertIn("# kernel: k\n", (folder / "echo.csv").read_text())
        self.assertEqual(echo_report.table(again), echo_report.table(self.found))
        self.assertEqual(runs_again, runs)

    def test_many_cells_are_a_table_a_size(self):
        cells = echo_cells.cells("tcp", [1, 50, 500, 5000], [64, 1024])
        text = echo_report.table({cell: self.found[CELL] for cell in cells})
        small, large = text.split("\n\n")
        self.assertIn("5,000 x 64 B", small)
        self.assertNotIn("1,024", small)
        self.assertIn("5,000 x 1,024 B", large)

    @unittest.skipUnless(shutil.which("gnuplot"), "needs gnuplot")
    def test_plots_are_small_and_their_text_is_text(self):
        rows = {"raw": {"connections": 10, "at_once": 4096.0, "later": 0.0}}
        with tempfile.TemporaryDirectory() as name:
            ratios, idle = pathlib.Path(name) / "echo.svg", pathlib.Path(name) / "idle.svg"
            echo_plot.ratios(ratios, ABOUT, self.found)
            echo_plot.idle(idle, ABOUT, rows)
            for svg, text in ((ratios, "ouro, sockets"), (idle, "raw liburing")):
                self.assertIn(text, svg.read_text())
                self.assertLess(svg.stat().st_size, 60_000)


class Cells(unittest.TestCase):
    def test_lists_are_multiplied_and_the_usual_cells_stand_for_none(self):
        asked = echo_cells.cells("unix", [1, 50], [64, 1024])
        self.assertEqual([(c.connections, c.size) for c in asked],
                         [(1, 64), (1, 1024), (50, 64), (50, 1024)])
        usual = [(c.connections, c.size) for c in echo_cells.cells("tcp", None, None)]
        self.assertIn((50, 16384), usual)
        self.assertEqual(len(echo_cells.cells("udp", None, None)), 1)


class Servers(unittest.TestCase):
    def test_an_unknown_server_is_refused_by_name(self):
        with self.assertRaisesRegex(ValueError, "no server 'nginx'"):
            echo_servers.choose(["nginx"], "tcp")

    def test_only_servers_of_the_kind_are_chosen(self):
        self.assertEqual(echo_servers.choose(["ouro_udp"], "tcp"), [])

    def test_a_missing_server_names_its_package_or_its_program(self):
        for server in echo_servers.SERVERS:
            missing = echo_servers.Server(server.key, server.title, ("/nonexistent/x",),
                                          server.package)
            self.assertFalse(missing.available())
            said = missing.why_missing()
            self.assertIn(server.package or "x is not built", said)

    def test_a_server_that_does_not_start_is_an_error_with_what_it_said(self):
        broken = echo_servers.Server("x", "X", ("/bin/sh", "-c", "echo no luck >&2; exit 1"))
        with self.assertRaisesRegex(RuntimeError, "X did not start: no luck"):
            echo_process.Running(broken, "tcp", 64)

    def test_a_server_is_ended_and_its_socket_is_gone(self):
        fake = echo_servers.Server("x", "X", ("/bin/sh", "-c", "echo port 7; exec sleep 30"))
        with echo_process.Running(fake, "unix", 64) as running:
            self.assertEqual(running.address[0], "--unix")
            self.assertGreater(running.resident(), 0)
        self.assertEqual(running.process.returncode, -15)
        self.assertFalse(pathlib.Path(running.address[1]).parent.exists())
