# pins: [tick] [py3.12+] a pending cancel still lets a suspension take place: others run before CancelledError is raised
import asyncio
async def job(n, make):
    asyncio.current_task().cancel()
    try:
        await make()
        print(n, "not reached")
    except asyncio.CancelledError:
        print(n, "cancelled")
async def main():
    loop = asyncio.get_running_loop()
    async def hang():
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            print("inner cancelled")
            raise
    f = loop.create_future()
    for n, make in (("sleep 0", lambda: asyncio.sleep(0)), ("future", lambda: f), ("task", lambda: asyncio.create_task(hang())),
                    ("gather", lambda: asyncio.gather(hang(), hang())),
                    ("shield", lambda: asyncio.shield(loop.create_future())),
                    ("wait_for", lambda: asyncio.wait_for(loop.create_future(), 5))):
        t = asyncio.create_task(job(n, make))
        loop.call_soon(print, n, "soon")
        loop.call_soon(lambda: loop.call_soon(print, n, "later"))
        await asyncio.wait([t])
    print("future cancelled", f.cancelled())
asyncio.run(main())
