# pins: [py3.12+] cancel messages travel through tasks, gather, wait_for and shield
import asyncio
async def job(n):
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError as e:
        print(n, "inside:", *e.args)
        raise
async def through(n, make):
    t = asyncio.create_task(make())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    t.cancel("msg " + n)
    try:
        await t
    except asyncio.CancelledError as e:
        print(n, "outside:", *e.args)
async def main():
    t = asyncio.create_task(job("unstarted"))
    t.cancel("early")
    try:
        await t
    except asyncio.CancelledError as e:
        print("unstarted outside:", *e.args)
    async def nest():
        await asyncio.create_task(job("nested"))
    await through("nested", nest)
    async def wait_for():
        await asyncio.wait_for(job("wait_for"), 5)
    await through("wait_for", wait_for)
    async def block():
        async with asyncio.timeout(5):
            await job("timeout")
    await through("timeout", block)
    async def shield():
        await asyncio.shield(inner)
    inner = asyncio.create_task(job("shield"))
    await through("shield", shield)
    inner.cancel()
    await asyncio.wait([inner])
asyncio.run(main())
