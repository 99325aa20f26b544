# pins: [tick] turns taken by combinators over what is done already and over fresh coroutines
import asyncio
ticks = 0
def ticker(loop):
    global ticks
    ticks += 1
    loop.call_soon(ticker, loop)
async def nop():
    return 1
async def main():
    loop = asyncio.get_running_loop()
    loop.call_soon(ticker, loop)
    async def cost(name, make):
        start = ticks
        await make()
        print(name, ticks - start)
    done = asyncio.create_task(nop())
    await asyncio.sleep(0)
    await cost("gather of done", lambda: asyncio.gather(done, done))
    await cost("wait of done", lambda: asyncio.wait([done]))
    await cost("wait of fresh", lambda: asyncio.wait([asyncio.create_task(nop())]))
    await cost("shield of done", lambda: asyncio.shield(done))
    await cost("shield of fresh", lambda: asyncio.shield(nop()))
    async def block():
        async with asyncio.timeout(5):
            await nop()
    await cost("timeout around a coroutine", block)
    async def group(n):
        async with asyncio.TaskGroup() as tg:
            for _ in range(n):
                tg.create_task(nop())
    await cost("empty group", lambda: group(0))
    await cost("group of two", lambda: group(2))
    async def collect(n):
        for f in asyncio.as_completed([nop() for _ in range(n)]):
            await f
    await cost("as_completed of two", lambda: collect(2))
    ev = asyncio.Event()
    loop.call_soon(ev.set)
    await cost("event set by a callback", ev.wait)
    await cost("event already set", ev.wait)
asyncio.run(main())
