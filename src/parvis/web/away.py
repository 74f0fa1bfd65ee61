"""The store is away: what this process still knows is answered instead, for as long as it lasts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from parvis.core.errors import Later

log = logging.getLogger("parvis.web")

PATIENCE_S = 2.0
"""How long a page waits for the store before it is made from memory."""
AGAIN_S = 1.0
"""How long after a failure the store is left alone."""
T = TypeVar("T")


class Away:
    """Asks the store; logs once when it does not answer, and once when it does again."""

    def __init__(self, *, patience_s: float = PATIENCE_S, again_s: float = AGAIN_S) -> None:
        self._patience_s = patience_s
        self._again_s = again_s
        self._broken: Later | None = None
        self._until = 0.0

    @property
    def here(self) -> bool:
        """Whether the store answered when it was asked last."""
        return self._broken is None

    async def ask(self, read: Callable[[], Awaitable[T]], instead: Callable[[Later], T]) -> T:
        """What `read` says; what `instead` says while the store is away, which may raise."""
        loop = asyncio.get_running_loop()
        if self._broken is not None and loop.time() < self._until:
            return instead(self._broken)
        try:
            async with asyncio.timeout(self._patience_s):
                found = await read()
        except (Later, OSError) as error:
            later = error if isinstance(error, Later) else Later("The store does not answer.", 1.0)
            if self._broken is None:
                log.warning("web.store_away", extra={"error": type(error).__name__})
            self._broken, self._until = later, loop.time() + self._again_s
            return instead(later)
        if self._broken is not None:
            log.info("web.store_back")
            self._broken = None
        return found
