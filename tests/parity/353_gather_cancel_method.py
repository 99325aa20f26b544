# pins: cancel() of the future that gather gives: True while a child can be cancelled, later False
import asyncio
async def child(n):
    try:
        await asyncio.sleep(10)
    finally:
        print("child", n, "ends")
async def quick():
    return 1
async def main():
    g = asyncio.gather(child(1), child(2))
    await asyncio.sleep(0)
    print("cancel", g.cancel(), g.done())
    print("again", g.cancel(), g.done())
    try:
        await g
    except asyncio.CancelledError:
        print("CancelledError")
    print("after", g.cancel(), g.done())
    g = asyncio.gather(quick(), quick())
    await asyncio.sleep(0)
    print("children done, gather not:", g.done())
    print("cancel", g.cancel())
    print(*await g)
    g = asyncio.gather(child(3), quick())
    print("before the start", g.cancel())
    try:
        await g
    except asyncio.CancelledError:
        print("CancelledError")
asyncio.run(main())
