"""What the publisher has, who subscribed, and what is broken."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable
from datetime import UTC, datetime

import aiohttp
import msgspec


class Entry(msgspec.Struct):
    """One entry of the feeds."""

    id: str
    title: str
    text: str
    at: datetime
    image: str = ""


class Subscriber(msgspec.Struct, frozen=True):
    """Whom the hub pushes to."""

    callback: str
    topic: str
    secret: str
    lease_s: int


class Publisher:
    """The entries, who subscribed, and what is broken."""

    def __init__(self, entries: int, *, hub: bool) -> None:
        self.hub = hub
        self.signature = "sha256"
        self.entries: dict[str, Entry] = {}
        self.deleted: set[str] = set()
        self.subscribers: dict[tuple[str, str], Subscriber] = {}
        self.broken = ""
        self.times = 0
        self.not_modified = 0
        self._numbers = itertools.count(1)
        self._tasks: set[asyncio.Task[None]] = set()
        for number in range(entries):
            self.add(f"Entry {number + 1} from the square", f"The {number + 1}. <b>story</b>.")

    def add(self, title: str, text: str, id_: str = "", image: str = "") -> Entry:
        """A new entry, the newest."""
        number = next(self._numbers)
        entry = Entry(id_ or f"entry-{number}", title, text, datetime.now(UTC), image)
        self.entries[entry.id] = entry
        return entry

    def newest(self) -> list[Entry]:
        """The entries as feeds have them."""
        return list(reversed(self.entries.values()))

    def fails(self) -> str:
        """How this request fails, or ''."""
        how = self.broken
        if how and self.times > 0:
            self.times -= 1
            if not self.times:
                self.broken = ""
        return how

    def later(self, work: Awaitable[None]) -> None:
        """Runs `work` beside the answer."""
        task = asyncio.ensure_future(_quietly(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Ends what runs beside."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _quietly(work: Awaitable[None]) -> None:
    try:
        await work
    except (aiohttp.ClientError, OSError, TimeoutError):
        return  # a subscriber that cannot be reached is the subscriber's loss
