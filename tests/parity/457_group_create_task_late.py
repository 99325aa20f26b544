# pins: create_task on a group that is shutting down is a RuntimeError
import asyncio
async def slow():
    await asyncio.sleep(10)
async def nop():
    print("nop runs")
async def bad():
    raise ValueError
async def main():
    async def late(g, n):
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            c = nop()
            try:
                g.create_task(c)
            except RuntimeError:
                print(n, "RuntimeError")
                c.close()
            raise
    try:
        async with asyncio.TaskGroup() as g:
            g.create_task(late(g, "child"))
            await asyncio.sleep(0)
            g.create_task(bad())
            await late(g, "body")
    except* ValueError as e:
        print("group", len(e.exceptions))
asyncio.run(main())
