"""What a process knows of a wall by its feed alone equals what the store would say."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from parvis.core.errors import Later
from parvis.core.wire import Hide, Message, Reset
from parvis.web.away import Away
from parvis.web.live.hub import Hub
from parvis.web.snapshots import Snapshots
from tests.memory_wall import MemoryWall
from tests.waiting import until

ALWAYS = 10**6


async def known(wall: MemoryWall) -> Snapshots:
    """Snapshots that have read the wall once, and whose store is away from then on."""
    snapshots = Snapshots(wall.engine(), Away(again_s=0))
    assert await snapshots.of("square") is not None
    wall.fails = ALWAYS
    return snapshots


async def test_what_the_feed_told_is_what_a_fresh_snapshot_would_hold() -> None:
    wall = MemoryWall(capacity=3)
    for number in range(4):
        wall.show(f"test:x:{number}")
    snapshots = Snapshots(wall.engine(), Away(again_s=0))
    assert await snapshots.of("square") is not None
    hub = Hub(wall.engine(), tap=snapshots.told)
    await hub.warm("square")
    wall.hide("test:x:3")
    wall.show("test:x:9", "late")
    wall.settle(title="Another", panic=True)
    wall.pin("test:x:9", True)
    wall.chatter()
    await until(lambda: hub.feed("square").head == len(wall.journal))
    wanted = await wall.snapshot_of_wall("square")
    wall.fails = ALWAYS
    held = await snapshots.of("square")
    assert held is not None and held.snapshot == wanted
    assert held.body == msgspec.json.encode(wanted)
    await hub.stop()


@pytest.mark.parametrize(
    ("after", "told"),
    [(5, [(6, Hide("test:x:1"))]), (1, [(2, Reset())])],
    ids=["something is missing", "what was erased is not told by name"],
)
async def test_what_may_miss_something_is_not_shown(
    after: int, told: list[tuple[int, Message]]
) -> None:
    wall = MemoryWall()
    wall.show("test:x:1")
    snapshots = await known(wall)
    snapshots.told("square", after, told, told[-1][0])
    with pytest.raises(Later):
        await snapshots.of("square")


async def test_a_store_that_hangs_is_away() -> None:
    async def hangs() -> str:
        await asyncio.Event().wait()
        raise AssertionError

    away = Away(patience_s=0, again_s=ALWAYS)
    for _ in range(2):
        assert await away.ask(hangs, lambda _: "from memory") == "from memory"
    assert not away.here
