# pins: callbacks, done-callbacks, awaiters, new tasks and yields share one queue in the order of becoming ready
import asyncio
async def awaiter(n, f):
    print("awaits", n)
    await f
    print("awaiter", n)
    await asyncio.sleep(0)
    print("awaiter again", n)
async def child(n):
    print("child", n)
async def main():
    loop = asyncio.get_running_loop()
    f = loop.create_future()
    ts = [asyncio.create_task(awaiter(n, f)) for n in "ab"]
    await asyncio.sleep(0)
    f.add_done_callback(lambda _: print("done callback"))
    loop.call_soon(print, "soon 1")
    f.set_result(None)
    loop.call_soon(print, "soon 2")
    ts.append(asyncio.create_task(child("c")))
    loop.call_soon(lambda: ts.append(asyncio.create_task(child("d"))))
    await asyncio.sleep(0)
    print("main 1")
    loop.call_soon(print, "soon 3")
    await asyncio.sleep(0)
    print("main 2")
    await asyncio.wait(ts)
    print("main 3")
asyncio.run(main())
