"""Two nodes on one PostgreSQL: a bridge is told by one of them, and by the other when that dies."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from parvis.core.post import DisplayPolicy
from parvis.core.wall import BridgeSpec
from parvis.engine import Engine, Write
from parvis.engine.change import PutBridge, PutSource
from parvis.flow import lease
from parvis.flow.tell import Teller
from parvis.plug.bridge import Bridge
from tests.engines import Place, fill, place_of, shown, store_database
from tests.flow.test_tell import Scripted, spec
from tests.posts import post, source
from tests.waiting import until

__all__ = ["store_database"]


@pytest.fixture
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    here = place_of("postgresql", request, tmp_path)
    yield here
    await here.close()


def teller_of(engine: Engine, place: Place, bridge: Scripted, name: str) -> Teller:
    def open_bridge(_: BridgeSpec) -> Bridge:
        return bridge

    return Teller(
        engine,
        open_bridge=open_bridge,
        policy_of=lambda _: DisplayPolicy(),
        hash_of=lambda key: f"hash of {key}".replace(":", ""),
        clock=place.clock,
        worker=name,
        rng=random.Random(1),
    )


async def test_another_node_takes_over_from_one_that_was_killed(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "LEASE_S", 0.3)
    engines = [await place.open(), await place.open()]
    bridges = [Scripted(), Scripted()]
    posts = await fill(engines[0], 2)
    await engines[0].write(Write((PutBridge(spec()), PutSource(source()))))
    tellers = [
        teller_of(engine, place, bridge, f"node {n}")
        for n, (engine, bridge) in enumerate(zip(engines, bridges, strict=True))
    ]
    for teller in tellers:
        await teller.start()
    await engines[1].write(shown(posts[0]))
    await until(lambda: engines[1].bridge_cursor("out"), within_s=20)
    assert bridges[1].told == []

    assert tellers[0]._keeping is not None  # killed: nothing is given back
    tellers[0]._keeping.cancel()
    tellers[0]._tasks["out"].cancel()
    await engines[1].write(shown(posts[1]))
    place.clock.now_ms += 1_000
    await until(lambda: bridges[1].told, within_s=20)
    assert [key for _, key in bridges[1].posts()] == [post(2).key]
    assert len(bridges[0].told) == 1
    for teller in tellers:
        await teller.stop()
