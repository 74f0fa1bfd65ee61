"""Two processes' worth of engines on one PostgreSQL."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import cast

import asyncpg
import pytest

from parvis.core.errors import Refused
from parvis.core.event import WallChanged
from parvis.engine import Engine, Write
from parvis.engine.change import Told
from parvis.engine.cluster import engine as cluster
from parvis.engine.cluster.wake import Wake
from parvis.engine.store import Store
from tests.contract.engine.test_feed import take
from tests.engines import Place, fill, put_wall, seen
from tests.posts import post
from tests.waiting import until


def tell(wall: str, key: str = "") -> Write:
    return Write((), (Told(wall, WallChanged(wall)),), key=key)


async def waiting(raw: asyncpg.Connection, count: int) -> None:
    """Until `count` sessions of this database wait for a lock."""
    asked = (
        "select count(*) from pg_stat_activity"
        " where wait_event_type = 'Lock' and datname = current_database()"
    )

    async def so() -> bool:
        return bool(await raw.fetchval(asked) == count)

    await until(so)


async def test_sequences_follow_commit_order_when_the_earlier_writer_is_late(nodes: Place) -> None:
    """The first writer holds the wall's head, uncommitted; nobody gets a number past it."""
    one, two = await nodes.open(), await nodes.open()
    await one.write(tell("square"))
    raw = await asyncpg.connect(nodes.address)
    late = await asyncpg.connect(nodes.address)
    try:
        delayed = late.transaction()
        await delayed.start()
        await late.fetch("select seq from wall_head where wall = 'square' for update")
        others = [asyncio.ensure_future(node.write(tell("square"))) for node in (one, two)]
        await waiting(raw, 2)
        assert [fact.seq for fact in await two.facts_after("square", 0)] == [1]
        await late.execute(
            "insert into feed (org, wall, seq, at_ms, kind, post, body) values"
            " ('main', 'square', 2, 0, 'wall.changed', '',"
            ' \'{"type":"wall.changed","wall":"square"}\')'
        )
        await late.execute("update wall_head set seq = 2 where wall = 'square'")
        await delayed.commit()
        written = await asyncio.gather(*others)
        assert sorted(each.seqs["square"] for each in written) == [3, 4]
    finally:
        await raw.close()
        await late.close()


async def test_a_reader_of_what_is_newer_never_misses_a_row(nodes: Place) -> None:
    one, two = await nodes.open(), await nodes.open()
    reader = await nodes.open()
    got: list[int] = []

    async def write(node: Engine) -> None:
        await asyncio.gather(*[node.write(tell("square")) for _ in range(200)])

    async with aclosing(cast(Store, reader).follow("square", 0)) as facts:
        reading = asyncio.ensure_future(take(facts, 400))
        await asyncio.gather(write(one), write(two))
        got = await reading
    assert got == list(range(1, 401))


async def test_a_wall_that_is_held_delays_no_other(nodes: Place) -> None:
    node = await nodes.open()
    await node.write(Write((), (*tell("held").events, *tell("free").events)))
    raw, late = await asyncpg.connect(nodes.address), await asyncpg.connect(nodes.address)
    try:
        async with late.transaction():
            await late.fetch("select seq from wall_head where wall = 'held' for update")
            stuck = [asyncio.ensure_future(node.write(tell("held"))) for _ in range(3)]
            await waiting(raw, 1)
            for _ in range(10):
                await node.write(tell("free"))
            assert not any(one.done() for one in stuck)
        await asyncio.gather(*stuck)
    finally:
        await raw.close()
        await late.close()
    assert (await node.head("held"), await node.head("free")) == (4, 11)


async def test_identical_writes_on_two_nodes_happen_once(nodes: Place) -> None:
    one, two = await nodes.open(), await nodes.open()
    for number in range(30):
        same = tell("square", key=f"k{number}")
        written = await asyncio.gather(one.write(same), two.write(same))
        assert sorted(each.again for each in written) == [False, True]
        nowhere = Write((), key=f"n{number}")
        written = await asyncio.gather(one.write(nowhere), two.write(nowhere))
        assert sorted(each.again for each in written) == [False, True]
    assert await one.head("square") == 30


async def test_the_same_posts_from_two_nodes_in_any_order(nodes: Place) -> None:
    """Rows that both nodes write are taken in one order, so that nobody waits in a circle."""
    one, two = await nodes.open(), await nodes.open()
    await one.write(put_wall("a"))
    await two.write(put_wall("b"))
    there = [seen(post(n), "a") for n in range(1, 101)]
    back = [seen(post(n), "b") for n in range(100, 0, -1)]
    await asyncio.gather(*[one.write(w) for w in there], *[two.write(w) for w in back])
    assert await one.counts("a") == await one.counts("b") == {"new": 100}


@pytest.mark.parametrize("told", [True, False], ids=["by notify", "by its own look"])
async def test_a_follower_hears_another_node(
    nodes: Place, told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when no notification ever arrives."""
    if told:
        monkeypatch.setattr(cluster, "LOOK_AGAIN_S", 3600.0)
    else:
        monkeypatch.setattr(Wake, "tell", lambda *_: None)
        monkeypatch.setattr(cluster, "LOOK_AGAIN_S", 0.05)
    one, two = await nodes.open(), await nodes.open()
    async with aclosing(cast(Store, two).follow("square", 0)) as facts:
        reading = asyncio.ensure_future(take(facts, 1))
        await until(lambda: len(cast(Store, two).bell) == 1)
        if told:
            await listening(nodes)
        await one.write(tell("square"))
        assert await reading == [1]


async def listening(nodes: Place) -> None:
    raw = await asyncpg.connect(nodes.address)
    asked = "select count(*) from pg_stat_activity where query ilike 'listen %'"

    async def so() -> bool:
        return bool(await raw.fetchval(asked) >= 2)

    await until(so)
    await raw.close()


async def test_a_lost_connection_heals(nodes: Place) -> None:
    node = await nodes.open()
    await fill(node, 1)
    raw = await asyncpg.connect(nodes.address)
    await raw.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where application_name = 'parvis' and datname = current_database()"
    )
    await raw.close()

    assert await node.counts("square") == {"new": 1}
    await node.write(seen(post(2)))
    assert await node.counts("square") == {"new": 2}


async def test_a_sign_that_the_server_cannot_keep_is_refused_and_harms_nobody(nodes: Place) -> None:
    engine = await nodes.open()
    await engine.write(put_wall())
    with pytest.raises(Refused, match="NUL"):
        await engine.wall("a\0b")
    outcomes = await engine.write_all([tell("square", "1"), tell("a\0b", "2"), tell("square", "3")])
    assert [type(outcome).__name__ for outcome in outcomes] == ["Written", "Refused", "Written"]
