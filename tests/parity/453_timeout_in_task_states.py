# pins: timeouts around tasks, gathers, waits and shields: what becomes of the awaited ones
import asyncio
async def slow(n):
    try:
        await asyncio.sleep(0.1)
        return n
    except asyncio.CancelledError:
        print(n, "cancelled")
        raise
async def attempt(name, make):
    ts = [asyncio.create_task(slow(f"{name} {i}")) for i in range(2)]
    try:
        async with asyncio.timeout(0.02):
            await make(ts)
    except TimeoutError:
        print(name, "TimeoutError", *[t.cancelled() for t in ts])
    for t in ts:
        t.cancel()
    await asyncio.wait(ts)
async def main():
    await attempt("task", lambda ts: ts[0])
    await attempt("gather", lambda ts: asyncio.gather(*ts))
    await attempt("collect", lambda ts: asyncio.gather(*ts, return_exceptions=True))
    await attempt("wait", lambda ts: asyncio.wait(ts))
    await attempt("shield", lambda ts: asyncio.shield(ts[0]))
    print(asyncio.current_task().cancelling())
asyncio.run(main())
