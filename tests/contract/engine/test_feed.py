from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from typing import cast

import msgspec
import pytest

from parvis.core.event import (
    CardGone,
    CardShown,
    Event,
    Fact,
    FormatChanged,
    Interaction,
    PicksChanged,
    Played,
    PostDecided,
    PostEdited,
    PostRefused,
    PostSeen,
    RightChanged,
    SourceChanged,
    WallChanged,
)
from parvis.engine import Engine, Step, Write
from parvis.engine.change import Told
from parvis.engine.store import PAGE, Store
from parvis.plug.testkit import ManualClock
from tests.engines import both, decided, fill, put_wall, seen
from tests.posts import post
from tests.waiting import until

EVENTS: tuple[Event, ...] = (
    PostSeen("k", "hook"),
    PostEdited("k", "hook", "2"),
    PostRefused("k", "hook", "Too old."),
    PostDecided("k", "approved", "d1"),
    RightChanged("k", "consent", True),
    CardShown("k"),
    CardGone("k"),
    PicksChanged("k", "pin", True),
    FormatChanged("poll"),
    WallChanged("square"),
    SourceChanged("hook", False),
    Interaction("poll", "vote", {"choice": 1, "é": ["x"]}),
    Played("k", "screen-1", 1200),
)


def listeners(engine: Engine) -> int:
    return len(cast(Store, engine).bell)


async def take(facts: AsyncIterator[Sequence[Fact]], count: int) -> list[int]:
    """The next `count` sequences of a follower."""
    got: list[int] = []
    async for batch in facts:
        assert batch
        got += [fact.seq for fact in batch]
        if len(got) >= count:
            return got
    raise AssertionError("a follower ended")


async def test_every_event_comes_back_as_it_was_told(engine: Engine) -> None:
    assert {type(event) for event in EVENTS} == set(Event.__args__)
    await engine.write(Write((), tuple(Told("square", event) for event in EVENTS)))
    facts = await engine.facts_after("square", 0)
    assert tuple(fact.event for fact in facts) == EVENTS
    assert {fact.wall for fact in facts} == {"square"}


async def test_facts_are_read_after_a_sequence_and_up_to_a_limit(engine: Engine) -> None:
    await fill(engine, 5)
    assert [fact.seq for fact in await engine.facts_after("square", 2)] == [3, 4, 5]
    assert [fact.seq for fact in await engine.facts_after("square", 1, 2)] == [2, 3]
    assert await engine.facts_after("square", 5) == []
    assert (await engine.head("square"), await engine.head("nowhere")) == (5, 0)


async def test_follow_replays_then_goes_live_without_gap_or_double(engine: Engine) -> None:
    await engine.write(Write((), (Told("square", WallChanged("square")),) * (PAGE + 7)))
    async with aclosing(cast(Store, engine).follow("square", 3)) as facts:
        replayed = await take(facts, PAGE + 4)
        assert replayed == list(range(4, PAGE + 8))
        live = asyncio.ensure_future(take(facts, 60))
        await asyncio.gather(*[engine.write(seen(post(n))) for n in range(1, 61)])
        assert await live == list(range(PAGE + 8, PAGE + 68))
    assert listeners(engine) == 0


async def test_what_is_told_while_a_follower_reads_is_not_slept_over(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The write lands after the read and before the follower waits."""
    store = cast(Store, engine)
    read = store.facts_after
    told = False

    async def late(wall: str, after: int, limit: int = PAGE) -> Sequence[Fact]:
        nonlocal told
        facts = await read(wall, after, limit)
        if not told:
            told = True
            await engine.write(Write((), (Told("square", WallChanged("square")),)))
        return facts

    monkeypatch.setattr(store, "facts_after", late)
    monkeypatch.setattr(store, "_look_again_s", None)
    async with aclosing(store.follow("square", 0)) as facts, asyncio.timeout(20):
        assert await take(facts, 1) == [1]


async def test_followers_hear_their_own_wall_alone(engine: Engine) -> None:
    async with (
        aclosing(cast(Store, engine).follow("a", 0)) as a,
        aclosing(cast(Store, engine).follow("b", 0)) as b,
    ):
        first, second = asyncio.ensure_future(take(a, 1)), asyncio.ensure_future(take(b, 1))
        await until(lambda: listeners(engine) == 2)
        await engine.write(Write((), (Told("a", WallChanged("a")),)))
        assert await first == [1]
        assert not second.done()
        await engine.write(Write((), (Told("b", WallChanged("b")),)))
        assert await second == [1]


async def test_a_cancelled_follower_leaves_nothing_behind(engine: Engine) -> None:
    async def follow() -> None:
        async for _ in engine.follow("square", 0):
            raise AssertionError("nothing was told")

    tasks = [asyncio.ensure_future(follow()) for _ in range(20)]
    await until(lambda: listeners(engine) == 20)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert all(task.cancelled() for task in tasks)
    assert listeners(engine) == 0
    await engine.write(put_wall())


async def test_a_follower_of_a_closing_engine_is_told(engine: Engine) -> None:
    from parvis.core.errors import Later

    async def follow() -> None:
        async for _ in engine.follow("square", 0):
            pass

    task = asyncio.ensure_future(follow())
    await until(lambda: listeners(engine) == 1)
    await engine.close()
    with pytest.raises(Later):
        await task


async def test_the_journey_of_a_post_over_its_walls(engine: Engine, clock: ManualClock) -> None:
    await fill(engine, 2)
    await engine.write(put_wall("tower"))
    clock.now_ms += 10
    await engine.write(decided(post(1), "approved", by="person:ada", why="Fine."))
    clock.now_ms += 10
    await engine.write(seen(post(1), "tower"))
    clock.now_ms += 10
    told = (
        PostEdited(post(1).key, "hook", "2"),
        PostRefused(post(1).key, "hook", "Too old."),
        RightChanged(post(1).key, "consent", True),
        CardShown(post(1).key),
        CardGone(post(1).key),
    )
    await engine.write(Write((), tuple(Told("square", event) for event in told)))
    start = clock.now_ms - 30
    square = "square"
    assert await engine.journey(post(1).key) == [
        Step(start, square, 1, "post.seen", by="source:hook"),
        Step(start + 10, square, 3, "post.decided", "person:ada", "Fine.", "approved"),
        Step(start + 20, "tower", 1, "post.seen", by="source:hook"),
        Step(start + 30, square, 4, "post.edited", by="source:hook"),
        Step(start + 30, square, 5, "post.refused", "source:hook", "Too old."),
        Step(start + 30, square, 6, "right.changed", why="consent", state="granted"),
        Step(start + 30, square, 7, "card.shown", state="shown"),
        Step(start + 30, square, 8, "card.gone", state="gone"),
    ]
    assert await engine.journey(post(1).key, "other") == []
    assert await engine.journey("test:none:1") == []


async def test_a_clock_that_steps_back_does_not_turn_a_journey_round(
    engine: Engine, clock: ManualClock
) -> None:
    await engine.write(put_wall())
    await engine.write(seen(post(1)))
    clock.now_ms -= 3_600_000
    await engine.write(decided(post(1)))
    steps = await engine.journey(post(1).key)
    assert [step.event for step in steps] == ["post.seen", "post.decided"]


async def test_a_withdrawn_post_keeps_its_journey(engine: Engine) -> None:
    await fill(engine, 1)
    await engine.write(both(decided(post(1), "withdrawn", why="Asked for."), key="w"))
    assert [step.state for step in await engine.journey(post(1).key)] == ["", "withdrawn"]
    assert msgspec.json.encode(await engine.journey(post(1).key))
