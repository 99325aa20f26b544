# pins: cancelling an outer gather goes through inner gathers and stops at shields
import asyncio
async def child(n):
    try:
        await asyncio.sleep(0.05)
        print("child", n, "done")
        return n
    except asyncio.CancelledError:
        print("child", n, "cancelled")
        raise
async def main():
    shielded = asyncio.create_task(child("s"))
    inner = asyncio.gather(child(1), child(2))
    async def outer():
        await asyncio.gather(inner, child(3), asyncio.shield(shielded))
    o = asyncio.create_task(outer())
    for _ in range(3):
        await asyncio.sleep(0)
    o.cancel()
    await asyncio.wait([o])
    print("outer", o.cancelled(), "inner done", inner.done(), "shielded done", shielded.done())
    print(await shielded)
    a, b = asyncio.create_task(child("a")), asyncio.create_task(child("b"))
    g = asyncio.gather(asyncio.gather(a), b)
    await asyncio.sleep(0)
    a.cancel()
    try:
        await g
    except asyncio.CancelledError:
        print("CancelledError, b done", b.done(), "cancelling", asyncio.current_task().cancelling())
    print(await b)
asyncio.run(main())
