"""The whole way of a recheck: a simulated server, its source, the collector, the road, the wall."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from parvis.engine.change import PutSource
from parvis.flow import listening, recheck
from parvis.flow.collect import Collector
from parvis.flow.recheck import Duty
from parvis.sim.mastodon import World
from parvis.sim.mastodon.html import as_html
from parvis.sim.mastodon.world import Refusal
from parvis.sources.mastodon.read import NOT_SHOWN
from tests.contract.sources.mastodon_square import Square, opened
from tests.flow.conftest import Venue
from tests.posts import source
from tests.waiting import until


@pytest.fixture
async def square() -> AsyncIterator[Square]:
    async with opened(World(beat_s=1.0)) as square:
        yield square


class Watched:
    """A wall that streams from the square, and a clock that runs as the test looks."""

    def __init__(self, venue: Venue, square: Square) -> None:
        self.venue = venue
        self.square = square
        self.collector = Collector(
            venue.road,
            venue.engine,
            open_source=lambda spec: square.source(tags=["parvis"]),
            clock=venue.clock,
            duty_of=lambda spec: Duty(900.0, 1.6),
        )

    async def keys(self) -> dict[str, str]:
        """Ids on the server by the keys of the cards."""
        return {key: key.rpartition(":")[2] for key in await self.venue.shown()}

    async def comes(self, condition: Any) -> None:
        async def looked() -> bool:
            self.venue.clock.now_ms += 5_000
            return bool(await condition())

        await until(looked, 20)


@pytest.fixture
async def watched(
    venue: Venue, square: Square, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Watched]:
    monkeypatch.setattr(recheck, "TICK_S", 0.001)
    monkeypatch.setattr(listening, "FIRST_WAIT_S", 0.001)
    await venue.declare(PutSource(source(plugin="mastodon")))
    watched = Watched(venue, square)
    await watched.collector.start()
    await square.listened()
    yield watched
    await watched.collector.stop()


async def test_what_changed_unheard_is_found_within_the_pace(watched: Watched) -> None:
    venue, square = watched.venue, watched.square
    ids = [square.post(f"post number {n} #parvis", author=f"guest{n}") for n in range(45)]

    async def all_shown() -> bool:
        return len(await venue.shown()) == 45

    await watched.comes(all_shown)
    statuses = square.world.statuses
    del statuses[ids[3]], statuses[ids[30]]  # and nobody is told
    statuses[ids[4]]["visibility"] = "private"
    statuses[ids[5]]["account"]["note"] = "<p>#nobot</p>"
    statuses[ids[6]].update(
        content=as_html("mended words #parvis", square.url), edited_at="2027-01-01T10:00:00.000Z"
    )
    began_ms = venue.clock.now_ms

    async def found() -> bool:
        texts = [card.text for card in await venue.cards()]
        return len(texts) == 41 and "mended words #parvis" in texts

    await watched.comes(found)
    assert venue.clock.now_ms - began_ms < 2 * 900_000
    host = square.url.removeprefix("http://")
    gone = f"mastodon:{host}:{ids[30]}"
    assert await venue.why(gone) == NOT_SHOWN
    assert (await venue.road.trace(gone))[-1].by in ("source:hook", "")
    assert "(#nobot)" in await venue.why(f"mastodon:{host}:{ids[5]}")
    asked = [path for path in square.world.asked if path.startswith("/api/v1/statuses?")]
    assert all(path.count("id%5B%5D") in (5, 20) for path in asked), "they are asked in batches"


async def test_a_server_that_is_down_or_parked_takes_nothing_off(watched: Watched) -> None:
    venue, square = watched.venue, watched.square
    for number in range(3):
        square.post(f"post number {number} #parvis", author=f"guest{number}")

    async def all_shown() -> bool:
        return len(await venue.shown()) == 3

    await watched.comes(all_shown)
    for refusal in (
        Refusal("rest", 404, -1, "<title>Parked</title>", "text/html"),
        Refusal("rest", 401, -1),
    ):
        square.world.refusals = [refusal]

        async def said() -> bool:
            (health,) = await venue.engine.health("square")
            return not health.healthy and "cannot be asked after" in health.says

        await watched.comes(said)
        assert await all_shown()
        square.world.refusals = []

        async def healed() -> bool:
            (health,) = await venue.engine.health("square")
            return health.healthy

        await watched.comes(healed)
    assert await all_shown()
