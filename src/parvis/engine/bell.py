"""Wakes those who follow a wall; it carries nothing, they read the rows themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


class Bell:
    """One per engine, on its event loop."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[asyncio.Event]] = {}

    @contextmanager
    def listening(self, wall: str) -> Iterator[asyncio.Event]:
        """An event that is set when something was told on `wall`."""
        event = asyncio.Event()
        self._listeners.setdefault(wall, set()).add(event)
        try:
            yield event
        finally:
            here = self._listeners[wall]
            here.discard(event)
            if not here:
                del self._listeners[wall]

    def ring(self, walls: Iterable[str]) -> None:
        """Wake the followers of these walls."""
        for wall in walls:
            for event in self._listeners.get(wall, ()):
                event.set()

    def ring_all(self) -> None:
        """Wake everybody."""
        self.ring(list(self._listeners))

    def __len__(self) -> int:
        return sum(len(events) for events in self._listeners.values())
