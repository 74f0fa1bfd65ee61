"""Connections that are slow on purpose, or meant to fill memory."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.requests import Request

from parvis.web import entry
from parvis.web.live.connection import HEAD_BYTES, HEAD_LINES, WAITING, Bounded
from parvis.web.live.hub import Hub
from parvis.web.live.server import Server
from parvis.web.problem import Failed
from tests.live_listener import welcome
from tests.memory_wall import MemoryWall
from tests.waiting import until

ASK = b"GET / HTTP/1.1\r\nHost: x\r\n"


class House:
    """A server whose application waits for `open` before it answers."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.open.set()
        self.asked = 0
        self.server: Server

    async def app(self, _scope: Any, _receive: Any, send: Any) -> None:
        self.asked += 1
        await self.open.wait()
        headers = [(b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"ok"})

    async def call(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        port = int(self.server.address.rpartition(":")[2])
        return await asyncio.open_connection("127.0.0.1", port)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    house, ready = House(), asyncio.Event()
    hub = Hub(MemoryWall().engine())
    house.server = Server(house.app, hub, welcome, ready=lambda _: ready.set(), signals=False)
    task = asyncio.create_task(house.server.serve())
    await ready.wait()
    yield house
    house.open.set()
    house.server.stop()
    await task


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Bounded, "head_s", 0.05)


async def to_the_end(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(5):
        with contextlib.suppress(ConnectionError):
            return await reader.read()
    return b""


async def answer(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(5):
        return await reader.readuntil(b"\r\n\r\nok")


@pytest.mark.parametrize("begun", [b"", b"GET /live/square HTTP/1.1\r\nHo"])
async def test_a_head_that_does_not_come_is_not_waited_for(
    house: House, hurried: None, begun: bytes
) -> None:
    reader, writer = await house.call()
    writer.write(begun)
    assert await to_the_end(reader) == b""
    writer.close()


async def test_the_second_head_of_a_connection_is_not_waited_for_either(
    house: House, hurried: None
) -> None:
    reader, writer = await house.call()
    writer.write(ASK + b"\r\n")
    await answer(reader)
    writer.write(ASK)
    assert await to_the_end(reader) == b""
    writer.close()


async def test_the_rest_of_a_body_that_nobody_reads_is_not_waited_for(
    house: House, hurried: None
) -> None:
    reader, writer = await house.call()
    writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nx")
    await answer(reader)
    assert await to_the_end(reader) == b""
    writer.close()


async def test_a_live_reader_has_all_the_time_there_is(house: House, hurried: None) -> None:
    reader, writer = await house.call()
    writer.write(b"GET /live/square HTTP/1.1\r\nHost: x\r\n\r\n")
    await until(lambda: house.server.hub.readers == 1)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await reader.readuntil(b"0\r\n\r\n")
    assert house.server.hub.readers == 1
    writer.close()


@pytest.mark.parametrize(
    "more",
    [
        ASK + b"X: " + b"x" * HEAD_BYTES * 2,
        ASK + b"".join(b"X%d: x\r\n" % n for n in range(1000)),
        b"GET /" + b"x" * HEAD_BYTES * 2,
    ],
    ids=["one long header", "many headers", "a long address"],
)
async def test_a_head_without_end_is_refused(house: House, more: bytes) -> None:
    reader, writer = await house.call()
    writer.write(more)
    said = await to_the_end(reader)
    # who is still sending when the line closes may lose the answer, which is TCP's way
    assert said == b"" or b" 431 " in said or b" 400 " in said, said[:100]
    assert house.asked == 0
    writer.close()


async def test_who_sends_too_many_headers_is_told(house: House) -> None:
    reader, writer = await house.call()
    writer.write(ASK + b"X: x\r\n" * HEAD_LINES + b"\r\n")
    assert b" 431 " in await to_the_end(reader)
    writer.close()


async def test_requests_sent_ahead_are_queued_up_to_a_bound(house: House) -> None:
    house.open.clear()
    reader, writer = await house.call()
    writer.write((ASK + b"\r\n") * 10)
    await until(lambda: house.asked == 1)
    house.open.set()
    await until(lambda: house.asked == 10)
    house.open.clear()
    writer.write((ASK + b"\r\n") * (WAITING + 100))
    await to_the_end(reader)
    assert house.asked <= 11
    writer.close()


async def test_a_large_body_is_no_long_head(house: House) -> None:
    reader, writer = await house.call()
    body = b"x" * HEAD_BYTES * 3
    writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    await answer(reader)
    writer.write(ASK + b"\r\n")
    await answer(reader)
    writer.close()


async def test_a_body_that_does_not_come_is_answered_408(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entry, "BODY_S", 0.01)

    async def receive() -> dict[str, Any]:
        await asyncio.Event().wait()
        raise AssertionError

    request = Request({"type": "http", "headers": [], "method": "POST"}, receive)
    with pytest.raises(Failed) as refused:
        await entry.read_body(request)
    assert refused.value.status == 408


async def test_a_weighed_body_has_the_time_for_each_piece_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And waiting for room is not its own slowness."""
    monkeypatch.setattr(entry, "BODY_S", 1_000.0)
    ends: list[float | None] = []

    async def weigh(size: int) -> None:
        ends.append(slow.when())

    async with asyncio.timeout(100.0) as slow:
        first = slow.when() or 0.0
        assert await entry._weighed(weigh, slow, 0, 10) == 10
        assert first <= (slow.when() or 0.0) < first + 500.0, "ten bytes are no reason to wait"
        assert await entry._weighed(weigh, slow, entry.PIECE - 5, 10) == 0
        assert (slow.when() or 0.0) > first + 500.0
    assert ends == [None, None], "it had no end while it waited for room"


async def test_a_weighed_body_that_stands_still_is_answered_408(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(entry, "BODY_S", 0.01)
    pieces, weighed = [b"x" * 10] * 3, list[int]()

    async def weigh(size: int) -> None:
        weighed.append(size)

    async def receive() -> dict[str, Any]:
        if pieces:
            return {"type": "http.request", "body": pieces.pop(), "more_body": True}
        await asyncio.Event().wait()
        raise AssertionError

    request = Request({"type": "http", "headers": [], "method": "POST"}, receive)
    with pytest.raises(Failed) as refused:
        await entry.read_body(request, 100, weigh)
    assert (refused.value.status, weighed) == (408, [10, 10, 10])
