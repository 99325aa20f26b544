# pins: a timeout around a group cancels the children, waits for them, and stays a TimeoutError; errors come first
import asyncio
async def slow(n, then=None):
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        await asyncio.sleep(0.01)
        print(n, "cleaned")
        if then:
            raise then
        raise
async def attempt(name, *children):
    print("--", name)
    try:
        async with asyncio.timeout(0.02) as cm:
            async with asyncio.TaskGroup() as g:
                for c in children:
                    g.create_task(c)
        print("no error")
    except TimeoutError:
        print("TimeoutError")
    except ExceptionGroup as e:
        print("group of", *[type(x).__name__ for x in e.exceptions])
    print(cm.expired(), asyncio.current_task().cancelling())
    await asyncio.sleep(0)
async def main():
    await attempt("clean", slow("a"))
    await attempt("fails in clean-up", slow("b", ValueError("late")))
    async def inner():
        async with asyncio.timeout(0.01):
            await slow("inner")
    await attempt("child times out", inner())
asyncio.run(main())
