# SPDX-License-Identifier: BSL-1.0
"""How much memory a server keeps for a connection on which nothing happens."""

import subprocess
import time

import echo_process
import echo_servers

IDLE_SECONDS = 10


def measure(server, connections, idle_seconds=IDLE_SECONDS):
    """Bytes a connection: when each has had one answer, and after they have idled."""
    with echo_process.Running(server, "tcp", 64) as running:
        time.sleep(0.3)  # what the server still does to start
        before = running.resident()
        command = echo_process.generator_command(
            running, ["--connections", str(connections), "--size", "64", "--hold"]
        )
        generator = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, preexec_fn=echo_process.die_with_parent,
        )
        try:
            if echo_process.read_line(generator, 60, server.title) != "ready":
                raise RuntimeError(f"{server.title}: {generator.stderr.read().strip()}")
            at_once = running.resident()
            time.sleep(idle_seconds)
            later = running.resident()
            _, said = generator.communicate(timeout=60)  # one more request each: they still work
            if generator.returncode != 0:
                raise RuntimeError(f"{server.title}: {said.strip()}")
        finally:
            generator.kill()
            generator.wait()
    return {
        "connections": connections,
        "at_once": (at_once - before) / connections,
        "later": (later - before) / connections,
    }


def run(servers, connections, say):
    echo_process.raise_descriptor_limit(2 * connections)
    rows = {}
    for server in (echo_servers.RAW, *servers):
        say(f"{connections:,} idle connections: {server.title}")
        try:
            rows[server.key] = measure(server, connections)
        except RuntimeError as error:
            say(str(error))
    return rows
