# pins: who acts first in one iteration: the future's result or the cancel, from callbacks and other tasks
import asyncio
async def w(n, f):
    try:
        print(n, "got", await f)
    except asyncio.CancelledError:
        print(n, "cancelled; future", "cancelled" if f.cancelled() else f.result())
async def main():
    loop = asyncio.get_running_loop()
    def attempt(n):
        f = loop.create_future()
        return f, asyncio.create_task(w(n, f))
    f, t = attempt("result then cancel")
    await asyncio.sleep(0)
    loop.call_soon(f.set_result, 1)
    loop.call_soon(t.cancel)
    await asyncio.wait([t])
    f, t = attempt("cancel then result")
    await asyncio.sleep(0)
    loop.call_soon(t.cancel)
    loop.call_soon(lambda: f.done() or f.set_result(2))
    await asyncio.wait([t])
    f, t = attempt("cancel from a done callback before the awaiter")
    f.add_done_callback(lambda _: t.cancel())
    await asyncio.sleep(0)
    f.set_result(3)
    await asyncio.wait([t])
    f, t = attempt("cancel from a done callback after the awaiter")
    await asyncio.sleep(0)
    f.add_done_callback(lambda _: print("late cancel", t.cancel()))
    f.set_result(4)
    await asyncio.wait([t])
    f, t = attempt("future cancelled, then the task")
    await asyncio.sleep(0)
    f.cancel()
    print("task cancel", t.cancel())
    await asyncio.wait([t])
    print("cancelling", t.cancelling())
asyncio.run(main())
