# SPDX-License-Identifier: BSL-1.0
"""Instructions that a server executes in user mode for a request, counted by callgrind.

The difference between two numbers of requests, so that what starting and ending cost is in neither.
"""

import re
import shutil
import subprocess
import tempfile

import echo_process
import echo_servers

FEW, MANY, CONNECTIONS, SIZE = 20_000, 40_000, 50, 64


def count(server, kind, requests):
    with tempfile.TemporaryDirectory(prefix="ouro-echo-") as folder:
        out = f"{folder}/callgrind.out"
        command = ("valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", *server.command)
        under = echo_servers.Server(server.key, server.title, command)
        with echo_process.Running(under, kind, SIZE) as running:
            options = ["--requests", str(requests), "--connections", str(CONNECTIONS)]
            done = subprocess.run(
                echo_process.generator_command(running, [*options, "--size", str(SIZE)]),
                timeout=300, capture_output=True, text=True, check=False,
            )
            if done.returncode != 0:
                raise RuntimeError(f"{server.title} under callgrind: {done.stderr.strip()}")
        with open(out, encoding="utf-8", errors="replace") as file:
            totals = re.findall(r"^(?:totals|summary): (\d+)", file.read(), re.MULTILINE)
    if not totals:
        raise RuntimeError(f"{server.title}: callgrind counted nothing")
    return int(totals[-1])


def run(servers, kind):
    if not shutil.which("valgrind"):
        raise RuntimeError("counting needs the Debian package valgrind")
    print(f"Instructions a request, user mode, {CONNECTIONS} x {SIZE} B, {kind}:")
    for server in (echo_servers.RAW, *servers):
        if server is not echo_servers.RAW and not server.key.startswith("ouro_"):
            continue
        each = (count(server, kind, MANY) - count(server, kind, FEW)) / (MANY - FEW)
        print(f"  {server.title}: {each:,.0f}", flush=True)
