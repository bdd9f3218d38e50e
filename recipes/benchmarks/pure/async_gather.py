"""Many coroutines under one event loop that wait for each other: gather, tasks, a queue, a lock."""
import asyncio

WORKERS = 8
ITEMS = 40


async def leaf(n):
    await asyncio.sleep(0)
    return n


async def branch(depth):
    if depth == 0:
        return await leaf(1)
    return sum(await asyncio.gather(branch(depth - 1), branch(depth - 1)))


async def produce(queue):
    for item in range(ITEMS):
        await queue.put(item)
    for _ in range(WORKERS):
        await queue.put(None)


async def consume(queue, lock, found):
    while True:
        item = await queue.get()
        if item is None:
            return
        async with lock:
            found.append(item)


async def work():
    queue, lock, found = asyncio.Queue(maxsize=4), asyncio.Lock(), []
    leaves = await branch(4)
    await asyncio.gather(produce(queue), *[consume(queue, lock, found) for _ in range(WORKERS)])
    return leaves, sum(found), len(found)


def bench(loops):
    event_loop = asyncio.new_event_loop()
    asyncio.set_event_loop(event_loop)
    try:
        for _ in range(loops):
            answer = event_loop.run_until_complete(work())
    finally:
        asyncio.set_event_loop(None)
        event_loop.close()
    return answer


EXPECTED = (16, ITEMS * (ITEMS - 1) // 2, ITEMS)
