# pins: a task that cancels itself and ends without suspending is cancelled if it returns, failed if it raises
import asyncio
async def ret():
    asyncio.current_task().cancel("me")
    return 1
async def err():
    asyncio.current_task().cancel()
    raise ValueError("own error")
async def main():
    for c in (ret, err):
        t = asyncio.create_task(c())
        await asyncio.wait([t])
        print(t.cancelled(), t.cancelling())
        try:
            await t
        except (ValueError, asyncio.CancelledError) as e:
            print(type(e).__name__, *e.args)
asyncio.run(main())
