"""What a reader of /live/{wall} may rely on, over the direct path and over ASGI, on both loops."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
from uvicorn.server import ServerState

from parvis.core.event import CardGone
from parvis.core.wire import Card
from parvis.flow.publish import messages
from parvis.web.admit import Admission, Turned
from parvis.web.hub import Hub
from parvis.web.live import Joined, admit_with
from tests.live_listener import WAYS, Way, listening, over
from tests.memory_wall import MemoryWall
from tests.snapshots import Stream
from tests.waiting import until

JSON = msgspec.json


@contextlib.asynccontextmanager
async def house(
    way: Way, wall: MemoryWall | None = None, **more: Any
) -> AsyncIterator[tuple[MemoryWall, Hub, str]]:
    """A wall, its hub, and where it listens."""
    wall = wall or MemoryWall()
    admit = {key: more.pop(key) for key in ("admit", "state") if key in more}
    hub = Hub(wall.engine(), **more)
    async with listening(hub, way, **admit) as address:
        yield wall, hub, address


async def seqs(stream: Stream, until_seq: int) -> list[int]:
    """The ids up to one."""
    found: list[int] = []
    while not found or found[-1] < until_seq:
        event = await stream.event()
        assert "id" in event, event
        found.append(int(event["id"]))
    return found


def text_of(event: Mapping[str, str]) -> str:
    return str(json.loads(event["data"]).get("card", {}).get("text"))


@over(*WAYS)
async def test_an_event_is_an_id_and_one_line_of_json(way: Way) -> None:
    async with house(way, jitter=lambda low, high: low) as (wall, hub, address):
        stream = await Stream.open(address, "/live/square?after=0")
        assert stream.status == 200
        assert stream.headers["content-type"] == "text/event-stream"
        assert stream.headers["cache-control"] == "no-store"
        assert stream.headers["x-accel-buffering"] == "no"
        assert await stream._more() == b"retry: 1000\n\n"
        await until(lambda: hub.readers == 1)
        wall.show("test:x:1", "héllo\nworld")
        card = JSON.encode(Card("test:x:1", "test", "héllo\nworld", 1, 1, 1)).decode()
        said = (await stream._more()).decode()
        assert said == f'id: 1\ndata: {{"type":"show","card":{card}}}\n\n'


@over(*WAYS)
async def test_a_reader_resumes_where_it_was(way: Way) -> None:
    async with house(way) as (wall, hub, address):
        for number in range(1, 4):
            wall.show(f"test:x:{number}")
        first = await Stream.open(address, "/live/square?after=0")
        assert await seqs(first, 3) == [1, 2, 3]
        first.hang_up()
        await until(lambda: hub.readers == 0)
        for number in range(4, 9):
            wall.show(f"test:x:{number}")
        await until(lambda: hub.feed("square").head == 8)
        again = await Stream.open(address, "/live/square?after=0", "Last-Event-ID: 3")
        assert await seqs(again, 8) == [4, 5, 6, 7, 8]
        wall.show("test:x:9")
        assert await seqs(again, 9) == [9]
        assert wall.reads == 1  # the first reader came to a cold wall; the second was served warm


@over(*WAYS)
async def test_without_a_position_a_reader_follows_from_now(way: Way) -> None:
    async with house(way) as (wall, hub, address):
        wall.show("test:x:1")
        stream = await Stream.open(address, "/live/square")
        await until(lambda: hub.readers == 1 and hub.feed("square").joining == 0)
        wall.show("test:x:2")
        assert await seqs(stream, 2) == [2]


@over(*WAYS)
async def test_a_position_that_the_wall_never_reached_gets_a_reset_and_the_end(way: Way) -> None:
    async with house(way) as (wall, _hub, address):
        wall.show("test:x:1")
        for asked in ("2", "999999999999999999", "10" * 40, "-1", "zebra"):
            stream = await Stream.open(address, "/live/square", f"Last-Event-ID: {asked}")
            assert await stream.event() == {"data": '{"type":"reset"}'}, asked
            assert await stream.event() == {}


@over("direct", "asgi")
async def test_a_snapshot_newer_than_the_hub_waits_for_it(way: Way) -> None:
    """The store has 3, the hub was told 2: a page rendered at 3 gets neither 1, 2 nor 3 again."""
    wall = MemoryWall()
    gate = asyncio.Event()

    async def slowly(engine: Any, name: str, facts: Any) -> Any:
        await gate.wait()
        return await messages(engine, name, facts)

    async with house(way, wall, messages=slowly) as (_wall, hub, address):
        await hub.warm("square")
        for number in (1, 2, 3):
            wall.show(f"test:x:{number}")
        opening = asyncio.create_task(Stream.open(address, "/live/square?after=3"))
        await until(lambda: hub.feed("square").joining == 1)
        gate.set()
        stream = await opening
        await until(lambda: hub.feed("square").joining == 0)
        wall.show("test:x:4")
        assert await seqs(stream, 4) == [4]


@over("direct", "asgi")
async def test_beyond_the_ring_comes_the_store_and_beyond_that_a_reset(way: Way) -> None:
    async with house(way, ring_bytes=400, store_facts=50) as (wall, hub, address):
        await hub.warm("square")
        for number in range(1, 31):
            wall.show(f"test:x:{number}")
        await until(lambda: hub.feed("square").head == 30)
        stored = await Stream.open(address, "/live/square?after=0")
        assert await seqs(stored, 30) == list(range(1, 31))
        assert wall.reads == 1
        for number in range(31, 61):
            wall.show(f"test:x:{number}")
        await until(lambda: hub.feed("square").head == 60)
        too_far = await Stream.open(address, "/live/square?after=0")
        assert await too_far.event() == {"data": '{"type":"reset"}'}
        assert wall.reads == 1


@over("direct", "asgi")
async def test_more_than_fits_at_once_is_handed_over_in_parts(way: Way) -> None:
    async with house(way) as (wall, hub, address):
        await hub.warm("square")
        for number in range(1, 61):
            wall.show(f"test:x:{number}", "x" * 10_000)
        await until(lambda: hub.feed("square").head == 60)
        stream = await Stream.open(address, "/live/square?after=0")
        assert await seqs(stream, 60) == list(range(1, 61))
        wall.show("test:x:61")
        assert await seqs(stream, 61) == [61]


@over("direct", "asgi")
async def test_readers_who_come_back_together_share_one_reading_of_the_store(way: Way) -> None:
    wall = MemoryWall()
    for number in range(1, 101):
        wall.show(f"test:x:{number}")
    async with house(way, wall) as (_wall, hub, address):
        opening = [Stream.open(address, "/live/square?after=40") for _ in range(20)]
        for stream in await asyncio.gather(*opening):
            assert await seqs(stream, 100) == list(range(41, 101))
        assert wall.reads == 1
        assert hub.readers == 20


@over("direct", "asgi")
async def test_what_was_taken_back_is_never_said_again(way: Way) -> None:
    async with house(way) as (wall, hub, address):
        await hub.warm("square")
        wall.show("test:x:1", "first version")
        wall.show("test:x:2", "a secret")
        await until(lambda: hub.feed("square").head == 2)
        wall.show("test:x:1", "second version")
        wall.hide("test:x:2")
        await until(lambda: hub.feed("square").head == 4)
        stream = await Stream.open(address, "/live/square?after=0")
        events = [await stream.event(), await stream.event()]
        assert [event["id"] for event in events] == ["3", "4"]
        assert text_of(events[0]) == "second version"
        assert json.loads(events[1]["data"]) == {"type": "hide", "post": "test:x:2"}


@over("direct", "asgi")
async def test_what_is_taken_back_while_a_page_is_on_its_way_is_not_said(way: Way) -> None:
    wall = MemoryWall()
    wall.show("test:x:1", "a secret")
    wall.show("test:x:2")
    read, gate = asyncio.Event(), asyncio.Event()

    async def slowly(engine: Any, name: str, facts: Any) -> Any:
        told = await messages(engine, name, facts)
        if facts[0].seq == 1:
            read.set()
            await gate.wait()
        return told

    async with house(way, wall, messages=slowly) as (_wall, hub, address):
        await hub.warm("square")
        opening = asyncio.create_task(Stream.open(address, "/live/square?after=0"))
        await read.wait()
        wall.hide("test:x:1")
        await until(lambda: hub.feed("square").head == 3)
        gate.set()
        stream = await opening
        assert await seqs(stream, 3) == [2, 3]


@over("direct", "asgi")
async def test_an_erased_line_of_the_journal_becomes_a_reset(way: Way) -> None:
    wall = MemoryWall()
    wall.tell(CardGone("0f0f0f"))  # the hash that took the place of the post's key
    wall.show("test:x:1")
    async with house(way, wall) as (_wall, _hub, address):
        stream = await Stream.open(address, "/live/square?after=0")
        assert await stream.event() == {"data": '{"type":"reset"}'}


@over("direct", "asgi")
async def test_a_store_that_lost_its_past_resets_everybody(way: Way) -> None:
    async with house(way) as (wall, hub, address):
        wall.show("test:x:1")
        wall.show("test:x:2")
        stream = await Stream.open(address, "/live/square?after=2")
        await until(lambda: hub.readers == 1 and hub.feed("square").joining == 0)
        wall.journal.clear()
        wall.fails = 1
        wall.wake()
        assert await stream.event() == {"data": '{"type":"reset"}'}
        assert await stream.event() == {}
        new = await Stream.open(address, "/live/square?after=0")
        wall.show("test:x:3")
        assert await seqs(new, 1) == [1]


@over("direct", "asgi")
async def test_the_feed_outlives_a_broken_engine_and_says_so_once(way: Way) -> None:
    async with house(way) as (wall, hub, address):
        stream = await Stream.open(address, "/live/square?after=0")
        await until(lambda: hub.readers == 1)
        wall.show("test:x:1")
        assert await seqs(stream, 1) == [1]
        wall.fails = 2
        wall.wake()
        await until(lambda: wall.fails == 0)
        wall.show("test:x:2")
        assert await seqs(stream, 2) == [2]


@pytest.mark.parametrize("times", [1, 2])
async def test_a_broken_engine_is_logged_once_and_its_healing_once(
    times: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "parvis.live")
    wall = MemoryWall()
    hub = Hub(wall.engine())
    await hub.warm("square")
    wall.fails = times
    wall.wake()
    await until(lambda: wall.fails == 0)
    wall.show("test:x:1")
    await until(lambda: hub.feed("square").head == 1)
    assert [record.message for record in caplog.records] == ["live.broken", "live.healed"]
    await hub.stop()


@over("direct", "asgi")
async def test_a_silent_wall_shows_that_the_line_lives(way: Way) -> None:
    async with house(way, beat_s=0.02) as (_wall, _hub, address):
        stream = await Stream.open(address, "/live/square")
        await stream._more()
        assert await stream._more() == b": \n\n"
        assert await stream._more() == b": \n\n"


@over("direct", "asgi")
async def test_a_view_sees_its_part(way: Way) -> None:
    async with house(way) as (wall, hub, address):
        cards = await Stream.open(address, "/live/square?after=0&view=cards")
        formats = await Stream.open(address, "/live/square?after=0&view=formats")
        await until(lambda: hub.readers == 2)
        wall.form("poll", {"votes": 1})
        wall.show("test:x:1")
        wall.settle(title="New")
        assert await seqs(cards, 3) == [2, 3]
        assert await seqs(formats, 3) == [1, 3]
        assert (await Stream.open(address, "/live/square?view=none")).status == 400


@over("direct", "asgi")
async def test_a_wall_that_is_not_there_is_a_404_and_may_come_later(way: Way) -> None:
    wall = MemoryWall()
    row, wall.row = wall.row, None
    async with house(way, wall) as (_wall, hub, address):
        for name in ("square", "nowhere"):
            stream = await Stream.open(address, f"/live/{name}?after=0")
            assert stream.status == 404
            assert stream.headers["content-type"] == "application/problem+json"
            assert "no such wall" in (await stream.body()).decode()
        await until(lambda: hub.readers == 0)
        wall.row = row
        assert (await Stream.open(address, "/live/square?after=0")).status == 200


@over(*WAYS)
async def test_who_may_not_come_in_is_told_why(way: Way) -> None:
    def admit(_scope: Any) -> Joined | Turned:
        return Turned(429, "Too many open streams from this address; close some.", 30.0)

    async with house(way, admit=admit) as (_wall, hub, address):
        stream = await Stream.open(address, "/live/square")
        assert (stream.status, stream.headers["retry-after"]) == (429, "30")
        assert json.loads(await stream.body())["detail"].startswith("Too many open streams")
        assert hub.readers == 0


@over("direct", "asgi")
async def test_a_bug_in_admission_is_a_500_that_tells_nothing(way: Way) -> None:
    def admit(_scope: Any) -> Joined | Turned:
        raise KeyError("token-of-somebody")

    async with house(way, admit=admit) as (_wall, _hub, address):
        stream = await Stream.open(address, "/live/square")
        assert stream.status == 500
        assert b"token" not in await stream.body()


@over("direct", "asgi")
async def test_streams_are_counted_per_address_and_given_back(way: Way) -> None:
    admission = Admission(streams=2)
    admit = admit_with(admission, frozenset({"all"}))
    async with house(way, admit=admit) as (_wall, hub, address):
        streams = [await Stream.open(address, "/live/square") for _ in range(3)]
        assert [stream.status for stream in streams] == [200, 200, 429]
        streams[0].hang_up(rudely=True)
        await until(lambda: hub.readers == 1)
        again = await Stream.open(address, "/live/square")
        assert again.status == 200
        assert (await Stream.open(address, "/live/square?view=none")).status == 400
        named = await Stream.open(address, "/live/square", "Origin: http://elsewhere.example")
        assert named.status == 429
        for stream in (streams[1], again):
            stream.hang_up()
        await until(lambda: hub.readers == 0)
        assert admission._open == {}


@over(*WAYS)
async def test_head_and_other_methods(way: Way) -> None:
    left: list[int] = []

    def admit(_scope: Any) -> Joined:
        return Joined("square", left=lambda: left.append(1))

    async with house(way, admit=admit) as (_wall, hub, address):
        url = urlsplit(address)
        for method, status in (("HEAD", b"200"), ("POST", b"405"), ("DELETE", b"405")):
            reader, writer = await asyncio.open_connection(url.hostname, url.port)
            request = f"{method} /live/square HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            writer.write(request.encode())
            answer = await reader.read()
            assert answer.split()[1] == status
            if method == "HEAD":
                assert answer.endswith(b"\r\n\r\n")
                assert b"text/event-stream" in answer
            writer.close()
        assert hub.readers == 0
        assert left == [1]


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
