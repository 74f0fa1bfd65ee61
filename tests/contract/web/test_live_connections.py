"""The connections that readers of /live/{wall} hold: before, between and after the events."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from uvicorn.server import ServerState

from parvis.web.live.hub import Hub
from tests.live_house import house, seqs
from tests.live_listener import WAYS, Way, listening, over
from tests.memory_wall import MemoryWall
from tests.snapshots import Stream
from tests.waiting import until


@over(*WAYS)
async def test_a_connection_may_first_ask_for_something_else(way: Way) -> None:
    async with house(way) as (wall, hub, address):
        stream = await Stream.open(address, "/first")
        assert await stream.body() == b"/first"
        stream._writer.write(b"GET /live/square?after=0 HTTP/1.1\r\nHost: x\r\n\r\n")
        await stream.read_head()
        await until(lambda: hub.readers == 1)
        wall.show("test:x:1")
        assert await seqs(stream, 1) == [1]


@over(*WAYS)
async def test_pipelined_requests_are_answered_in_order(way: Way) -> None:
    async with house(way) as (wall, hub, address):
        await hub.warm("square")
        url = urlsplit(address)
        reader, writer = await asyncio.open_connection(url.hostname, url.port)
        writer.write(
            b"GET /first HTTP/1.1\r\nHost: x\r\n\r\n"
            b"GET /live/square?after=0 HTTP/1.1\r\nHost: x\r\n\r\n"
        )
        stream = Stream(reader, writer)
        await stream.read_head()
        assert await stream.body() == b"/first"
        await stream.read_head()
        assert stream.headers["content-type"] == "text/event-stream"
        await until(lambda: hub.readers == 1)
        wall.show("test:x:1")
        assert await seqs(stream, 1) == [1]


@over("direct")
async def test_nothing_that_follows_the_request_gets_between_the_events(way: Way) -> None:
    after = (
        b"GET /second HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x00\x01 garbage \r\n\r\n",
        b"x" * 70_000,
    )
    held = []  # a stream that nobody holds is closed
    async with house(way) as (wall, hub, address):
        for number, rest in enumerate(after, 1):
            url = urlsplit(address)
            reader, writer = await asyncio.open_connection(url.hostname, url.port)
            asked = f"GET /live/square?after={number - 1} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
            writer.write(asked + rest)
            writer.write(rest)
            stream = Stream(reader, writer)
            held.append(stream)
            await stream.read_head()
            await until(lambda number=number: hub.readers == number)  # type: ignore[misc]
            wall.show(f"test:x:{number}")
            assert await seqs(stream, number) == [number]


@over("direct")
async def test_http_1_0_gets_no_chunks(way: Way) -> None:
    async with house(way) as (wall, hub, address):
        stream = await Stream.open(address, "/live/square?after=0", version="1.0")
        chunked = await Stream.open(address, "/live/square?after=0")
        assert "transfer-encoding" not in stream.headers
        assert stream.headers["connection"] == "close"
        await until(lambda: hub.readers == 2)
        wall.show("test:x:1")
        assert await seqs(stream, 1) == [1]
        assert await seqs(chunked, 1) == [1]
        await hub.stop()
        assert await stream.event() == {}


@over(*WAYS)
async def test_readers_who_vanish_leave_nothing_behind(way: Way) -> None:
    state = ServerState()
    async with house(way, state=state) as (wall, hub, address):
        streams = [await Stream.open(address, "/live/square?after=0") for _ in range(300)]
        await until(lambda: hub.readers == 300)
        for stream in streams:
            stream.hang_up(rudely=True)
        await until(lambda: hub.readers == 0)
        await until(lambda: not state.connections and not state.tasks)
        wall.show("test:x:1")
        await until(lambda: not hub._tasks)


@over(*WAYS)
async def test_a_reader_who_only_closes_its_half_is_let_go(way: Way) -> None:
    async with house(way) as (_wall, hub, address):
        stream = await Stream.open(address, "/live/square")
        await until(lambda: hub.readers == 1)
        stream._writer.write_eof()
        await until(lambda: hub.readers == 0)


@over(*WAYS)
async def test_stopping_ends_every_stream(way: Way) -> None:
    state = ServerState()
    async with house(way, state=state) as (_wall, hub, address):
        streams = [await Stream.open(address, "/live/square") for _ in range(50)]
        await until(lambda: hub.readers == 50)
        await hub.stop()
        for stream in streams:
            assert await stream.event() == {}
        late = await Stream.open(address, "/live/square")
        assert late.status == 503
        stream.hang_up()


async def test_a_feed_that_nobody_reads_is_let_go_and_a_warm_one_kept() -> None:
    wall = MemoryWall()
    hub = Hub(wall.engine(), linger_s=0.02)
    async with listening(hub) as address:
        stream = await Stream.open(address, "/live/square")
        await until(lambda: hub.readers == 1)
        assert list(hub._feeds) == ["square"]
        stream.hang_up()
        await until(lambda: not hub._feeds)
        assert await hub.warm("square")
        assert not await hub.warm("nowhere")
        seen = hub._sweeping
        await until(lambda: hub._sweeping is not seen)
        seen = hub._sweeping
        await until(lambda: hub._sweeping is not seen)
        assert list(hub._feeds) == ["square"]


def test_what_comes_back_at_once_is_spread() -> None:
    hub = Hub(MemoryWall().engine())
    assert len({hub._retry() for _ in range(50)}) > 10
