# pins: when a task ends, its awaiters and callbacks are queued behind what is ready already, in order of attaching
import asyncio
async def quick():
    print("quick runs")
    return 7
async def w(n, t):
    print("w", n, await t)
async def main():
    loop = asyncio.get_running_loop()
    t = asyncio.create_task(quick())
    ws = [asyncio.create_task(w(0, t))]
    t.add_done_callback(lambda t: print("callback", t.result()))
    ws.append(asyncio.create_task(w(1, t)))
    loop.call_soon(print, "soon")
    print("main gets", await t)
    print("all done", [x.done() for x in ws].count(True))
    await asyncio.wait(ws)
asyncio.run(main())
