# pins: shield: of done futures, cancelled twice, under wait_for, of a task that is cancelled meanwhile
import asyncio
async def work(n):
    try:
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        print(n, "finishes")
        return n
    except asyncio.CancelledError:
        print(n, "cancelled")
        raise
async def main():
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    done.set_result("d")
    print("of done", await asyncio.shield(done))
    inner = asyncio.create_task(work("a"))
    s = asyncio.shield(inner)
    print("cancel", s.cancel(), s.cancelled(), inner.done())
    print("cancel again", s.cancel())
    print("inner", await inner)
    inner = asyncio.create_task(work("b"))
    async def waiter(n):
        try:
            print(n, "got", await asyncio.shield(inner))
        except asyncio.CancelledError:
            print(n, "cancelled, inner", inner.done(), inner.cancelled())
    ws = [asyncio.create_task(waiter(n)) for n in ("w1", "w2", "w3")]
    await asyncio.sleep(0)
    ws[1].cancel()
    await asyncio.wait(ws)
    inner = asyncio.create_task(work("c"))
    ws = [asyncio.create_task(waiter(n)) for n in ("w4", "w5")]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    inner.cancel()
    await asyncio.wait(ws)
    f = loop.create_future()
    try:
        await asyncio.wait_for(asyncio.shield(f), 0.01)
    except asyncio.TimeoutError:
        print("TimeoutError", f.done())
    f.set_result("later")
    print(await f)
    double = asyncio.shield(asyncio.shield(loop.create_future()))
    print("double", double.cancel(), double.cancelled())
asyncio.run(main())
