# SPDX-License-Identifier: BSL-1.0
"""Lets the generator ask an echo server for a moment: check.py GENERATOR SERVER [OPTION ...].

With --expect-wrong-byte the generator must fail, and say which byte is wrong. With --kill the
server is killed meanwhile, and the generator must fail. With --rate it sends at fixed times, with
--depth several requests at once, with --counted so many in all, with --spin it does not sleep, and
with --hold it leaves the connections alone between two.
"""

import json
import os
import subprocess
import sys
import tempfile
import time


MODES = {
    "--expect-wrong-byte": [],
    "--kill": ["--duration", "20"],
    "--rate": ["--rate", "2000"],
    "--hold": ["--hold"],
    "--spin": ["--spin"],
    "--depth": ["--depth", "8"],
    "--counted": ["--requests", "30"],  # fewer than it would warm up with
}


def ask(generator, server, where, options, kill):
    """Gives the generator's exit status, report and complaint."""
    asking = subprocess.Popen(
        [generator, *where, "--connections", "10", "--size", "64", "--duration", "0.3",
         "--warmup", "0.05", *options],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )
    try:
        if kill:
            time.sleep(0.2)
            server.kill()
        said, complaint = asking.communicate(timeout=40)
    finally:
        asking.kill()
        asking.wait()
    return asking.returncode, json.loads(said.splitlines()[-1]), complaint


def check(outcome, mode, udp):
    status, report, complaint = outcome
    if mode in ("--expect-wrong-byte", "--kill"):
        assert status == 1 and report["errors"] == 1, outcome
        wrong = "is no answer" if udp else "is wrong"
        assert mode == "--kill" or wrong in complaint, outcome
        assert mode != "--kill" or "connection " in complaint, outcome
    else:
        assert status == 0, outcome
        assert report["requests"] >= 10, outcome
        assert report["seconds"] > 0, outcome
        assert mode != "--counted" or report["requests"] == 30, outcome
        assert report["bytes_verified"] == 64 * report["total_requests"], outcome


def run(generator, command, mode):
    with tempfile.TemporaryDirectory(prefix="ouro-echo-") as folder:
        path = os.path.join(folder, "socket")
        command = [path if word == "PATH" else word for word in command]
        server = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        try:
            word, port = server.stdout.readline().split()
            assert word == "port", word
            where = ["--unix", path] if "--unix" in command else ["--port", port]
            where += ["--udp"] if "--udp" in command else []
            outcome = ask(generator, server, where, MODES.get(mode, []), mode == "--kill")
            server.stdin.close()  # which ends it
            status = server.wait(10)
        finally:
            server.kill()
            server.wait()
    check(outcome, mode, "--udp" in command)
    assert mode == "--kill" or status == 0, f"the server ended with {status}"


def main():
    generator, *command = sys.argv[1:]
    mode = next((word for word in command if word in MODES), "")
    run(generator, [word for word in command if word not in MODES], mode)


if __name__ == "__main__":
    main()
