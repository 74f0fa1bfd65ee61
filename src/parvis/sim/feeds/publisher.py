"""What the publisher has, who subscribed, and what is broken."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import msgspec

from parvis.sim.hub import Hub


class Entry(msgspec.Struct):
    """One entry of the feeds."""

    id: str
    title: str
    text: str
    at: datetime
    image: str = ""


class Publisher(Hub):
    """The entries, who subscribed, and what is broken."""

    def __init__(self, entries: int, *, hub: bool) -> None:
        super().__init__()
        self.hub = hub
        self.entries: dict[str, Entry] = {}
        self.deleted: set[str] = set()
        self.broken = ""
        self.times = 0
        self.not_modified = 0
        self._numbers = itertools.count(1)
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
