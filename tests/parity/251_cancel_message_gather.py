# pins: a message given to the awaiter of a gather reaches the children and comes back out
import asyncio
async def job(n):
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError as e:
        print(n, "inside:", *e.args)
        raise
async def main():
    async def outer():
        await asyncio.gather(job("a"), job("b"))
    t = asyncio.create_task(outer())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    t.cancel("stop")
    try:
        await t
    except asyncio.CancelledError as e:
        print("outside:", *e.args)
    f = asyncio.get_running_loop().create_future()
    async def waiter():
        try:
            await f
        except asyncio.CancelledError as e:
            print("waiter:", *e.args)
    t = asyncio.create_task(waiter())
    await asyncio.sleep(0)
    f.cancel("future message")
    await t
    try:
        f.result()
    except asyncio.CancelledError as e:
        print("result:", *e.args)
asyncio.run(main())
