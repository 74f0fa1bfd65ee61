"""Server-sent events as Mastodon writes them.

Heartbeats (`:)`, `:thump`) are single lines without a blank line, glued before whatever follows.
An event without its closing blank line was cut and is not given: its number of bytes is unknown.
"""

from __future__ import annotations

from typing import NamedTuple


class Event(NamedTuple):
    """One event; `data` may be empty."""

    name: str
    data: bytes


class Events:
    """Takes lines without their ends, gives events as they become whole."""

    def __init__(self) -> None:
        self._name = ""
        self._data: list[bytes] = []

    def take(self, line: bytes) -> Event | None:
        """The event that `line` completes."""
        if not line:
            name, data = self._name, b"\n".join(self._data)
            self._name, self._data = "", []
            return Event(name or "message", data) if name or data else None
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"event":
            self._name = value[:60].decode("utf-8", "replace")
        elif field == b"data":
            self._data.append(value)
        return None
