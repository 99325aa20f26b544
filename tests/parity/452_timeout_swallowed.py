# pins: a body that swallows the expiry goes on: it may await again; no TimeoutError, expired() is true
import asyncio
async def main():
    async with asyncio.timeout(0.01) as cm:
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            print("swallowed, cancelling", asyncio.current_task().cancelling())
        await asyncio.sleep(0.01)
        print("body goes on", cm.expired())
    print("no error", cm.expired(), asyncio.current_task().cancelling())
    try:
        cm.reschedule(None)
    except RuntimeError:
        print("RuntimeError")
    await asyncio.sleep(0)
    async def stubborn():
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            await asyncio.sleep(0)
            return "value after the deadline"
    print(await asyncio.wait_for(stubborn(), 0.01))
    print(await asyncio.wait_for(asyncio.create_task(stubborn()), 0.01))
    print("cancelling", asyncio.current_task().cancelling())
asyncio.run(main())
