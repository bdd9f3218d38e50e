"""A server and its clients under one event loop, over sockets of this machine: lines are sent there and back."""
import asyncio

CLIENTS = 3
LINES = 6


async def serve(reader, writer):
    while True:
        line = await reader.readline()
        if not line:
            break
        writer.write(line.upper())
        await writer.drain()
    writer.close()


async def talk(port, number):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answers = []
    for line in range(LINES):
        writer.write(b"client %d line %d\n" % (number, line))
        await writer.drain()
        answers.append(await reader.readline())
    writer.close()
    return answers


async def work(port):
    return await asyncio.gather(*[talk(port, number) for number in range(CLIENTS)])


async def start():
    return await asyncio.start_server(serve, "127.0.0.1", 0)


def bench(loops):
    event_loop = asyncio.new_event_loop()
    asyncio.set_event_loop(event_loop)
    try:
        server = event_loop.run_until_complete(start())
        port = server.sockets[0].getsockname()[1]
        for _ in range(loops):
            answers = event_loop.run_until_complete(work(port))
        server.close()
        event_loop.run_until_complete(asyncio.sleep(0))
    finally:
        asyncio.set_event_loop(None)
        event_loop.close()
    return answers


EXPECTED = [[b"CLIENT %d LINE %d\n" % (client, line) for line in range(LINES)] for client in range(CLIENTS)]
