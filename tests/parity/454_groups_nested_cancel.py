# pins: nested groups under cancel and error: who is cancelled, in which order things come out
import asyncio
async def slow(n):
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        print("cancelled", n)
        raise
async def bad(turns, text):
    for _ in range(turns):
        await asyncio.sleep(0)
    raise ValueError(text)
def show(e, depth=0):
    if isinstance(e, ExceptionGroup):
        print("  " * depth + "group of", len(e.exceptions))
        for x in e.exceptions:
            show(x, depth + 1)
    else:
        print("  " * depth + type(e).__name__, e)
async def attempt(name, body):
    print("--", name)
    t = asyncio.create_task(body())
    await asyncio.wait([t], timeout=0.02)
    if not t.done():
        print("cancel", t.cancel())
        await asyncio.wait([t])
    if t.cancelled():
        print("CancelledError")
    else:
        show(t.exception())
    print("cancelling", t.cancelling())
async def main():
    async def outer_cancel():
        async with asyncio.TaskGroup() as a:
            a.create_task(slow("a"))
            async with asyncio.TaskGroup() as b:
                b.create_task(slow("b"))
                await slow("body")
    await attempt("outer cancel", outer_cancel)
    async def outer_child_fails():
        async with asyncio.TaskGroup() as a:
            a.create_task(bad(3, "outer"))
            async with asyncio.TaskGroup() as b:
                b.create_task(slow("b"))
                await slow("body")
    await attempt("outer child fails", outer_child_fails)
    async def inner_child_fails():
        async with asyncio.TaskGroup() as a:
            a.create_task(slow("a"))
            async with asyncio.TaskGroup() as b:
                b.create_task(bad(2, "inner"))
                await slow("body")
    await attempt("inner child fails", inner_child_fails)
    async def both_fail():
        async with asyncio.TaskGroup() as a:
            a.create_task(bad(2, "outer"))
            async with asyncio.TaskGroup() as b:
                b.create_task(bad(2, "inner"))
                await slow("body")
    await attempt("both fail", both_fail)
    async def inner_handled():
        async with asyncio.TaskGroup() as a:
            a.create_task(slow("a"))
            try:
                async with asyncio.TaskGroup() as b:
                    b.create_task(bad(1, "inner"))
                    await slow("body")
            except* ValueError as g:
                print("handled")
            await asyncio.sleep(0)
            print("outer body goes on", asyncio.current_task().cancelling())
    await attempt("inner handled", inner_handled)
asyncio.run(main())
