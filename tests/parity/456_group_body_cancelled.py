# pins: a body that raises CancelledError itself, cancels itself, cancels a child, or is cancelled by a child
import asyncio
async def slow(n):
    try:
        await asyncio.sleep(0.03)
        print(n, "done")
    except asyncio.CancelledError:
        print(n, "cancelled")
        raise
async def attempt(name, body):
    print("--", name)
    async def owner():
        async with asyncio.TaskGroup() as g:
            g.create_task(slow("child"))
            await asyncio.sleep(0)
            await body(g)
        print("after the group")
    t = asyncio.create_task(owner())
    await asyncio.wait([t])
    print("cancelled", t.cancelled(), "cancelling", t.cancelling())
    if not t.cancelled() and t.exception():
        print(type(t.exception()).__name__, [type(e).__name__ for e in t.exception().exceptions] == ["ValueError"])
async def main():
    async def raises(g):
        raise asyncio.CancelledError
    await attempt("raises", raises)
    async def itself(g):
        asyncio.current_task().cancel()
    await attempt("cancels itself and ends", itself)
    async def itself_awaits(g):
        asyncio.current_task().cancel()
        await asyncio.sleep(0)
    await attempt("cancels itself and awaits", itself_awaits)
    async def by_child(g):
        owner = asyncio.current_task()
        async def child():
            owner.cancel()
        g.create_task(child())
        await asyncio.sleep(10)
    await attempt("cancelled by a child", by_child)
    async def by_child_that_fails(g):
        owner = asyncio.current_task()
        async def child():
            owner.cancel()
            raise ValueError
        g.create_task(child())
        await asyncio.sleep(10)
    await attempt("cancelled by a child that fails", by_child_that_fails)
    async def swallows(g):
        async def child():
            raise ValueError
        g.create_task(child())
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            print("body swallows, cancelling", asyncio.current_task().cancelling())
        await asyncio.sleep(0)
        print("body goes on")
    await attempt("body swallows the group's cancel", swallows)
    async def other(g):
        async def child():
            raise ValueError
        g.create_task(child())
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            raise KeyError("body")
    await attempt("body turns it into an error", other)
asyncio.run(main())
