"""Readers that do not read, readers that vanish, and a thousand of them when the house closes."""

from __future__ import annotations

import asyncio
import resource
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from uvicorn.server import ServerState

from parvis.web.live.fanout import BACKLOG_BYTES
from parvis.web.live.hub import Hub
from parvis.web.live.server import Server
from tests.live_listener import Way, listening, over, plain_app, welcome
from tests.memory_wall import MemoryWall
from tests.snapshots import Stream, player, verify
from tests.waiting import until

MANY = 1000


@pytest.fixture
def many_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = max(soft, 4 * MANY if hard == resource.RLIM_INFINITY else min(hard, 4 * MANY))
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def deaf(address: str, path: str) -> socket.socket:
    """A connection with little room, that asks and never reads."""
    url = urlsplit(address)
    loop = asyncio.get_running_loop()
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.setblocking(False)
    await loop.sock_connect(sock, (url.hostname, url.port))
    await loop.sock_sendall(sock, f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    return sock


@over("direct", "asgi")
async def test_a_reader_who_does_not_read_is_dropped_and_the_others_lose_nothing(way: Way) -> None:
    wall = MemoryWall()
    hub = Hub(wall.engine())
    state = ServerState()
    async with listening(hub, way, state=state) as address:
        screen = await player(wall.engine(), address, "square")
        stuck = [await deaf(address, "/live/square?after=0") for _ in range(5)]
        await until(lambda: hub.readers == 6)
        said = 0
        while hub.readers > 1:
            said += 1
            assert said < 2000, "nobody was dropped"
            wall.show(f"test:x:{said}", "x" * 16_000)
            seen = said
            await until(lambda seen=seen: hub.feed("square").head >= seen)  # type: ignore[misc]
            assert _most_queued(state) <= BACKLOG_BYTES + 20_000
        assert hub.dropped == 5
        wall.show("test:x:last")
        await verify(wall.engine(), "square", screen)
        assert screen.applied == sorted(set(screen.applied))
        assert screen.resets == 0
        await screen.cut()
        for sock in stuck:
            sock.close()


def _most_queued(state: ServerState) -> int:
    return max(c.transport.get_write_buffer_size() for c in state.connections)


@over("direct")
async def test_who_was_dropped_comes_back_and_has_everything(way: Way) -> None:
    wall = MemoryWall()
    hub = Hub(wall.engine())
    async with listening(hub, way) as address:
        await hub.warm("square")
        sock = await deaf(address, "/live/square?after=0")
        await until(lambda: hub.readers == 1)
        number = 0
        while hub.readers:
            number += 1
            wall.show(f"test:x:{number}", "x" * 16_000)
            seen = number
            await until(lambda seen=seen: hub.feed("square").head >= seen)  # type: ignore[misc]
        sock.setblocking(False)
        got = b""
        with pytest.raises((ConnectionError, EOFError)):
            while True:
                more = await asyncio.get_running_loop().sock_recv(sock, 1 << 20)
                if not more:
                    raise EOFError
                got += more
        sock.close()
        whole = [event for event in got.split(b"\n\n")[:-1] if b"id: " in event]
        last = int(whole[-1].split(b"id: ")[1].split()[0]) if whole else 0
        assert last < number
        back = await Stream.open(address, "/live/square?after=0", f"Last-Event-ID: {last}")
        ids = [int((await back.event())["id"]) for _ in range(number - last)]
        assert ids == list(range(last + 1, number + 1))


@over("direct", "asgi")
async def test_a_reader_who_stalls_while_catching_up_is_given_up(way: Way) -> None:
    wall = MemoryWall()
    for number in range(1, 200):
        wall.show(f"test:x:{number}", "x" * 60_000)
    hub = Hub(wall.engine(), patience_s=0.2)
    async with listening(hub, way) as address:
        sock = await deaf(address, "/live/square?after=0")
        await until(lambda: hub.readers == 1)
        await until(lambda: hub.readers == 0)
        await until(lambda: not hub._tasks)
        sock.close()


@pytest.mark.usefixtures("many_files")
@over("direct", "asgi")
async def test_a_thousand_streams_end_when_the_house_closes(way: Way) -> None:
    wall = MemoryWall()
    hub = Hub(wall.engine())
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    server = Server(
        plain_app, hub, welcome, ready=ready.set_result, direct=way == "direct", signals=False
    )
    serving = asyncio.create_task(server.serve())
    address = await ready
    streams: list[Stream] = []
    while len(streams) < MANY:
        opening = [Stream.open(address, "/live/square") for _ in range(100)]
        streams += await asyncio.gather(*opening)
    await until(lambda: hub.readers == MANY)
    server.stop()
    await serving
    assert not server.server_state.connections
    assert not server.server_state.tasks
    for stream in streams:
        assert await stream.event() == {}
    assert hub.readers == 0


@over("direct")
async def test_a_stuck_reader_does_not_hold_up_the_closing(way: Way) -> None:
    wall = MemoryWall()
    hub = Hub(wall.engine())
    state = ServerState()
    async with listening(hub, way, state=state) as address:
        sock = await deaf(address, "/live/square?after=0")
        await until(lambda: hub.readers == 1)
        number = 0
        while not _most_queued(state):
            number += 1
            wall.show(f"test:x:{number}", "x" * 16_000)
            seen = number
            await until(lambda seen=seen: hub.feed("square").head >= seen)  # type: ignore[misc]
        await hub.stop()
        await until(lambda: not state.connections)
        sock.close()
