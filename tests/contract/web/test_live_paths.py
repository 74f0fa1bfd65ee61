"""What a reader of /live/{wall} may rely on, over the direct path and over ASGI, on both loops."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from parvis.core.event import CardGone
from parvis.core.wire import Card
from parvis.flow.publish import messages
from parvis.web.live.hub import Hub
from tests.live_house import house, seqs
from tests.live_listener import WAYS, Way, over
from tests.memory_wall import MemoryWall
from tests.snapshots import Stream
from tests.waiting import until

JSON = msgspec.json


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
