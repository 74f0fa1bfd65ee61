"""The part of an engine that the live hub reads, in memory, with writes that tests drive."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, cast

import msgspec

from parvis.core.event import (
    CardGone,
    CardShown,
    Event,
    Fact,
    FormatChanged,
    Interaction,
    PicksChanged,
    WallChanged,
)
from parvis.core.wall import Wall
from parvis.core.wire import Card, FormatFace, Picks, Snapshot, face_of
from parvis.engine import Engine


class MemoryWall:
    """One wall, `square`, and its journal; it keeps the promises of `Engine` that the hub uses."""

    def __init__(self, capacity: int = 50) -> None:
        self.row: Wall | None = Wall(id="square", title="The square", capacity=capacity)
        self.journal: list[Fact] = []
        self.held: dict[str, Card] = {}
        self.forms: dict[str, FormatFace] = {}
        self.pins: list[str] = []
        self.light = ("", 0)
        self.fails = 0
        self.reads = 0
        self._orders = 0
        self._grown = asyncio.Event()

    def engine(self) -> Engine:
        """Itself, as the type that the hub asks for."""
        return cast(Engine, self)

    def show(self, post: str, text: str = "") -> int:
        """The post's card goes up, or is replaced."""
        old = self.held.get(post)
        self._orders += old is None
        order = old.order if old else self._orders
        self.held[post] = Card(post, "test", text or post, order, 1, 1)
        return self.tell(CardShown(post))

    def hide(self, post: str) -> int:
        """The card comes off; the next one below moves into the wall's capacity."""
        before = self._window()
        if self.held.pop(post, None) is None:
            return len(self.journal)
        self.pins = [pin for pin in self.pins if pin != post]
        self.light = ("", 0) if self.light[0] == post else self.light
        risen = [card for card in self._window() if card not in before]
        return self.tell(CardGone(post), *(CardShown(card.post) for card in risen))

    def pin(self, post: str, on: bool) -> int:
        """The post stands forward, or no longer."""
        self.pins = [pin for pin in self.pins if pin != post]
        if on and post in self.held:
            self.pins.insert(0, post)
        return self.tell(PicksChanged(post, "pin", on))

    def feature(self, post: str, until_ms: int) -> int:
        """The post stands in the light."""
        self.light = (post, until_ms) if post in self.held else ("", 0)
        return self.tell(PicksChanged(post, "feature", True))

    def form(self, name: str, view: dict[str, Any] | None) -> int:
        """A format shows `view`, or is gone."""
        if view is None:
            self.forms.pop(name, None)
        else:
            self.forms[name] = FormatFace(name, "poll", view)
        return self.tell(FormatChanged(name))

    def settle(self, **fields: Any) -> int:
        """The wall's own row changes; what enters a larger capacity is shown."""
        assert self.row is not None
        before = self._window()
        self.row = msgspec.structs.replace(self.row, **fields)
        risen = [card for card in self._window() if card not in before]
        return self.tell(WallChanged("square"), *(CardShown(card.post) for card in risen))

    def chatter(self) -> int:
        """A fact that no screen cares about."""
        return self.tell(Interaction("poll", "vote"))

    def tell(self, *events: Event) -> int:
        """Append to the journal; gives the head."""
        for event in events:
            self.journal.append(Fact("square", len(self.journal) + 1, 1, event))
        self.wake()
        return len(self.journal)

    def _window(self) -> list[Card]:
        assert self.row is not None
        newest = sorted(self.held.values(), key=lambda card: card.order, reverse=True)
        return newest[: self.row.capacity]

    def _may_fail(self) -> None:
        if self.fails:
            self.fails -= 1
            raise OSError("the disk is away")

    # what the hub reads ---------------------------------------------------------------------------
    async def follow(self, wall: str, after: int) -> AsyncIterator[Sequence[Fact]]:
        while True:
            self._may_fail()
            facts = self.journal[after:]
            if facts:
                yield facts
                after = facts[-1].seq
            else:
                await self._grown.wait()

    def wake(self) -> None:
        """Let who follows look again, though nothing happened."""
        self._grown.set()
        self._grown = asyncio.Event()

    async def facts_after(self, wall: str, after: int, limit: int = 500) -> Sequence[Fact]:
        self.reads += 1
        await asyncio.sleep(0)
        return self.journal[after : after + limit]

    async def head(self, wall: str) -> int:
        self._may_fail()
        await asyncio.sleep(0)
        return len(self.journal)

    async def wall(self, wall: str) -> Wall | None:
        return self.row if wall == "square" else None

    async def cards(self, wall: str, posts: Sequence[str]) -> Mapping[str, Card]:
        await asyncio.sleep(0)
        return {post: self.held[post] for post in posts if post in self.held}

    async def snapshot_of_wall(self, wall: str) -> Snapshot | None:
        if wall != "square" or self.row is None:
            return None
        forms = tuple(self.forms[name] for name in sorted(self.forms))
        cards = tuple(self._window())
        return Snapshot(len(self.journal), face_of(self.row), cards, forms, self._picks())

    def _picks(self) -> Picks:
        light, until_ms = self.light
        pinned = tuple(self.held[post] for post in self.pins)
        return Picks(pinned, self.held.get(light), until_ms)

    async def picks(self, wall: str) -> Picks:
        await asyncio.sleep(0)
        return self._picks()
