# SPDX-License-Identifier: BSL-1.0
"""Starts and ends servers, and lets the generator measure them."""

import contextlib
import ctypes
import json
import os
import resource
import selectors
import signal
import subprocess
import tempfile
import time

import echo_servers

SERVER_CORE, GENERATOR_CORE = "0", "1"
PR_SET_PDEATHSIG = 1


def die_with_parent():
    """In the child: no server outlives the driver, however that ends."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def raise_descriptor_limit(wanted):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(wanted, hard)))
            return
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def on_core(core):
    return ["taskset", "-c", core] if os.cpu_count() > 1 else []


def read_line(process, seconds, what):
    """A line of stdout; raises RuntimeError if none comes in time."""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        if not selector.select(seconds):
            raise RuntimeError(f"{what} said nothing for {seconds} s")
    return process.stdout.readline().strip()


class Running:
    """A server that is ready: `address` is what the generator needs to know."""

    def __init__(self, server, kind, size):
        self.server = server
        self.folder = tempfile.TemporaryDirectory(prefix="ouro-echo-")
        path = os.path.join(self.folder.name, "socket")
        options = {"tcp": [], "unix": ["--unix", path], "udp": ["--udp"]}[kind]
        environment = dict(os.environ, GOMAXPROCS="1")
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [*on_core(SERVER_CORE), *server.command, *options, "--size", str(size)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True,
            env=environment, preexec_fn=die_with_parent,
        )
        try:
            word, port = (read_line(self.process, 10, server.title).split() + ["", ""])[:2]
            if word != "port":
                raise RuntimeError(f"{server.title} did not start: {self.said()}")
        except BaseException:
            self.end()
            raise
        self.pid = self.process.pid
        self.address = {
            "tcp": ["--port", port], "unix": ["--unix", path], "udp": ["--udp", "--port", port]
        }[kind]

    def said(self):
        self.errors.seek(0)
        return self.errors.read().strip()[-500:]

    def resident(self):
        """Bytes."""
        with open(f"/proc/{self.pid}/status", encoding="ascii", errors="replace") as file:
            for line in file:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1]) * 1024
        raise RuntimeError(f"{self.server.title} has ended: {self.said()}")

    def end(self):
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
        self.errors.close()
        self.folder.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()


def generator_command(running, options):
    return [*on_core(GENERATOR_CORE), echo_servers.GENERATOR, *running.address, *options]


def measure(server, cell, seconds, spin=False):
    """One run of one server on one core, with the generator on the other."""
    options = ["--connections", str(cell.connections), "--size", str(cell.size)]
    options += ["--duration", str(seconds), "--warmup", str(min(0.3, seconds / 4))]
    if spin:
        options.append("--spin")
    with Running(server, cell.kind, cell.size) as running:
        options += ["--watch", str(running.pid)]
        try:
            done = subprocess.run(
                generator_command(running, options), timeout=seconds + 60, capture_output=True,
                text=True, check=False, preexec_fn=die_with_parent,
            )
        except subprocess.TimeoutExpired:
            raise RuntimeError(f"{server.title}: the generator did not end") from None
        if done.returncode != 0:
            raise RuntimeError(f"{server.title}: {done.stderr.strip()} {running.said()}")
    time.sleep(0.03)  # a killed ring holds its memory and its port for that long
    return json.loads(done.stdout)
