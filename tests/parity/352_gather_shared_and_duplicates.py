# pins: one gather awaited by two tasks; duplicates among the children; children done before
import asyncio
async def child(n):
    print("run", n)
    await asyncio.sleep(0)
    return n
async def w(n, g):
    try:
        print(n, *await g)
    except asyncio.CancelledError:
        print(n, "cancelled")
async def main():
    t = asyncio.create_task(child("x"))
    print(*await asyncio.gather(t, t, child("y"), t))
    g = asyncio.gather(child("p"), child("q"))
    ws = [asyncio.create_task(w(n, g)) for n in "12"]
    await asyncio.wait(ws)
    print("again", *await g, g.done())
    done = asyncio.create_task(child("done"))
    await done
    print(*await asyncio.gather(done, child("z"), done))
    f = asyncio.get_running_loop().create_future()
    g = asyncio.gather(child("r"), f)
    ws = [asyncio.create_task(w(n, g)) for n in "34"]
    for _ in range(4):
        await asyncio.sleep(0)
    ws[0].cancel()
    await asyncio.wait(ws)
    print(f.cancelled(), ws[0].cancelled(), ws[1].cancelled(), ws[0].cancelling(), ws[1].cancelling())
asyncio.run(main())
