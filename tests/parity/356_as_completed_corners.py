# pins: as_completed: done ones first, errors and cancels in order, a time-out gives first what was done before
import asyncio
async def after(turns, n, error=None):
    for _ in range(turns):
        await asyncio.sleep(0)
    if error:
        raise error
    return n
async def main():
    loop = asyncio.get_running_loop()
    done = asyncio.create_task(after(0, "done before"))
    await done
    fs = [asyncio.create_task(after(3, "late")), asyncio.create_task(after(1, 0, ValueError("bad"))), done,
          asyncio.create_task(after(1, 0, asyncio.CancelledError())), asyncio.create_task(after(2, "early"))]
    for f in asyncio.as_completed(fs):
        try:
            print("got", await f)
        except (ValueError, asyncio.CancelledError) as e:
            print("raised", type(e).__name__, *e.args)
    print("none:", [await f for f in asyncio.as_completed([])] == [])
    f, g, h = (loop.create_future() for _ in range(3))
    loop.call_later(0.01, f.set_result, "f")
    loop.call_later(0.02, g.set_result, "g")
    it = asyncio.as_completed([f, g, h], timeout=0.05)
    print("first", await next(it))
    await asyncio.sleep(0.1)
    print("second", await next(it))
    try:
        await next(it)
    except asyncio.TimeoutError:
        print("TimeoutError", h.done())
    h.set_result("h")
    it = asyncio.as_completed([asyncio.create_task(after(3, "x")), asyncio.create_task(after(1, "y"))])
    print("left after", await next(it))
asyncio.run(main())
