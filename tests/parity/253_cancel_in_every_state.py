# pins: cancel() of a task that is new, yielding, waiting, about to wake, in a chain, done
import asyncio
async def child():
    await asyncio.sleep(0)
    return "child value"
async def job(n, make):
    try:
        await make()
        print(n, "goes on")
    except asyncio.CancelledError:
        print(n, "cancelled")
        raise
async def attempt(n, make, turns):
    t = asyncio.create_task(job(n, make))
    for _ in range(turns):
        await asyncio.sleep(0)
    taken = t.cancel()
    await asyncio.wait([t])
    print(n, "turns", turns, "taken", taken, "cancelled", t.cancelled(), t.cancelling())
async def main():
    for turns in range(4):
        await attempt("yield", lambda: asyncio.sleep(0, "y"), turns)
    for turns in range(6):
        await attempt("task", lambda: asyncio.create_task(child()), turns)
    for turns in range(7):
        await attempt("gather", lambda: asyncio.gather(child(), child()), turns)
asyncio.run(main())
