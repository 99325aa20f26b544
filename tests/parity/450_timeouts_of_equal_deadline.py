# pins: nested timeouts that expire in the same iteration: the outer one raises
import asyncio, time
async def nested(outer_after, inner_after):
    loop = asyncio.get_running_loop()
    now = loop.time()
    try:
        async with asyncio.timeout_at(now + outer_after) as outer:
            try:
                async with asyncio.timeout_at(now + inner_after) as inner:
                    time.sleep(0.03)
                    await asyncio.sleep(10)
            except TimeoutError:
                print("inner TimeoutError")
            await asyncio.sleep(0)
            print("outer body goes on")
    except TimeoutError:
        print("outer TimeoutError")
    print(inner.expired(), outer.expired(), asyncio.current_task().cancelling())
async def main():
    for pair in ((0.01, 0.01), (0.01, 0.02), (0.02, 0.01)):
        print(*pair)
        await nested(*pair)
asyncio.run(main())
