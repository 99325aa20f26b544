# pins: which of several failing and cancelled children decides a gather, with and without return_exceptions
import asyncio
async def act(what, turns):
    for _ in range(turns):
        await asyncio.sleep(0)
    if what == "raise":
        raise ValueError(f"after {turns}")
    if what == "cancel":
        raise asyncio.CancelledError(f"after {turns}")
    return f"value {turns}"
async def attempt(*steps):
    try:
        r = await asyncio.gather(*(act(w, n) for w, n in steps))
        print(*r)
    except (ValueError, asyncio.CancelledError) as e:
        print("gather:", type(e).__name__, *e.args)
    r = await asyncio.gather(*(act(w, n) for w, n in steps), return_exceptions=True)
    print("collected:", *[v if isinstance(v, str) else type(v).__name__ for v in r])
async def main():
    asyncio.get_running_loop().set_exception_handler(lambda l, c: None)
    await attempt(("return", 2), ("return", 0), ("return", 1))
    await attempt(("raise", 2), ("raise", 1), ("return", 0))
    await attempt(("raise", 1), ("raise", 1), ("cancel", 1))
    await attempt(("cancel", 1), ("raise", 1), ("raise", 1))
    await attempt(("raise", 3), ("cancel", 1), ("return", 2))
    await attempt(("cancel", 0), ("cancel", 0), ("cancel", 0))
asyncio.run(main())
