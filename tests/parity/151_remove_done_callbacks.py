# pins: remove_done_callback works until the future is done; a queued callback runs although another one removes it
import asyncio
async def main():
    f = asyncio.get_running_loop().create_future()
    def second(_):
        print("second")
    def third(_):
        print("third")
    def first(fut):
        print("first removes", fut.remove_done_callback(second))
        fut.add_done_callback(lambda _: print("added by first"))
    f.add_done_callback(first)
    f.add_done_callback(second)
    f.add_done_callback(third)
    print("removed", f.remove_done_callback(third), f.remove_done_callback(third))
    f.set_result(1)
    print("after done", f.remove_done_callback(second))
    await asyncio.sleep(0)
    print("turn 1")
    await asyncio.sleep(0)
    print("turn 2")
asyncio.run(main())
