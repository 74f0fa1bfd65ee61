"""Any sequence of writes leaves both engines with the same answers, and with those of a model."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parvis.core.errors import Conflict, Refused
from parvis.core.event import WallChanged
from parvis.core.rights import Right
from parvis.engine import By, Engine, Period, Write
from parvis.engine.change import (
    DropCard,
    DropWall,
    EndRights,
    Enqueue,
    ErasePost,
    PutFormatState,
    PutHealth,
    PutRight,
    Remember,
    Reopen,
    Told,
)
from parvis.engine.cluster.lanes import lane_of
from tests.engines import KINDS, Place, both, decided, emptied, place_of, put_wall, seen, shown
from tests.posts import author, post

WALLS = ("square", "tower")
POSTS = range(1, 5)
STATES = ("pending", "approved", "rejected", "hidden", "withdrawn")

walls = st.sampled_from(WALLS)
numbers = st.sampled_from(POSTS)
revs = st.integers(0, 3)
key = {number: post(number).key for number in POSTS}


def one(change: Any) -> Write:
    return Write((change,))


simple = st.one_of(
    st.builds(put_wall, walls, capacity=st.integers(1, 3)),
    st.builds(
        lambda n, on, v, p: seen(post(n, version=v, text=f"Text {v}"), on, print_=p),
        *(numbers, walls, st.sampled_from("12"), st.sampled_from("pq")),
    ),
    st.builds(lambda n, on, s, r: decided(post(n), s, r, on=on), numbers, walls,
              st.sampled_from(STATES), revs),
    st.builds(lambda n, on: one(Reopen(on, key[n])), numbers, walls),
    st.builds(lambda n, on: shown(post(n), on), numbers, walls),
    st.builds(lambda n, on: one(DropCard(on, key[n])), numbers, walls),
    st.builds(
        lambda n, on: one(PutRight(on, key[n], Right("consent", ("wall",), "p", 1))),
        *(numbers, walls),
    ),
    st.builds(lambda n, on: one(EndRights(on, key[n], 5)), numbers, walls),
    st.builds(lambda on, r: one(PutFormatState(on, "f", "poll", {"r": r}, {}, r)), walls, revs),
    st.builds(lambda h, at: one(PutHealth("hook", "square", h, "", at)), st.booleans(), revs),
    st.builds(lambda v: one(Remember("s", "n", v)), st.sampled_from("ab")),
    st.builds(lambda k, v: one(Enqueue("q", k, v.encode())), st.sampled_from("jk"),
              st.sampled_from("ab")),
    st.builds(lambda n: one(ErasePost(key[n], f"hash{n}")), numbers),
    st.builds(lambda on: one(DropWall(on)), walls),
    st.builds(lambda on: Write((), (Told(on, WallChanged(on)),)), walls),
)  # fmt: skip
keys = st.sampled_from(["", "", "", "k1", "k2"])
writes = st.builds(lambda parts, k: both(*parts, key=k), st.lists(simple, min_size=1, max_size=3),
                   keys)  # fmt: skip
rounds = st.lists(st.lists(writes, min_size=1, max_size=6), min_size=1, max_size=6)


async def play(engine: Engine, batches: Sequence[Sequence[Write]]) -> list[Any]:
    """What every write gave. Neighbours on one wall go at once; across walls there is no order."""
    said: list[Any] = []
    for batch in batches:
        for _, together in itertools.groupby(batch, lane_of):
            results = await asyncio.gather(
                *[engine.write(write) for write in together], return_exceptions=True
            )
            for result in results:
                if isinstance(result, BaseException):
                    assert isinstance(result, Conflict | Refused)
                    said.append(type(result).__name__)
                else:
                    said.append(result)
    return said


async def answers(engine: Engine) -> dict[str, Any]:
    """Every read there is, as plain data."""
    asked = [*key.values(), *(f"hash{number}" for number in POSTS)]
    found: dict[str, Any] = {"walls": await engine.walls(), "memory": await engine.recall("s", "n")}
    for wall in WALLS:
        found[wall] = [
            await engine.facts_after(wall, 0),
            await engine.head(wall),
            await engine.snapshot_of_wall(wall),
            await engine.counts(wall),
            await engine.known(wall, asked),
            await engine.cards(wall, asked),
            await engine.queue_of_wall(wall, ["new", "pending", "approved"], limit=3),
            await engine.twins(wall, ["p", "q"]),
            await engine.format_state(wall, "f"),
            await engine.health(wall),
            await engine.undecided(wall),
            await engine.author_posts(wall, [author().key], 0),
            await engine.sums(wall, Period()),
            [await engine.counted(wall, Period(), by, limit=3) for by in get_args(By)],
            [await engine.who_posted(wall, Period()), await engine.tags(wall, Period())],
        ]
        for name in asked:
            found[f"{wall} {name}"] = [
                await engine.rights(wall, name),
                await engine.decisions(wall, name),
            ]
    for name in asked:
        found[name] = [await engine.placements(name), await engine.journey(name)]
    found["stones"] = sorted(await engine.tombstones(asked))
    jobs = await engine.claim("q", worker="w", limit=9)
    found["jobs"] = [(job.key, job.payload) for job in jobs]
    plain: dict[str, Any] = msgspec.to_builtins(found)
    return plain


def consistent(said: dict[str, Any]) -> None:
    """What holds whatever was written."""
    for wall in WALLS:
        facts, head, snapshot, counts = said[wall][:4]
        seqs = [fact["seq"] for fact in facts]
        assert seqs == list(range(head - len(seqs) + 1, head + 1))
        placements = [
            placement
            for name in (*key.values(), *(f"hash{number}" for number in POSTS))
            for placement in said[name][0]
            if placement["wall"] == wall
        ]
        states = [placement["state"] for placement in placements]
        assert counts == {state: states.count(state) for state in set(states)}
        orders = [placement["order"] for placement in placements]
        assert len(orders) == len(set(orders))
        # what is left of an erased post is a placement by its hash, and that is withdrawn
        assert said[wall][12]["posts"] == len(states) - states.count("withdrawn")
        if snapshot is not None:
            assert snapshot["seq"] == head
            assert len(snapshot["cards"]) <= snapshot["wall"]["capacity"]


@pytest.fixture
def places(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Place]:
    return [place_of(kind, request, tmp_path_factory.mktemp(kind)) for kind in KINDS]


@settings(
    max_examples=max(5, settings.default.max_examples // 4) if settings.default else 25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(batches=rounds)
def test_both_engines_say_the_same(
    places: list[Place],
    store_database: tuple[Any, str],
    tmp_path_factory: pytest.TempPathFactory,
    batches: list[list[Write]],
) -> None:
    async def run(place: Place) -> tuple[list[Any], dict[str, Any]]:
        engine = await place.open()
        try:
            return await play(engine, batches), await answers(engine)
        finally:
            await engine.close()

    folder: Path = tmp_path_factory.mktemp("embedded")
    places[0].address = str(folder / "data")
    emptied(*store_database)
    (said, embedded), (also, postgresql) = [asyncio.run(run(place)) for place in places]
    assert said == also
    assert embedded == postgresql
    consistent(embedded)
