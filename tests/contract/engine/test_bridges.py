"""What is kept of bridges: the declaration, a cursor that never goes back, health, what failed."""

from __future__ import annotations

from typing import Any

from parvis.core.wall import BridgeSpec
from parvis.engine import Engine, Write
from parvis.engine.change import (
    Change,
    DropBridge,
    DropWall,
    MoveBridge,
    PutBridge,
    PutBridgeHealth,
    SetAside,
)
from tests.engines import fill, put_wall


def bridge(**more: Any) -> BridgeSpec:
    return BridgeSpec(**{"id": "out", "wall": "square", "plugin": "webhook", **more})


def health(healthy: bool, says: str, at_ms: int) -> PutBridgeHealth:
    return PutBridgeHealth("out", "square", healthy, says, at_ms)


async def write(engine: Engine, *changes: Change) -> None:
    await engine.write(Write(changes))


async def test_bridges_are_kept_whole_and_by_id(engine: Engine) -> None:
    one = bridge(id="b", settings={"url": "https://é.example"}, secrets={"secret": "ENV"})
    two, there = bridge(id="a", enabled=False), bridge(id="c", wall="tower", org="other")
    await engine.write(put_wall())
    await write(engine, *(PutBridge(each) for each in (one, two, there)))
    assert await engine.bridges("square") == [two, one]
    assert await engine.bridges("tower") == [there]
    assert await engine.every_bridge() == [two, one, there]
    await write(engine, PutBridge(bridge(id="a")))
    assert await engine.bridges("square") == [bridge(id="a"), one]


async def test_a_cursor_only_goes_on(engine: Engine) -> None:
    assert await engine.bridge_cursor("out") == 0
    await write(engine, PutBridge(bridge()), MoveBridge("out", 7))
    await write(engine, MoveBridge("out", 3))
    assert await engine.bridge_cursor("out") == 7
    await write(engine, MoveBridge("out", 8), PutBridge(bridge(enabled=False)))
    assert await engine.bridge_cursor("out") == 8
    assert await engine.bridge_cursor("other") == 0


async def test_health_says_since_when_and_what_failed(engine: Engine) -> None:
    await write(engine, PutBridge(bridge()), health(True, "Ready.", 10))
    await write(engine, health(True, "Telling.", 20))
    [row] = await engine.bridge_health("square")
    assert (row.says, row.since_ms, row.told_seq, row.aside) == ("Telling.", 10, 0, 0)
    await write(engine, health(False, "Gone.", 30), SetAside("out", 4, "Gone.", 30))
    await write(engine, SetAside("out", 6, "Worse.", 40), MoveBridge("out", 6))
    await write(engine, SetAside("out", 6, "Worse.", 40))
    [row] = await engine.bridge_health("square")
    assert (row.healthy, row.since_ms, row.told_seq) == (False, 30, 6)
    assert (row.aside, row.last_aside) == (2, "Worse.")
    assert [(each.seq, each.because) for each in await engine.set_aside("out")] == [
        (6, "Worse."),
        (4, "Gone."),
    ]
    assert [each.seq for each in await engine.set_aside("out", 1)] == [6]
    assert await engine.bridge_health("tower") == []


async def test_nothing_stays_of_a_dropped_bridge(engine: Engine) -> None:
    kept = (PutBridge(bridge()), MoveBridge("out", 7), health(True, "", 1))
    await write(engine, *kept, SetAside("out", 1, "No.", 1))
    await write(engine, PutBridge(bridge(id="other")), MoveBridge("other", 2))
    await write(engine, DropBridge("out"))
    assert await engine.bridge_cursor("out") == 0
    assert [each.id for each in await engine.every_bridge()] == ["other"]
    assert await engine.bridge_health("square") == []
    assert await engine.set_aside("out") == []
    assert await engine.bridge_cursor("other") == 2
    await write(engine, *kept, DropBridge("out"), PutBridge(bridge()), MoveBridge("out", 3))
    assert await engine.bridge_cursor("out") == 3


async def test_a_dropped_wall_takes_its_bridges_along(engine: Engine) -> None:
    await fill(engine, 1)
    await write(engine, PutBridge(bridge()), MoveBridge("out", 1), health(True, "", 1))
    await write(engine, SetAside("out", 1, "No.", 1), PutBridge(bridge(id="t", wall="tower")))
    await write(engine, DropWall("square"))
    assert [each.id for each in await engine.every_bridge()] == ["t"]
    assert await engine.bridge_cursor("out") == 0
    assert await engine.bridge_health("square") == []
    assert await engine.set_aside("out") == []
