from __future__ import annotations

import asyncio

import pytest

from parvis.core.errors import Conflict, Later, Refused
from parvis.core.event import Interaction, WallChanged
from parvis.engine import Engine, Write, Written
from parvis.engine.change import MoveCursor, PutFormatState, Remember, Told
from parvis.plug.testkit import ManualClock
from tests.engines import Place, both, decided, fill, put_wall, seen
from tests.posts import post


async def test_a_write_stands_with_its_events_or_not_at_all(engine: Engine) -> None:
    await engine.write(put_wall())
    written = await engine.write(both(seen(post(1)), seen(post(2))))
    assert written.seqs == {"square": 2}
    assert not written.again
    with pytest.raises(Conflict):
        await engine.write(both(seen(post(3)), decided(post(1), rev=7)))
    assert await engine.head("square") == 2
    assert await engine.known("square", [post(3).key]) == {}
    assert await engine.counts("square") == {"new": 2}


async def test_the_same_key_again_changes_nothing(engine: Engine) -> None:
    await engine.write(put_wall())
    first = await engine.write(seen(post(1), key="k1"))
    again = await engine.write(
        Write((Remember("s", "n", "v"),), (Told("square", WallChanged("square")),), key="k1")
    )
    assert (again.again, again.seqs) == (True, first.seqs)
    assert await engine.recall("s", "n") is None
    assert await engine.head("square") == 1


async def test_many_writes_stand_or_fall_each_by_itself_and_in_order(engine: Engine) -> None:
    await engine.write(put_wall())
    good = [seen(post(number), key=f"k{number}") for number in range(120)]
    bad = decided(post(0), rev=7)
    outcomes = await engine.write_all([*good[:60], bad, *good[60:], good[0]])
    assert isinstance(outcomes[60], Conflict)
    last = outcomes[-1]
    assert isinstance(last, Written)
    assert last.again
    seqs = [each.seqs["square"] for each in outcomes if isinstance(each, Written)]
    assert seqs == [*range(1, 121), 1]
    assert await engine.counts("square") == {"new": 120}


async def test_many_writes_on_several_walls(engine: Engine) -> None:
    names = ["square", "hall", "street"]
    writes = [
        Write((), (Told(names[number % 3], WallChanged(names[number % 3])),)) for number in range(9)
    ]
    outcomes = await engine.write_all(writes)
    assert [each.seqs for each in outcomes if isinstance(each, Written)] == [
        {names[number % 3]: number // 3 + 1} for number in range(9)
    ]
    assert await engine.write_all([]) == []


async def test_identical_writes_at_once_happen_once(engine: Engine) -> None:
    await engine.write(put_wall())
    same = Write((), (Told("square", WallChanged("square")),), key="one")
    written = await asyncio.gather(*[engine.write(same) for _ in range(120)])
    assert sum(not one.again for one in written) == 1
    assert {one.seqs["square"] for one in written} == {1}
    assert await engine.head("square") == 1


async def test_a_key_of_a_write_that_touches_no_wall(engine: Engine) -> None:
    one = Write((MoveCursor("hook", "c1"),), key="page-1")
    other = Write((MoveCursor("hook", "c2"),), key="page-1")
    written = await asyncio.gather(engine.write(one), engine.write(other))
    assert sorted(each.again for each in written) == [False, True]
    assert await engine.cursor("hook") == "c1"


async def test_a_write_without_key_may_be_repeated(engine: Engine) -> None:
    told = Write((), (Told("square", WallChanged("square")),))
    await engine.write(told)
    assert (await engine.write(told)).seqs == {"square": 2}


async def test_a_failed_write_does_not_use_up_its_key(engine: Engine) -> None:
    await fill(engine, 1)
    bad = both(decided(post(1), rev=5), key="k")
    with pytest.raises(Conflict):
        await engine.write(bad)
    assert not (await engine.write(both(decided(post(1), rev=0), key="k"))).again


async def test_writes_that_fail_harm_no_neighbour(engine: Engine) -> None:
    """Conflict, refusal and a body that cannot be encoded, among good writes of one batch."""
    await fill(engine, 1)
    unwritable = PutFormatState("square", "poll", "poll", {"x": object()}, {}, 0)
    results = await asyncio.gather(
        engine.write(seen(post(2))),
        engine.write(decided(post(1), rev=9)),
        engine.write(seen(post(3))),
        engine.write(decided(post(99))),
        engine.write(both(seen(post(4)), Write((unwritable,)))),
        engine.write(seen(post(5))),
        return_exceptions=True,
    )
    kinds = [type(result).__name__ for result in results]
    assert kinds == ["Written", "Conflict", "Written", "Refused", "TypeError", "Written"]
    assert await engine.counts("square") == {"new": 4}
    assert [fact.seq for fact in await engine.facts_after("square", 0)] == [1, 2, 3, 4]
    assert await engine.known("square", [post(4).key]) == {}


async def test_writes_on_one_row_in_one_batch_work_one_after_the_other(engine: Engine) -> None:
    await engine.write(put_wall())
    results = await asyncio.gather(
        engine.write(seen(post(1))),
        engine.write(decided(post(1), "pending", 0)),
        engine.write(decided(post(1), "approved", 1)),
        engine.write(decided(post(1), "rejected", 1)),
        engine.write(decided(post(1), "hidden", 2)),
        return_exceptions=True,
    )
    assert [isinstance(result, Conflict) for result in results] == [False] * 3 + [True, False]
    [placement] = await engine.placements(post(1).key)
    assert (placement.state, placement.rev) == ("hidden", 3)
    assert await engine.counts("square") == {"hidden": 1}


async def test_events_are_numbered_per_wall_and_stamped(engine: Engine, clock: ManualClock) -> None:
    told = Told("a", Interaction("poll", "vote", {"choice": 1})), Told("b", WallChanged("b"))
    written = await engine.write(Write((), (*told, told[0]), at_ms=77))
    assert written.seqs == {"a": 2, "b": 1}
    clock.now_ms = 500
    await engine.write(Write((), told[1:]))
    assert [(f.seq, f.at_ms) for f in await engine.facts_after("a", 0)] == [(1, 77), (2, 77)]
    assert [(f.seq, f.at_ms) for f in await engine.facts_after("b", 0)] == [(1, 77), (2, 500)]
    assert (await engine.facts_after("a", 0))[0].event == told[0].event


async def test_what_was_accepted_is_there_after_close(place: Place) -> None:
    engine = await place.open()
    await engine.write(put_wall())
    writes = [asyncio.ensure_future(engine.write(seen(post(n)))) for n in range(1, 201)]
    await asyncio.sleep(0)  # accepted, not yet answered
    await engine.close()
    assert all(not one.again for one in await asyncio.gather(*writes))
    again = await place.open()
    assert await again.counts("square") == {"new": 200}


async def test_a_closed_engine_says_so(place: Place) -> None:
    engine = await place.open()
    await engine.close()
    await engine.close()
    for asked in (engine.write(put_wall()), engine.walls(), engine.claim("q", worker="w")):
        with pytest.raises(Later, match="closed"):
            await asked


async def test_a_caller_that_goes_away_leaves_its_write_whole(engine: Engine) -> None:
    await engine.write(put_wall())
    task = asyncio.ensure_future(engine.write(seen(post(1))))
    await asyncio.sleep(0)
    task.cancel()
    await engine.write(seen(post(2)))
    assert await engine.counts("square") == {"new": 2}


async def test_a_decision_on_what_does_not_stand_there_is_refused(engine: Engine) -> None:
    await engine.write(put_wall())
    with pytest.raises(Refused, match="does not stand"):
        await engine.write(decided(post(1)))
