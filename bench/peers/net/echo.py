# SPDX-License-Identifier: BSL-1.0
"""Echo servers on asyncio, and with --loop uvloop on uvloop; with --streams on streams instead of a
protocol. Options and output as those of bench/net/server.hpp."""

import argparse
import asyncio
import contextlib
import os
import signal
import socket


class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(data)

    def pause_writing(self):
        self.transport.pause_reading()

    def resume_writing(self):
        self.transport.resume_reading()


class EchoDatagrams(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        self.transport.sendto(data, addr)


async def echo(reader, writer):
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


async def listen(loop, chosen):
    if chosen.udp:
        transport, _ = await loop.create_datagram_endpoint(EchoDatagrams, ("127.0.0.1", 0))
        with contextlib.suppress(OSError):
            transport.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_RCVBUF, 16 << 20
            )
        return transport.get_extra_info("sockname")[1]
    if chosen.unix:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(chosen.unix)
        if chosen.streams:
            await asyncio.start_unix_server(echo, chosen.unix, backlog=4096)
        else:
            await loop.create_unix_server(Echo, chosen.unix, backlog=4096)
        return 0
    if chosen.streams:
        server = await asyncio.start_server(echo, "127.0.0.1", 0, backlog=4096)
    else:
        server = await loop.create_server(Echo, "127.0.0.1", 0, backlog=4096)
    return server.sockets[0].getsockname()[1]


async def serve(chosen):
    loop = asyncio.get_running_loop()
    over = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, over.set)
    print("port", await listen(loop, chosen), flush=True)
    await over.wait()
    if chosen.unix:
        os.unlink(chosen.unix)
    os._exit(0)  # the connections are not to be wound up one by one


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--loop", choices=["asyncio", "uvloop"], default="asyncio")
    parser.add_argument("--streams", action="store_true")
    parser.add_argument("--udp", action="store_true")
    parser.add_argument("--unix")
    parser.add_argument("--size")  # for the servers that size their buffers
    chosen = parser.parse_args()
    if chosen.loop == "uvloop":
        import uvloop

        uvloop.install()
    asyncio.run(serve(chosen))


if __name__ == "__main__":
    main()
