# pins: a cancelled gather waits for every child unless one raises: swallowing children do not save the caller
import asyncio
async def child(n, how):
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        print(n, "cancelled")
        await asyncio.sleep(0)
        if how == "swallow":
            return "survived"
        if how == "raise":
            raise ValueError(n)
        raise
    finally:
        print(n, "ends")
async def attempt(name, collect, *how):
    async def outer():
        print(name, "result", *await asyncio.gather(*(child(f"{name}{i}", h) for i, h in enumerate(how)),
                                                    return_exceptions=collect))
    t = asyncio.create_task(outer())
    for _ in range(3):
        await asyncio.sleep(0)
    t.cancel()
    await asyncio.wait([t])
    e = None if t.cancelled() else t.exception()
    print(name, "cancelled", t.cancelled(), type(e).__name__)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
async def main():
    for collect in (False, True):
        await attempt("a", collect, "swallow", "swallow")
        await attempt("b", collect, "swallow", "reraise")
        await attempt("c", collect, "raise", "swallow")
asyncio.run(main())
