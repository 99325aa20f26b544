# SPDX-License-Identifier: BSL-1.0
"""Tests of the driver on lines that were recorded; no program of bench/peers runs."""

import contextlib
import io
import json
import pathlib
import shutil
import tempfile
import unittest

import echo_self_test
import peers
import plot
import report
import results

RECORDED = pathlib.Path(__file__).parent / "recorded"
ABOUT = {"date": "d", "machine": "m", "kernel": "k", "compiler": "c", "load": "0"}
TITLES = {"ouro": "ouro", "threads": "std::thread"}


def recorded(key):
    return [results.parse(p.read_text(), p.name) for p in sorted(RECORDED.glob(f"{key}_*.csv"))]


class Figures(unittest.TestCase):
    def setUp(self):
        self.rounds = {key: recorded(key) for key in TITLES}
        self.found = {key: results.medians(of_key) for key, of_key in self.rounds.items()}

    def test_median_of_three_rounds_is_the_middle_one(self):
        self.assertEqual(self.found["ouro"]["spawn_join"], (50.0, "ns"))
        self.assertEqual(self.found["ouro"]["ping_pong"], (32.0, "ns"))

    def test_median_of_two_rounds_is_between_them(self):
        self.assertEqual(self.found["threads"]["spawn_join"], (30000.0, "ns"))

    def test_ratios_are_of_medians_and_only_of_what_both_have(self):
        ratio = results.ratios(self.found["threads"], self.found["ouro"])
        self.assertEqual(ratio, {"spawn_join": 600.0, "tasks_bytes": 34.0})

    def test_table_gives_the_ratio_first_and_leaves_a_missing_workload_empty(self):
        lines = report.table(TITLES, self.found).splitlines()
        self.assertIn("| spawn + join | 50 ns | 600x (30 us) |", lines)
        self.assertIn("| ping-pong between two tasks | 32 ns |  |", lines)

    def test_table_without_any_peer_has_ouro_alone(self):
        lines = report.table({"ouro": "ouro"}, self.found).splitlines()
        self.assertIn("| spawn + join | 50 ns |", lines)

    def test_files_hold_the_medians_and_every_round(self):
        with tempfile.TemporaryDirectory() as folder:
            report.write(pathlib.Path(folder), ABOUT, TITLES, self.found, self.rounds)
            lines = (pathlib.Path(folder) / "core.csv").read_text().splitlines()
            everything = json.loads((pathlib.Path(folder) / "core.json").read_text())
        self.assertIn("# kernel: k", lines)
        self.assertIn("spawn_join,ns,50.0,30000.0", lines)
        self.assertIn("ping_pong,ns,32.0,", lines)
        self.assertEqual(len(everything["rounds"]["ouro"]), 3)
        self.assertEqual(everything["ratios"]["threads"]["spawn_join"], 600.0)

    @unittest.skipUnless(shutil.which("gnuplot"), "needs gnuplot")
    def test_plots_are_small_and_their_text_is_text(self):
        with tempfile.TemporaryDirectory() as folder:
            core, memory = pathlib.Path(folder) / "core.svg", pathlib.Path(folder) / "memory.svg"
            plot.core(core, ABOUT, TITLES, self.found)
            plot.memory(memory, ABOUT, TITLES, self.found)
            for svg, text in ((core, "spawn + join"), (memory, "8,500 B")):
                self.assertIn(text, svg.read_text())
                self.assertLess(svg.stat().st_size, 60_000)


class BadLines(unittest.TestCase):
    def check(self, text, message):
        with self.assertRaises(results.BadLine) as caught:
            results.parse(text, "peer")
        self.assertIn(message, str(caught.exception))

    def test_every_kind_is_refused_with_the_line_that_has_it(self):
        good = "spawn_join,1.0,ns\n"
        self.check(good + "Segmentation fault\n", "peer, line 2: expected name,value,unit")
        self.check("spawn,1.0,ns\n", "peer, line 1: there is no workload 'spawn'")
        self.check(good + good, "peer, line 2: spawn_join for the second time")
        self.check("spawn_join,1.0,years\n", "there is no unit 'years'")
        self.check("spawn_join,fast,ns\n", "'fast' is not a number")
        self.check("spawn_join,-1,ns\n", "-1 is not a positive number")
        self.check("spawn_join,nan,ns\n", "nan is not a positive number")


class Programs(unittest.TestCase):
    def test_a_missing_program_is_not_available(self):
        self.assertFalse(peers.Peer("x", "X", ("/nonexistent/x",), "x-package").available())

    def test_a_missing_python_module_is_not_available(self):
        self.assertFalse(peers.Peer("x", "X", ("x",), "x-package", "no_such_module").available())

    def test_a_program_that_fails_is_an_error_with_what_it_said(self):
        peer = peers.Peer("x", "X", ("/bin/sh", "-c", "echo broken >&2; exit 3"))
        with self.assertRaisesRegex(RuntimeError, "X failed with 3: broken"):
            peers.run(peer, [], 5)

    def test_a_program_that_hangs_is_ended(self):
        peer = peers.Peer("x", "X", ("/bin/sh", "-c", "exec sleep 30"))
        with self.assertRaisesRegex(RuntimeError, "X did not end"):
            peers.run(peer, [], 0.2)

    def test_every_peer_that_may_be_missing_names_its_package(self):
        for peer in peers.PEERS:
            built_here = peer.key in ("ouro", "threads", "asyncio")
            self.assertTrue(built_here or peer.package, peer.key)


def run():
    """Gives the exit code; says something only if a test fails."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        load = unittest.defaultTestLoader.loadTestsFromModule
        suite = unittest.TestSuite([load(__import__(__name__)), load(echo_self_test)])
        outcome = unittest.TextTestRunner(stream=said, verbosity=2).run(suite)
    if not outcome.wasSuccessful():
        print(said.getvalue())
        return 1
    print(f"{outcome.testsRun} tests of the driver passed")
    return 0
