"""What a channel said lately, so that a reader who comes back is given what it missed."""

from __future__ import annotations

from collections import deque

DEAD_AT_LEAST = 64


class Entry:
    """One message as it goes over the wire: its sequence, what it is about, its server-sent event.

    An empty `body` says nothing any more: a later message about the same thing took its place.
    `lasts` marks the messages that keep their place in the order (a post goes, the wall's capacity
    changes): what a screen cuts off the end of its wall depends on them.
    """

    __slots__ = ("body", "lasts", "seq", "subject")

    def __init__(self, seq: int, subject: str, body: bytes, lasts: bool = False) -> None:
        self.seq = seq
        self.subject = subject
        self.body = body
        self.lasts = lasts


class Ring:
    """Entries in order, at most `limit` bytes of them.

    Every message after `floor` that still says something is here. A message about a post takes the
    earlier ones about it out: what was withdrawn or corrected is never replayed.
    """

    def __init__(self, floor: int, limit: int) -> None:
        self.floor = floor
        self.size = 0
        self._limit = limit
        self._entries: deque[Entry] = deque()
        self._latest: dict[str, Entry] = {}
        self._dead = 0

    def __len__(self) -> int:
        return len(self._entries) - self._dead

    def add(self, entry: Entry) -> None:
        """Append the newest entry."""
        earlier = self._latest.get(entry.subject)
        if earlier is not None and not earlier.lasts:
            self.size -= len(earlier.body)
            earlier.body = b""
            self._dead += 1
        self._latest[entry.subject] = entry
        self._entries.append(entry)
        self.size += len(entry.body)
        self._evict()

    def between(self, after: int, until: int) -> list[Entry]:
        """What was said after `after` up to `until`, oldest first; whole from `floor` on."""
        found: list[Entry] = []
        for entry in reversed(self._entries):
            if entry.seq <= after:
                break
            if entry.seq <= until and entry.body:
                found.append(entry)
        found.reverse()
        return found

    def outdates(self, entry: Entry) -> bool:
        """Whether something newer was said that takes the entry's place."""
        latest = self._latest.get(entry.subject)
        return not entry.lasts and latest is not None and latest.seq > entry.seq

    def _evict(self) -> None:
        entries = self._entries
        while self.size > self._limit:
            oldest = entries.popleft()
            if oldest.body:
                self.floor = oldest.seq
                self.size -= len(oldest.body)
                if self._latest[oldest.subject] is oldest:
                    del self._latest[oldest.subject]
            else:
                self._dead -= 1
        if self._dead > max(DEAD_AT_LEAST, len(self)):
            self._entries = deque(entry for entry in entries if entry.body)
            self._dead = 0
