"""A source, followed as the collector follows it."""

from __future__ import annotations

import asyncio
from typing import Generic, TypeVar

from parvis.core.errors import Later, Refused
from parvis.core.post import Arrival, Gone, Post, Raw
from parvis.plug.source import Page, Source

S = TypeVar("S", bound=Source)


class Listening(Generic[S]):
    """A source, followed as the collector follows it, with what a wall would hold."""

    def __init__(self, source: S) -> None:
        self.source = source
        self.cursor = ""
        self.arrivals: list[Arrival] = []
        self.wall: dict[str, Post] = {}
        self.raws: list[Raw] = []
        self.ended: BaseException | None = None
        self.connected = 0
        self._task: asyncio.Task[None] | None = None

    async def follow(self) -> None:
        """Until the stream ends; what it ended with is kept."""
        self.connected += 1
        try:
            async for raw in self.source.stream(self.cursor):
                self.take(raw)
        except (Later, Refused) as error:
            self.ended = error

    async def keep_following(self) -> None:
        while not isinstance(self.ended, Refused):
            await self.follow()

    def take(self, raw: Raw) -> None:
        self.raws.append(raw)
        for arrival in self.source.read(raw):
            self.arrivals.append(arrival)
            if isinstance(arrival, Post):
                self.wall[arrival.key] = arrival
            elif isinstance(arrival, Gone):
                self._let_go(arrival)
        self.cursor = raw.cursor or self.cursor

    async def poll(self) -> Page:
        page = await self.source.poll(self.cursor)
        for raw in page.raws:
            self.take(raw)
        self.cursor = page.cursor
        return page

    def texts(self) -> list[str]:
        return sorted(post.text for post in self.wall.values())

    def _let_go(self, gone: Gone) -> None:
        for key, post in list(self.wall.items()):
            author = post.author.key if post.author else ""
            if gone.key == (author if gone.author else key):
                del self.wall[key]
