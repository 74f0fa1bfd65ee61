"""The scale: how many bytes of visitors' bodies are in memory at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from parvis.web.problem import Failed

PATIENCE_S = 20.0


class Scale:
    """Lets in at most `most` bytes; whoever is too many waits, and is then turned away."""

    def __init__(self, most: int, patience_s: float = PATIENCE_S) -> None:
        self._most = most
        self._patience_s = patience_s
        self._changed = asyncio.Condition()
        self.held = 0

    @asynccontextmanager
    async def holding(self, size: int) -> AsyncIterator[None]:
        """Hold `size` bytes; raises `Failed` (503) when there is no room for them in time."""
        size = min(size, self._most)
        try:
            async with asyncio.timeout(self._patience_s), self._changed:
                await self._changed.wait_for(lambda: self.held + size <= self._most)
                self.held += size
        except TimeoutError:
            raise Failed(503, "Many people send pictures just now; try again.", 5.0) from None
        try:
            yield
        finally:
            async with self._changed:
                self.held -= size
                self._changed.notify_all()
