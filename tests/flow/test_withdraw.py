"""Withdrawal when the store does not do as it is told."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import Any

import pytest

from parvis.core.errors import Conflict, Later
from parvis.flow import withdraw
from parvis.flow.shelf import PostShelf
from parvis.flow.withdraw import QUEUE, Withdrawal
from tests.flow.conftest import Venue
from tests.posts import post
from tests.waiting import until


class Stubborn:
    """The engine, with some of its calls failing first, in turn."""

    def __init__(self, engine: Any, **errors: list[Exception]) -> None:
        self._engine = engine
        self.errors = errors

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._engine, name)
        errors = self.errors.get(name)
        if not errors:
            return real

        async def fail(*_given: Any, **_more: Any) -> Any:
            raise errors.pop(0)

        return fail


def withdrawal(venue: Venue, **errors: list[Exception]) -> tuple[Withdrawal, Stubborn]:
    engine: Any = Stubborn(venue.engine, **errors)
    lanes: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
    shelf = PostShelf(engine, venue.clock)
    return Withdrawal(engine, lanes, venue.clock, lambda key: f"{len(key):064x}", shelf), engine


async def test_somebody_else_was_quicker_and_it_goes_all_the_same(venue: Venue) -> None:
    await venue.receive(post(1))
    taken, engine = withdrawal(venue, write=[Conflict("changed"), Conflict("changed")])
    key = post(1).key
    assert await taken.withdraw(key, by="person:x", why="Asked.", org="main") == 1
    assert engine.errors["write"] == []
    assert await venue.state(key) == "withdrawn" and await venue.shown() == []
    assert await taken.withdraw(key, by="person:x", why="Asked.", org="main") == 0


async def test_a_post_that_never_holds_still_is_for_later(venue: Venue) -> None:
    await venue.receive(post(1))
    never: list[Exception] = [Conflict("changed") for _ in range(withdraw.TRIES)]
    taken, engine = withdrawal(venue, write=never)
    with pytest.raises(Later, match="kept changing"):
        await taken.withdraw(post(1).key, by="person:x", why="Asked.", org="main")
    assert engine.errors["write"] == [] and await venue.shown() == [post(1).key]


async def test_what_never_came_here_is_on_no_wall(venue: Venue) -> None:
    taken, _ = withdrawal(venue)
    assert await taken.withdraw("test:x:never", by="person:x", why="Asked.", org="main") == 0


async def test_erasing_goes_on_after_a_fault_which_is_said_once_and_healed_once(
    venue: Venue, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(withdraw, "ERASE_AFTER_MS", 1)
    caplog.set_level("INFO", "parvis.flow.withdraw")
    await venue.receive(post(1))
    await venue.road.stop()  # its own erasing would be quicker
    broken: list[Exception] = [Later("away"), OSError("gone"), Later("away")]
    taken, engine = withdrawal(venue, claim=broken)
    await taken.withdraw(post(1).key, by="person:x", why="Asked.", org="main")
    venue.clock.advance(60)
    await taken.start()
    try:
        await until(lambda: "erase.healed" in [one.message for one in caplog.records])
    finally:
        await taken.stop()
    said = [one.message for one in caplog.records if one.message.startswith("erase.")]
    assert said == ["erase.broken", "erase.healed"] and engine.errors["claim"] == []
    assert await venue.engine.placements(post(1).key) == []
    assert await venue.engine.claim(QUEUE, worker="w", limit=1) == []


async def test_a_clock_that_is_set_back_a_day_delays_no_erasing(venue: Venue) -> None:
    await venue.receive(post(1))
    await venue.road.withdraw(post(1).key, by="person:ada", why="Asked to.")
    venue.clock.now_ms += 3_000 - 24 * 3600 * 1000
    assert await venue.road.erase_due() == 1
    assert await venue.engine.placements(post(1).key) == []
