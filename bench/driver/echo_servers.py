# SPDX-License-Identifier: BSL-1.0
"""The echo servers, how each is run, and the Debian package that one needs."""

import dataclasses
import os
import shutil
import subprocess

import peers

NET = peers.ROOT / "build/bench/bench/net"
GENERATOR = str(NET / "net_generator")
STREAMS = ("tcp", "unix")
ALL = ("tcp", "unix", "udp")


@dataclasses.dataclass(frozen=True)
class Server:
    key: str
    title: str
    command: tuple
    package: str = ""  # of Debian; empty: built here
    module: str = ""  # of Python
    kinds: tuple = ALL

    def available(self):
        if self.module:
            probe = [peers.PYTHON, "-c", f"import {self.module}"]
            return subprocess.run(probe, capture_output=True, check=False).returncode == 0
        return shutil.which(self.command[0]) is not None

    def why_missing(self):
        if self.package:
            return f"{self.title} is left out: install the Debian package {self.package}."
        return f"{self.title} is left out: {os.path.basename(self.command[0])} is not built."


def net(name):
    return (str(NET / name),)


def ouro(name, title, kinds=STREAMS):
    return Server(f"ouro_{name}", f"ouro, {title}", net(f"ouro_{name}_server"), kinds=kinds)


ASIO = peers.program("peer_net_asio")
UV = peers.program("peer_net_uv")
NODE = ("node", str(peers.ROOT / "bench/peers/net/echo.js"))
PYTHON = (peers.PYTHON, "-B", str(peers.ROOT / "bench/peers/net/echo.py"))
UVLOOP = (*PYTHON, "--loop", "uvloop")

RAW = Server("raw", "raw liburing", net("raw_uring_server"))
SERVERS = (
    ouro("streams", "streams"),
    ouro("write_all", "streams, write_all"),
    ouro("sockets", "sockets"),
    ouro("protocol", "protocol"),
    Server("ouro_busy_poll", "ouro, streams, busy poll",
           (*net("ouro_streams_server"), "--busy-poll", "50"), kinds=STREAMS),
    ouro("udp", "datagrams, sockets", ("udp",)),
    ouro("udp_batches", "datagrams, batches", ("udp",)),
    ouro("udp_endpoint", "datagrams, protocol", ("udp",)),
    Server("epoll", "raw epoll", net("raw_epoll_server")),
    Server("asio_callbacks", "Boost.Asio, callbacks", (*ASIO, "--callbacks"), "libboost-dev",
           kinds=STREAMS),
    Server("asio", "Boost.Asio, coroutines", ASIO, "libboost-dev"),
    Server("uv_reuse", "libuv, one buffer", (*UV, "--reuse"), "libuv1-dev"),
    Server("uv", "libuv, as documented", UV, "libuv1-dev"),
    Server("uvloop", "uvloop, protocol", UVLOOP, "python3-uvloop", "uvloop"),
    Server("uvloop_streams", "uvloop, streams", (*UVLOOP, "--streams"), "python3-uvloop",
           "uvloop", STREAMS),
    Server("go", "Go", peers.program("peer_net_go"), "golang-go"),
    Server("asyncio", "asyncio, protocol", PYTHON, "python3", "asyncio"),
    Server("asyncio_streams", "asyncio, streams", (*PYTHON, "--streams"), "python3", "asyncio",
           STREAMS),
    Server("threads", "a thread a connection", net("thread_server")),
    Server("node", "Node.js", NODE, "nodejs"),
)
BY_KEY = {server.key: server for server in (RAW, *SERVERS)}


def choose(wanted, kind):
    """The servers that can run; says of the others why they do not. `wanted`: keys, or None."""
    unknown = [key for key in wanted or () if key not in BY_KEY]
    if unknown:
        raise ValueError(f"there is no server {unknown[0]!r}, only: {', '.join(BY_KEY)}")
    chosen = []
    for server in SERVERS:
        if kind not in server.kinds or (wanted and server.key not in wanted):
            continue
        if server.available():
            chosen.append(server)
        else:
            print(server.why_missing())
    return chosen
