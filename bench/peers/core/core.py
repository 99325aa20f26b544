# SPDX-License-Identifier: BSL-1.0
"""The core workloads on asyncio, and with --loop uvloop on uvloop."""

import argparse
import asyncio
import gc
import os
import time


async def give(value):
    return value


class Trial:
    """One run of a workload: how many operations to do, and how long they took."""

    def __init__(self, count, clock):
        self.count = count
        self.clock = clock
        self.seconds = 0.0

    def begin(self):
        self.began = self.clock()

    def end(self):
        self.seconds = (self.clock() - self.began) / 1e9


async def await_ready(trial):
    trial.begin()
    for _ in range(trial.count):
        await give(1)
    trial.end()


async def spawn_join(trial):
    trial.begin()
    for _ in range(trial.count):
        await asyncio.create_task(give(1))
    trial.end()


async def yield_times(times):
    for _ in range(times):
        await asyncio.sleep(0)


async def yield_100(trial):
    trial.begin()
    await asyncio.gather(*(yield_times(trial.count // 100 + 1) for _ in range(100)))
    trial.end()


async def answer(ping, pong):
    while True:
        await ping.wait()
        ping.clear()
        pong.set()


async def ping_pong(trial):
    ping, pong = asyncio.Event(), asyncio.Event()
    other = asyncio.create_task(answer(ping, pong))
    await asyncio.sleep(0)
    trial.begin()
    for _ in range(trial.count):
        ping.set()
        await pong.wait()
        pong.clear()
    trial.end()
    other.cancel()
    await asyncio.wait([other])


async def set_result(promised):
    promised.set_result(1)


async def future(trial):
    loop = asyncio.get_running_loop()
    trial.begin()
    for _ in range(trial.count):
        promised = loop.create_future()
        task = asyncio.create_task(set_result(promised))  # kept: the loop only has a weak reference
        await promised
    trial.end()
    await task


def gather(size):
    async def run(trial):
        trial.begin()
        for _ in range(trial.count):
            await asyncio.gather(*(give(value) for value in range(size)))
        trial.end()

    return run


def delays():
    """The delays of harness.hpp."""
    state = 1
    while True:
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        yield 60 + state % 3541


def nothing():
    pass


def timer(live):
    async def run(trial):
        loop = asyncio.get_running_loop()
        delay = delays()
        others = [loop.call_later(next(delay), nothing) for _ in range(live)]
        trial.begin()
        for i in range(1, trial.count + 1):
            loop.call_later(next(delay), nothing).cancel()
            if i % 1000 == 0:
                await asyncio.sleep(0)
        trial.end()
        for other in others:
            other.cancel()

    return run


async def wait_for(event):
    await event.wait()


async def cancel_join(trial):
    never = asyncio.Event()
    trial.begin()
    for _ in range(trial.count):
        task = asyncio.create_task(wait_for(never))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
    trial.end()


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")


async def suspended(count, clock):
    started, ended = Trial(count, clock), Trial(count, clock)
    go = asyncio.Event()
    before = resident()
    started.begin()
    tasks = {asyncio.create_task(wait_for(go)) for _ in range(count)}
    await asyncio.sleep(0)
    started.end()
    used = resident() - before
    ended.begin()
    go.set()
    await asyncio.wait(tasks)
    ended.end()
    print(f"tasks_count,{count},tasks")
    print(f"tasks_bytes,{used / count:.1f},B")
    print(f"tasks_start,{started.seconds / count * 1e9:.1f},ns")
    print(f"tasks_end,{ended.seconds / count * 1e9:.1f},ns")


def measure(name, run, seconds, clock):
    count = 1
    while True:
        gc.collect()  # no run pays for the garbage of the one before
        trial = Trial(count, clock)
        asyncio.run(run(trial))  # a loop of its own, as what an old one puts off counts too
        if trial.seconds >= seconds:
            break
        wanted = count * 1.2 * seconds / max(trial.seconds, 1e-9)
        count = int(min(wanted, count * 20)) + 1
    print(f"{name},{trial.seconds / count * 1e9:.1f},ns", flush=True)


WORKLOADS = {
    "await_ready": await_ready,
    "spawn_join": spawn_join,
    "yield_100": yield_100,
    "ping_pong": ping_pong,
    "future": future,
    "gather_2": gather(2),
    "gather_100": gather(100),
    "gather_10000": gather(10_000),
    "timer_1000": timer(1_000),
    "timer_100000": timer(100_000),
    "cancel_join": cancel_join,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--loop", choices=["asyncio", "uvloop"], default="asyncio")
    parser.add_argument("--clock", choices=["cpu", "wall"], default="cpu")
    parser.add_argument("--seconds", type=float, default=0.2, help="least time of the last run")
    parser.add_argument("--only", help="a workload; without it all")
    parser.add_argument("--tasks", type=int, help="measure so many suspended tasks instead")
    chosen = parser.parse_args()

    if chosen.loop == "uvloop":
        import uvloop

        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    clock = time.monotonic_ns if chosen.clock == "wall" else time.process_time_ns
    if chosen.tasks:
        asyncio.run(suspended(chosen.tasks, clock))
        return
    for name, run in WORKLOADS.items():
        if chosen.only in (None, name):
            measure(name, run, chosen.seconds, clock)


if __name__ == "__main__":
    main()
