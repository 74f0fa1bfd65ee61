"""The scale: how many bytes of visitors' bodies are in memory at once.

Weighed is what has come, not what was announced: whoever announces much and sends nothing takes no
room from the others.
"""

from __future__ import annotations

import asyncio
from types import TracebackType

from parvis.web.problem import Failed

PATIENCE_S = 20.0


class Scale:
    """At most `most` bytes, of bodies of at most `longest`; whoever is too many waits, and is then
    turned away. The last `longest` bytes are for the body that began to come first, so that one
    always comes to its end, however many are half there.
    """

    def __init__(self, most: int, longest: int, patience_s: float = PATIENCE_S) -> None:
        self._most = most
        self._spared = min(longest, most)
        self._patience_s = patience_s
        self._changed = asyncio.Condition()
        self._coming: dict[Held, None] = {}
        self.held = 0

    def enter(self) -> Held:
        """A body of which nothing came yet."""
        return Held(self)

    async def take(self, held: Held, size: int) -> None:
        """Room for `size` bytes more; raises `Failed` (503) when there is none in time."""
        self._coming.setdefault(held)
        if self._has_room(held, size):
            self.held += size
            return
        try:
            async with asyncio.timeout(self._patience_s), self._changed:
                await self._changed.wait_for(lambda: self._has_room(held, size))
                self.held += size
        except TimeoutError:
            raise Failed(503, "Many people send pictures just now; try again.", 5.0) from None

    def _has_room(self, held: Held, size: int) -> bool:
        first = next(iter(self._coming), None)
        most = self._most if first is held else self._most - self._spared
        return self.held + size <= most

    async def arrived(self, held: Held) -> None:
        """It needs no more room, and the next one is the first."""
        self._coming.pop(held, None)
        async with self._changed:
            self._changed.notify_all()

    async def give_back(self, held: Held, size: int) -> None:
        """Its bytes are needed no more."""
        self._coming.pop(held, None)
        self.held -= size
        async with self._changed:
            self._changed.notify_all()


class Held:
    """The bytes of one body, from the first until nobody needs them."""

    def __init__(self, scale: Scale) -> None:
        self._scale = scale
        self._size = 0

    async def __aenter__(self) -> Held:
        return self

    async def weigh(self, size: int) -> None:
        """So many more came; waits for room for them."""
        await self._scale.take(self, size)
        self._size += size

    async def whole(self) -> None:
        """No more come."""
        await self._scale.arrived(self)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        size, self._size = self._size, 0
        await self._scale.give_back(self, size)
