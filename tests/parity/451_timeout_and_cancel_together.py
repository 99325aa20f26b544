# pins: [py3.12+] a cancel from outside in the iteration in which the timeout expires is not lost
import asyncio, time
async def job(how):
    try:
        if how == "block":
            async with asyncio.timeout(0.01):
                await asyncio.sleep(10)
        elif how == "wait_for":
            await asyncio.wait_for(asyncio.sleep(10), 0.01)
        elif how == "future":
            await asyncio.wait_for(asyncio.get_running_loop().create_future(), 0.01)
    except TimeoutError:
        print(how, "TimeoutError")
        raise
    except asyncio.CancelledError:
        print(how, "CancelledError", asyncio.current_task().cancelling())
        raise
async def main():
    loop = asyncio.get_running_loop()
    for first in ("timeout", "cancel"):
        for how in ("block", "wait_for", "future"):
            t = asyncio.create_task(job(how))
            if first == "cancel":
                loop.call_later(0.005, t.cancel)
            await asyncio.sleep(0)
            if first == "timeout":
                loop.call_later(0.015, t.cancel)
            time.sleep(0.03)
            await asyncio.wait([t])
            print(first, "first:", t.cancelled(), t.cancelling())
asyncio.run(main())
