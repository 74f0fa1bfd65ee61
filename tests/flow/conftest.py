"""A road on a real embedded engine, with a clock that tests move."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from parvis.core.post import Arrival, DisplayPolicy, Post
from parvis.core.verdict import Outcome, Span, Verdict
from parvis.core.wall import Policy, SourceSpec, Wall
from parvis.core.wire import Card
from parvis.engine import Engine, Write
from parvis.engine.change import Change, PutSource, PutWall
from parvis.engine.open import open_engine
from parvis.flow.arrive import Arrived
from parvis.flow.road import Road
from parvis.plug.check import Around, Check
from parvis.plug.testkit import ManualClock
from tests.posts import source, wall
from tests.street import SECRET, Street, open_street


class Rude(Check):
    """Rejects posts that hold the word "rude"."""

    version = "1"

    def judge(self, post: Post, around: Around) -> Verdict:
        at = post.text.find("rude")
        if at < 0:
            return Verdict("wordlist", "1", "pass", "No listed word.")
        span = Span(at, at + 4)
        return Verdict("wordlist", "1", "reject", "It holds a listed word.", "word", spans=(span,))


class Flood(Check):
    version = "1"

    def judge(self, post: Post, around: Around) -> Verdict:
        many = len(around.author_posts_ms) >= around.policy.flood.posts
        outcome: Outcome = "hold" if many else "pass"
        return Verdict("flood", "1", outcome, "Counted the author's posts.", "flood")


class Twin(Check):
    version = "1"

    def judge(self, post: Post, around: Around) -> Verdict:
        outcome: Outcome = "hold" if around.twins else "pass"
        return Verdict("duplicate", "1", outcome, "Looked for the same words.", "duplicate")


CHECKS: dict[str, Check] = {"wordlist": Rude(), "flood": Flood(), "duplicate": Twin()}


@dataclass
class Venue:
    """Everything a flow test needs: the road, its engine, its clock and one declared wall."""

    road: Road
    engine: Engine
    clock: ManualClock
    source: SourceSpec
    policies: dict[str, DisplayPolicy] = field(default_factory=dict)

    async def declare(self, *changes: Change) -> None:
        await self.engine.write(Write(changes))

    async def receive(self, *arrivals: Arrival, source: SourceSpec | None = None) -> Arrived:
        receipt = await self.road.receive(source or self.source, arrivals)
        await self.road.idle()
        return receipt

    async def cards(self, wall: str = "square") -> Sequence[Card]:
        snapshot = await self.engine.snapshot_of_wall(wall)
        assert snapshot is not None
        return snapshot.cards

    async def shown(self, wall: str = "square") -> list[str]:
        return [card.post for card in await self.cards(wall)]

    async def state(self, post: str, wall: str = "square") -> str:
        for placement in await self.engine.placements(post):
            if placement.wall == wall:
                return placement.state
        return ""

    async def why(self, post: str, wall: str = "square") -> str:
        return (await self.engine.decisions(wall, post))[-1].why


async def open_venue(folder: Path, policies: dict[str, DisplayPolicy], **policy: Any) -> Venue:
    clock = ManualClock()
    engine = await open_engine(folder, clock=clock)
    road = Road(engine, clock=clock, salt=b"tests", checks=CHECKS, policies=policies, formats={})
    await road.start()
    declared: Wall = wall(policy=Policy(**{"mode": "show_first", **policy}))
    await engine.write(Write((PutWall(declared), PutSource(source()))))
    return Venue(road, engine, clock, source(), policies)


@pytest.fixture
async def venue(tmp_path: Path) -> AsyncIterator[Venue]:
    venue = await open_venue(tmp_path, {})
    yield venue
    await venue.road.stop()
    await venue.engine.close()


@pytest.fixture
async def street(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Street]:
    """A whole house, asked without a socket."""
    monkeypatch.setenv("TEST_WEBHOOK_SECRET", SECRET)
    street = await open_street(tmp_path / "data")
    yield street
    await street.house.stop()
