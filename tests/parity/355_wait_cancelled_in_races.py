# pins: a task in wait() that is cancelled in the iteration in which its children end: the cancel wins
import asyncio
async def after(turns):
    for _ in range(turns):
        await asyncio.sleep(0)
async def outer(ts):
    try:
        done, pending = await asyncio.wait(ts)
        print("done", len(done))
    except asyncio.CancelledError:
        print("cancelled", [t.done() for t in ts].count(True))
        raise
async def main():
    for turns in range(6):
        ts = [asyncio.create_task(after(1)), asyncio.create_task(after(2))]
        o = asyncio.create_task(outer(ts))
        for _ in range(turns):
            await asyncio.sleep(0)
        taken = o.cancel()
        await asyncio.wait([o])
        print("turns", turns, taken, o.cancelled(), *[t.cancelled() for t in ts])
        await asyncio.wait(ts)
asyncio.run(main())
