# pins: in a chain of tasks the innermost one decides; a swallowed cancel leaves no trace in the outer ones
import asyncio
async def c():
    for i in range(2):
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            print("c caught", i)
    await asyncio.sleep(0)
    return "c done"
async def b(t):
    try:
        return await t
    except asyncio.CancelledError:
        print("b cancelled")
        raise
async def a(t):
    try:
        r = await t
        await asyncio.sleep(0)
        print("a goes on")
        return r
    except asyncio.CancelledError:
        print("a cancelled")
        raise
async def main():
    tc = asyncio.create_task(c())
    tb = asyncio.create_task(b(tc))
    ta = asyncio.create_task(a(tb))
    for _ in range(3):
        await asyncio.sleep(0)
    for i in range(2):
        ta.cancel()
        await asyncio.sleep(0)
    print(await ta, [t.cancelling() for t in (ta, tb, tc)] == [2, 2, 2])
asyncio.run(main())
