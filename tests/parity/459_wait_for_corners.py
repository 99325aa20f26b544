# pins: [py3.12+] wait_for: of done and failed things, with zero, when the value and the deadline coincide
import asyncio, time
async def value(turns, v):
    for _ in range(turns):
        await asyncio.sleep(0)
    return v
async def main():
    loop = asyncio.get_running_loop()
    done = asyncio.create_task(value(0, "done"))
    await done
    print(await asyncio.wait_for(done, 0), await asyncio.wait_for(done, -1), await asyncio.wait_for(done, 5))
    failed = loop.create_future()
    failed.set_exception(ValueError("failed"))
    for limit in (0, 5, None):
        try:
            await asyncio.wait_for(failed, limit)
        except ValueError as e:
            print(limit, e)
    f = loop.create_future()
    loop.call_later(0.01, f.set_result, "value first")
    loop.call_soon(time.sleep, 0.03)
    try:
        print(await asyncio.wait_for(f, 0.02))
    except TimeoutError:
        print("value first: TimeoutError", f.done() and not f.cancelled())
    f = loop.create_future()
    loop.call_later(0.02, lambda: f.done() or f.set_result("late"))
    loop.call_soon(time.sleep, 0.03)
    try:
        print(await asyncio.wait_for(f, 0.01))
    except TimeoutError:
        print("deadline first: TimeoutError", f.cancelled())
    async def cleanup():
        try:
            await asyncio.sleep(10)
        finally:
            await asyncio.sleep(0)
            print("cleaned")
    t = asyncio.create_task(cleanup())
    await asyncio.sleep(0)
    try:
        await asyncio.wait_for(t, 0)
    except TimeoutError:
        print("zero: TimeoutError", t.cancelled())
    t = asyncio.create_task(value(3, "v"))
    async def outer():
        return await asyncio.wait_for(t, 5)
    o = asyncio.create_task(outer())
    for _ in range(2):
        await asyncio.sleep(0)
    t.cancel()
    try:
        await o
    except asyncio.CancelledError:
        print("inner cancelled by another:", o.cancelled(), o.cancelling())
    print(asyncio.current_task().cancelling())
asyncio.run(main())
