# pins: [py3.13+] cancels that reach the owner while the group closes: before, during and after the children's clean-up
import asyncio
async def slow(n, turns):
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        for i in range(turns):
            try:
                await asyncio.sleep(0)
            except asyncio.CancelledError:
                print(n, "cancelled again")
        print(n, "cleaned")
        raise
async def bad(turns):
    for _ in range(turns):
        await asyncio.sleep(0)
    raise ValueError("bad")
async def owner(fails):
    try:
        async with asyncio.TaskGroup() as g:
            g.create_task(slow("x", 4))
            if fails:
                g.create_task(bad(2))
    except ExceptionGroup as e:
        print("group", len(e.exceptions), "cancelling", asyncio.current_task().cancelling())
        await asyncio.sleep(0)
        print("not cancelled later")
    except asyncio.CancelledError:
        print("CancelledError, cancelling", asyncio.current_task().cancelling())
        raise
async def main():
    for fails in (False, True):
        for turns in ((2,), (2, 2), (4, 1), (6,)):
            t = asyncio.create_task(owner(fails))
            for n in turns:
                for _ in range(n):
                    await asyncio.sleep(0)
                print("cancel", t.cancel())
            await asyncio.wait([t])
            print(fails, *turns, "->", t.cancelled(), t.cancelling())
asyncio.run(main())
