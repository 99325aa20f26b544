# pins: timers and sleepers due in one iteration: callbacks run in it, sleepers wake in the next one, both in order
import asyncio, time
async def sleeper(n, d):
    await asyncio.sleep(d)
    print("sleeper", n)
async def main():
    loop = asyncio.get_running_loop()
    ts = []
    for n in range(2):
        loop.call_later(0.02, print, "timer", n)
        ts.append(asyncio.create_task(sleeper(n, 0.02)))
    loop.call_later(0.02, lambda: loop.call_soon(print, "queued by a timer"))
    await asyncio.sleep(0)
    loop.call_later(0.02, print, "timer 2")
    time.sleep(0.05)
    await asyncio.sleep(0)
    print("main 1")
    await asyncio.sleep(0)
    print("main 2")
    await asyncio.sleep(0)
    print("main 3")
    await asyncio.wait(ts)
asyncio.run(main())
