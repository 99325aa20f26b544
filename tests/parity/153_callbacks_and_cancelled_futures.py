# pins: a done-callback that completes, cancels or awaits other futures only queues; chains cost a turn a link
import asyncio
async def w(n, f):
    try:
        print(n, "got", await f)
    except asyncio.CancelledError:
        print(n, "cancelled")
async def main():
    loop = asyncio.get_running_loop()
    a, b, c = (loop.create_future() for _ in range(3))
    a.add_done_callback(lambda f: b.set_result(f.result() + 1))
    b.add_done_callback(lambda f: c.cancel())
    ts = [asyncio.create_task(w(n, f)) for n, f in (("c", c), ("b", b), ("a", a))]
    await asyncio.sleep(0)
    a.set_result(1)
    for i in range(4):
        print("turn", i)
        await asyncio.sleep(0)
    await asyncio.wait(ts)
asyncio.run(main())
