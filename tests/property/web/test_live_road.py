"""The property on the real thing: the road, the embedded store, the hub, screens over sockets."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from parvis.core.errors import Refused
from parvis.core.event import WallChanged
from parvis.core.post import DisplayPolicy
from parvis.core.verdict import State
from parvis.core.wall import Flood, Policy
from parvis.engine import Engine, Write
from parvis.engine.change import PutSource, PutWall, Told
from parvis.engine.open import open_engine
from parvis.flow.desk import Asked, Desk
from parvis.flow.road import Road
from parvis.web.live.hub import Hub
from tests.live_listener import listening, run
from tests.posts import NOW_MS, post, source, wall
from tests.snapshots import Player, player, verify

NUMBERS = st.integers(1, 8)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("post"), NUMBERS),
        st.tuples(st.just("post"), NUMBERS),
        st.tuples(st.just("edit"), NUMBERS, st.integers(2, 9)),
        st.tuples(st.sampled_from(["hidden", "approved", "rejected", "pending"]), NUMBERS),
        st.tuples(st.just("withdraw"), NUMBERS),
        st.tuples(st.just("panic"), st.booleans()),
        st.tuples(st.just("rename"), NUMBERS),
        st.tuples(st.just("pin"), NUMBERS, st.booleans()),
        st.tuples(st.just("feature"), NUMBERS, st.sampled_from([0, 30])),
        st.tuples(st.sampled_from(["undo", "redo", "write"])),
        st.tuples(st.just("join")),
        st.tuples(st.just("cut"), NUMBERS),
        st.tuples(st.just("back")),
    ),
    max_size=30,
)
POLICIES: Mapping[str, DisplayPolicy] = {"webhook": DisplayPolicy()}
DECIDED: tuple[State, ...] = ("hidden", "approved", "rejected", "pending")


@asynccontextmanager
async def road(folder: Path) -> AsyncIterator[tuple[Road, Engine]]:
    engine = await open_engine(folder)
    policy = Policy(mode="show_first", checks=(), flood=Flood(posts=1000))
    await engine.write(Write((PutWall(wall(capacity=3, policy=policy)), PutSource(source()))))
    made = Road(
        engine, clock=lambda: NOW_MS, salt=b"tests", checks={}, policies=POLICIES, formats={}
    )
    await made.start()
    try:
        yield made, engine
    finally:
        await made.stop()
        await engine.close()


async def act(made: Road, engine: Engine, step: tuple[Any, ...]) -> None:
    """One thing that people or networks do."""
    match step:
        case ("post", number):
            await made.receive(source(), [post(number)])
        case ("edit", number, version):
            text = f"Post {number} in its version {version}, long enough to be its own."
            await made.receive(source(), [post(number, version=str(version), text=text)])
        case ("withdraw", number):
            await made.withdraw(post(number).key, by="person:mo", why="asked")
        case ("panic", on):
            await made.panic("square", on, by="person:mo")
        case ("rename", number):
            row = await engine.wall("square")
            assert row is not None
            named = msgspec.structs.replace(row, title=f"Square {number}")
            told = Told("square", WallChanged("square"))
            await engine.write(Write((PutWall(named),), (told,)))
        case ("write",):
            await Desk(made, lambda: NOW_MS).write("square", "A word of ours.", "", by="person:mo")
        case _:
            with contextlib.suppress(Refused):  # never received, withdrawn, nothing to undo
                await gesture(Desk(made, lambda: NOW_MS), step)


async def gesture(desk: Desk, step: tuple[Any, ...]) -> None:
    match step:
        case ("pin", number, on):
            await desk.pin("square", post(number).key, on, by="person:mo")
        case ("feature", number, seconds):
            await desk.feature("square", post(number).key, seconds, by="person:mo")
        case ("undo",):
            await desk.undo("square", by="person:mo")
        case ("redo",):
            await desk.redo("square", by="person:mo")
        case (state, number) if state in DECIDED:
            await desk.decide("square", Asked(post(number).key, state), by="person:mo")


async def scenario(steps: list[tuple[Any, ...]], ring: int, store: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with road(Path(folder)) as (made, engine):
            hub = Hub(engine, ring_bytes=ring, store_facts=store)
            async with listening(hub) as address:
                there: list[Player] = [await player(engine, address, "square")]
                away: list[Player] = []
                for step in steps:
                    match step:
                        case ("join",) if len(there) < 5:
                            there.append(await player(engine, address, "square"))
                        case ("cut", number) if there:
                            away.append(there.pop(number % len(there)))
                            await away[-1].cut(rudely=True)
                        case ("back",) if away:
                            there.append(away.pop())
                            await there[-1].connect()
                        case _:
                            await act(made, engine, step)
                for screen in away:
                    await screen.connect()
                await made.idle()
                await verify(engine, "square", *there, *away)
                await asyncio.gather(*(screen.cut() for screen in (*there, *away)))


@settings(max_examples=min(40, settings().max_examples))
@given(
    steps=STEPS, ring=st.sampled_from([1, 2_000, 1_000_000]), store=st.sampled_from([0, 8, 5_000])
)
def test_whatever_happens_on_the_road_every_screen_shows_it(
    steps: list[tuple[Any, ...]], ring: int, store: int
) -> None:
    run("uvloop", scenario(steps, ring, store))
