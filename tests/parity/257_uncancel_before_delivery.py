# pins: [py3.13+] uncancel() to zero withdraws a request that has not been delivered
import asyncio
async def job():
    t = asyncio.current_task()
    t.cancel()
    print("uncancel", t.uncancel())
    try:
        await asyncio.sleep(0)
        print("goes on")
    except asyncio.CancelledError:
        print("cancelled all the same")
async def main():
    await asyncio.create_task(job())
asyncio.run(main())
