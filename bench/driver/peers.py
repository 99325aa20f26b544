# SPDX-License-Identifier: BSL-1.0
"""The programs, how each is run, and the Debian package that one needs."""

import dataclasses
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = ROOT / "build/bench/bench/peers"
PYTHON = "/usr/bin/python3"


@dataclasses.dataclass(frozen=True)
class Peer:
    key: str
    title: str
    command: tuple
    package: str = ""  # of Debian; empty: always there
    module: str = ""  # of Python
    tasks: int = 1_000_000  # waiting at the same time; 0: not measured
    cores: str = "one"  # or "all"; then the clock is the wall's

    def available(self):
        if self.module:
            probe = [PYTHON, "-c", f"import {self.module}"]
            return subprocess.run(probe, capture_output=True, check=False).returncode == 0
        return os.access(self.command[0], os.X_OK)


def program(name):
    return (str(PROGRAMS / name),)


SCRIPT = (PYTHON, str(ROOT / "bench/peers/core/core.py"))
GO = program("peer_core_go")
OURO = Peer("ouro", "ouro", program("peer_core_ouro"))
PEERS = (
    OURO,
    Peer("asio", "Boost.Asio", program("peer_core_asio"), "libboost-dev"),
    Peer("go", "Go", GO, "golang-go"),
    Peer("go_all", "Go, all cores", GO, "golang-go", tasks=0, cores="all"),
    Peer("asyncio", "asyncio", SCRIPT, "python3", "asyncio", 100_000),
    Peer("uvloop", "uvloop", (*SCRIPT, "--loop", "uvloop"), "python3-uvloop", "uvloop", 100_000),
    Peer("threads", "std::thread", program("peer_core_threads"), tasks=10_000),
)


def run(peer, arguments, seconds):
    """Runs the program once and gives what it prints; raises RuntimeError if it fails."""
    command = [*peer.command, *arguments]
    environment = dict(os.environ)
    environment.pop("GOMAXPROCS", None)
    if peer.cores == "one":
        core = max(os.sched_getaffinity(0))
        command = ["taskset", "-c", str(core), *command, "--clock", "cpu"]
        environment["GOMAXPROCS"] = "1"
    else:
        command += ["--clock", "wall"]
    try:
        done = subprocess.run(
            command, env=environment, timeout=seconds, capture_output=True, text=True, check=False
        )
    except subprocess.TimeoutExpired:
        raise RuntimeError(f"{peer.title} did not end within {seconds} s") from None
    if done.returncode != 0:
        raise RuntimeError(f"{peer.title} failed with {done.returncode}: {done.stderr.strip()}")
    return done.stdout
