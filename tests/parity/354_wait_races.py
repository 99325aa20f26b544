# pins: wait: done counts at the wake-up, not at the trigger; a time-out and completions of the same iteration
import asyncio, time
async def after(turns, n):
    for _ in range(turns):
        await asyncio.sleep(0)
    return n
def names(ts, some):
    return [n for n, t in enumerate(ts) if t in some]
async def main():
    for turns in ((0, 0, 0), (0, 1, 2), (0, 1, 1), (1, 3, 5), (2, 2, 4)):
        ts = [asyncio.create_task(after(t, n)) for n, t in enumerate(turns)]
        done, pending = await asyncio.wait(ts, return_when=asyncio.FIRST_COMPLETED)
        print(*turns, "done", *names(ts, done), "pending", *names(ts, pending))
        await asyncio.wait(ts)
    loop = asyncio.get_running_loop()
    fs = [loop.create_future() for _ in range(3)]
    loop.call_later(0.01, fs[0].set_result, 1)
    loop.call_later(0.02, lambda: (time.sleep(0.03), fs[1].set_result(2)))
    loop.call_later(0.025, fs[2].set_result, 3)
    done, pending = await asyncio.wait(fs, timeout=0.03)
    print("timeout: done", *names(fs, done), "pending", *names(fs, pending))
    f = loop.create_future()
    done, pending = await asyncio.wait([f, fs[0]], timeout=0)
    print("zero: done", len(done), "pending", len(pending), f.cancelled())
    done, pending = await asyncio.wait([f], timeout=-1)
    print("negative: done", len(done), "pending", len(pending))
    async def cancelled():
        raise asyncio.CancelledError
    async def bad():
        await asyncio.sleep(0)
        raise ValueError
    ts = [asyncio.create_task(cancelled()), asyncio.create_task(bad()), asyncio.create_task(after(9, 0))]
    done, pending = await asyncio.wait(ts, return_when=asyncio.FIRST_EXCEPTION)
    print("first exception: done", *names(ts, done), "pending", *names(ts, pending))
    done, pending = await asyncio.wait([ts[1], ts[2]], return_when=asyncio.FIRST_EXCEPTION)
    print("failed before: done", *names(ts, done), "pending", *names(ts, pending))
asyncio.run(main())
