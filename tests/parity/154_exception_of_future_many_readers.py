# pins: a failed future throws the same error in every awaiter and in result(), as often as asked
import asyncio
async def w(n, f):
    for i in range(2):
        try:
            await f
        except ValueError as e:
            print(n, i, e)
async def main():
    f = asyncio.get_running_loop().create_future()
    ts = [asyncio.create_task(w(n, f)) for n in "ab"]
    await asyncio.sleep(0)
    f.set_exception(ValueError("x"))
    try:
        f.result()
    except ValueError as e:
        print("result", e)
    print("exception", f.exception())
    await asyncio.wait(ts)
asyncio.run(main())
