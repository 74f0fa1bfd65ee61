"""Screens as they were heard last, on both engines."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from parvis.core.screen import TAB_MS, Heard, Report
from parvis.engine import Engine, Write, screens
from parvis.engine.change import DropWall
from tests.engines import Place, put_wall
from tests.posts import NOW_MS

DAY_MS = 24 * 3600 * 1000


def heard(id: str, seq: int = 1, **more: Any) -> Heard:
    return Heard(**{"id": id, "name": id, "last_ms": NOW_MS, "report": Report(seq), **more})


async def hear(engine: Engine, *all: Heard, wall: str = "square") -> list[bool]:
    return [await engine.hear_screen(wall, each, dark_ms=DAY_MS) for each in all]


async def test_a_screen_is_kept_as_it_was_heard_last_and_keeps_its_name(engine: Engine) -> None:
    await engine.write(put_wall())
    await hear(engine, heard("left"), heard("bar", browser="Chrome 64", secure=True))
    assert await engine.name_screen("square", "left", "A left")
    await hear(engine, heard("left", 7, last_ms=NOW_MS + 5))
    found = await engine.screens("square")
    assert [(each.id, each.name) for each in found] == [("left", "A left"), ("bar", "bar")]
    assert (found[0].report.seq, found[0].last_ms) == (7, NOW_MS + 5)
    assert (found[1].browser, found[1].secure) == ("Chrome 64", True)
    assert await engine.screens("tower") == []


async def test_a_clock_that_steps_back_silences_no_screen(engine: Engine) -> None:
    await hear(engine, heard("left", 3), heard("left", 4, last_ms=NOW_MS - 3_600_000))
    (found,) = await engine.screens("square")
    assert (found.report.seq, found.last_ms) == (4, NOW_MS - 3_600_000)


async def test_a_forgotten_screen_comes_back_when_it_is_heard(engine: Engine) -> None:
    await hear(engine, heard("left"))
    await engine.name_screen("square", "left", "Left")
    assert await engine.forget_screen("square", "left")
    assert not await engine.forget_screen("square", "left")
    assert not await engine.name_screen("square", "left", "Left")
    await hear(engine, heard("left"))
    assert [each.name for each in await engine.screens("square")] == ["left"]


async def test_a_full_wall_takes_a_new_screen_for_one_long_dark_first(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screens, "MAX_SCREENS", 2)
    old = heard("old", last_ms=NOW_MS - DAY_MS - 1)
    taken = await hear(engine, old, heard("new"), heard("next"), heard("tab-more"))
    assert taken == [True, True, True, False]
    assert [each.id for each in await engine.screens("square")] == ["new", "next"]
    assert await hear(engine, heard("new", 9)) == [True]
    assert await hear(engine, heard("x"), wall="tower") == [True]


async def test_unnamed_pages_make_room_first_and_keep_no_screen_out(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screens, "MAX_SCREENS", 3)
    closed = heard("tab-closed", last_ms=NOW_MS - TAB_MS - 1)
    taken = await hear(engine, closed, heard("tab-a"), heard("tab-b"), heard("tab-c"))
    assert taken == [True] * 4, "a closed page makes room"
    assert await hear(engine, heard("tab-d")) == [False]
    assert await hear(engine, *map(heard, ("tabs", "hall", "bar"))) == [True] * 3
    assert [each.id for each in await engine.screens("square")] == ["bar", "hall", "tabs"]
    assert await hear(engine, heard("tab-e")) == [False]


async def test_made_up_names_keep_no_screen_out_and_drive_none_away(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screens, "MAX_SCREENS", 4)
    later = NOW_MS + screens.SETTLED_MS
    await hear(engine, heard("named", last_ms=NOW_MS - 9), heard("hangs"))
    await engine.name_screen("square", "named", "The bar")
    await hear(engine, heard("hangs", last_ms=later), heard("made-up", last_ms=later + 1))
    taken = await hear(engine, *(heard(f"made-{n}", last_ms=later + 2 + n) for n in range(9)))
    assert taken == [True] * 9
    assert await hear(engine, heard("new", last_ms=later + 99)) == [True]
    there = {each.id for each in await engine.screens("square")}
    assert there == {"named", "hangs", "made-up", "new"}
    for name in ("hangs", "made-up", "new"):
        await engine.name_screen("square", name, f"The {name}")
    assert await hear(engine, heard("another")) == [False]


async def test_a_screen_that_may_not_be_new_is_kept_only_when_it_is_known(engine: Engine) -> None:
    assert not await engine.hear_screen("square", heard("left"), dark_ms=DAY_MS, new=False)
    assert await engine.screens("square") == []
    await hear(engine, heard("left"))
    again = heard("left", 8, last_ms=NOW_MS + 7)
    assert await engine.hear_screen("square", again, dark_ms=DAY_MS, new=False)
    (found,) = await engine.screens("square")
    assert (found.report.seq, found.first_ms) == (8, NOW_MS)


async def test_screens_outlive_a_restart_and_go_with_their_wall(place: Place) -> None:
    engine = await place.open()
    await engine.write(put_wall())
    await hear(engine, heard("left", 5))
    await engine.close()
    again = await place.open()
    assert [each.report.seq for each in await again.screens("square")] == [5]
    await again.write(Write((DropWall("square"),)))
    assert await again.screens("square") == []


async def test_nodes_that_hear_the_same_screen_first_keep_it_once(nodes: Place) -> None:
    engines = [await nodes.open() for _ in range(3)]
    await asyncio.gather(*(hear(each, heard("left")) for each in engines))
    assert len(await engines[0].screens("square")) == 1
