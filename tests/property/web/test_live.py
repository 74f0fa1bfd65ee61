"""Whatever happens on a wall, and whenever a screen comes, goes and comes back: its snapshot plus
the events it was given is a fresh snapshot.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from parvis.web.live.hub import Hub
from tests.live_listener import LOOPS, Way, listening, run
from tests.memory_wall import MemoryWall
from tests.snapshots import Player, player, verify

POSTS = st.integers(0, 9)
WRITES = st.one_of(
    st.tuples(st.just("show"), POSTS),
    st.tuples(st.just("edit"), POSTS, st.integers(0, 400)),
    st.tuples(st.just("hide"), POSTS),
    st.tuples(st.just("form"), st.integers(0, 2), st.one_of(st.none(), st.integers(0, 99))),
    st.tuples(st.just("settle"), st.integers(1, 6)),
    st.tuples(st.just("pin"), POSTS, st.booleans()),
    st.tuples(st.just("feature"), POSTS, st.integers(1, 99)),
    st.tuples(st.just("chatter"), st.integers(1, 5)),
)
SCREENS = st.one_of(
    st.tuples(st.just("join")),
    st.tuples(st.just("cut"), POSTS),
    st.tuples(st.just("reset"), POSTS),
    st.tuples(st.just("back"), POSTS),
    st.tuples(st.just("turns"), st.integers(1, 4)),
    st.tuples(st.just("break")),
)
STEPS = st.lists(st.one_of(WRITES, WRITES, SCREENS), max_size=60)


GROWS_AND_SHRINKS: list[tuple[Any, ...]] = [
    *(("show", number) for number in (7, 5, 4)),
    ("settle", 5),
    ("settle", 4),
]
"""A card that a larger capacity let in must stay, though the capacity then shrinks."""

HIDDEN_TWICE: list[tuple[Any, ...]] = [
    *(("show", number) for number in (1, 2, 3)),
    ("join",),
    *(("hide", 3), ("hide", 2), ("show", 3), ("hide", 3)),
]
"""What the first hiding let in must find room, though the post came back and went again."""


def write(wall: MemoryWall, step: tuple[Any, ...]) -> None:
    match step:
        case ("show", number):
            wall.show(f"test:x:{number}")
        case ("edit", number, length):
            wall.show(f"test:x:{number}", "e" * length)
        case ("hide", number):
            wall.hide(f"test:x:{number}")
        case ("form", number, None):
            wall.form(f"poll-{number}", None)
        case ("form", number, votes):
            wall.form(f"poll-{number}", {"votes": votes})
        case ("settle", capacity):
            wall.settle(capacity=capacity)
        case ("pin", number, on):
            wall.pin(f"test:x:{number}", on)
        case ("feature", number, until_ms):
            wall.feature(f"test:x:{number}", until_ms)
        case ("chatter", times):
            for _ in range(times):
                wall.chatter()


class Audience:
    """The screens of one example."""

    def __init__(self, wall: MemoryWall, address: str) -> None:
        self.wall = wall
        self.address = address
        self.there: list[Player] = []
        self.away: list[Player] = []

    async def act(self, step: tuple[Any, ...]) -> None:
        match step:
            case ("join",) if len(self.there) < 8:
                self.there.append(await player(self.wall.engine(), self.address, "square"))
            case ("cut" | "reset" as how, number) if self.there:
                leaving = self.there.pop(number % len(self.there))
                await leaving.cut(rudely=how == "reset")
                self.away.append(leaving)
            case ("back", number) if self.away:
                coming = self.away.pop(number % len(self.away))
                await coming.connect()
                self.there.append(coming)
            case ("turns", times):
                for _ in range(times):
                    await asyncio.sleep(0)
            case ("break",):
                self.wall.fails = 1
                self.wall.wake()

    async def all_back(self) -> None:
        while self.away:
            await self.act(("back", 0))


async def scenario(way: Way, steps: list[tuple[Any, ...]], ring: int, store: int) -> None:
    wall = MemoryWall(capacity=3)
    wall.show("test:x:0")
    hub = Hub(wall.engine(), ring_bytes=ring, store_facts=store)
    async with listening(hub, way) as address:
        audience = Audience(wall, address)
        await audience.act(("join",))
        for step in steps:
            write(wall, step)
            await audience.act(step)
        await audience.all_back()
        try:
            await verify(wall.engine(), "square", *audience.there)
        finally:
            for screen in audience.there:
                await screen.cut()


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("way", ["direct", "asgi"])
@given(
    steps=STEPS,
    ring=st.sampled_from([1, 300, 2_000, 1_000_000]),
    store=st.sampled_from([0, 5, 5_000]),
)
@example(steps=GROWS_AND_SHRINKS, ring=1, store=0)
@example(steps=HIDDEN_TWICE, ring=1_000_000, store=5_000)
def test_a_snapshot_and_its_events_are_a_fresh_snapshot(
    way: Way, loop: str, steps: list[tuple[Any, ...]], ring: int, store: int
) -> None:
    run(loop, scenario(way, steps, ring, store))
