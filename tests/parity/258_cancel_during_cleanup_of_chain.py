# pins: a second cancel of an outer task interrupts the clean-up of the inner one it waits for, through gather too
import asyncio
async def inner(n):
    try:
        await asyncio.sleep(10)
    finally:
        print(n, "cleanup")
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            print(n, "cleanup interrupted")
            raise
async def outer(n, make):
    try:
        await make()
    except asyncio.CancelledError:
        print(n, "outer ends")
        raise
async def main():
    for n, make in (("task", lambda: asyncio.create_task(inner("task"))),
                    ("gather", lambda: asyncio.gather(inner("gather 1"), inner("gather 2"))),
                    ("inline", lambda: inner("inline"))):
        t = asyncio.create_task(outer(n, make))
        for _ in range(3):
            await asyncio.sleep(0)
        t.cancel()
        for _ in range(3):
            await asyncio.sleep(0)
        print(n, "done", t.done())
        t.cancel()
        await asyncio.wait([t])
        print(n, t.cancelled(), t.cancelling())
asyncio.run(main())
