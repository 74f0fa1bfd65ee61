"""Expire: what ends by the clock ends by itself, at its moment: one task, one list of endings.

Nothing is scanned: each ending says when it is due next, and nothing is asked before.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from typing import Protocol

from parvis.core.errors import Later
from parvis.core.ports import Clock

log = logging.getLogger(__name__)

LOOK_S = 1.0
"""The clock is looked at this often: it may be set while we wait."""
TRY_AGAIN_MS = 1_000
LONG_MS = 60_000
NEVER_MS = 2**62


class Ending(Protocol):
    """One kind of thing that ends by the clock; each node may take it, the first one does."""

    at_start: bool
    """Whether nothing may be served before it was taken once."""

    async def take(self) -> int:
        """End what is due now; how many. Raises `Later` or OSError when the store is away."""
        ...

    async def next_ms(self) -> int:
        """When to take again."""
        ...


class Expiry:
    """Takes each ending at its moment, and what ended while parvis was off at the start."""

    def __init__(self, endings: Sequence[Ending], clock: Clock) -> None:
        self._endings = endings
        self._clock = clock
        self._due = [0] * len(endings)
        self._one = asyncio.Lock()
        self._sooner = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._broken = False

    async def start(self) -> None:
        """Take what ended meanwhile; on return no screen can get it. Then go on in a task."""
        await self._round(at_start=True)
        self._task = asyncio.create_task(self._work(), name="expire")

    async def stop(self) -> None:
        """Stop; what is due is taken at the next start."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def take(self) -> int:
        """End all that is due now; how many."""
        async with self._one:
            return sum([await ending.take() for ending in self._endings])

    def mind(self, ending: Ending, at_ms: int) -> None:
        """Something ends at `at_ms` that was not known when `ending` said when it is due next."""
        place = self._endings.index(ending)
        if at_ms < self._due[place]:
            self._due[place] = at_ms
            self._sooner.set()

    async def _round(self, *, at_start: bool = False) -> None:
        """Take the endings whose moment has come; those that cannot be taken are tried again."""
        for place, ending in enumerate(self._endings):
            if self._clock() < self._due[place] or (at_start and not ending.at_start):
                continue
            self._due[place] = NEVER_MS  # what is minded while it is taken is not lost
            try:
                async with self._one:
                    await ending.take()
                next_ms = await ending.next_ms()
                self._say(broken="")
            except (Later, OSError) as error:
                self._say(broken=type(error).__name__)
                next_ms = self._clock() + TRY_AGAIN_MS
            except Exception as error:
                log.exception("expire.bug")
                self._say(broken=type(error).__name__)
                next_ms = self._clock() + LONG_MS
            self._due[place] = min(self._due[place], next_ms)

    def _say(self, broken: str) -> None:
        if broken and not self._broken:
            log.warning("expire.broken", extra={"error": broken})
        elif self._broken and not broken:
            log.info("expire.healed")
        self._broken = bool(broken)

    async def _work(self) -> None:
        last_ms = self._clock()
        while True:
            if self._clock() < last_ms:  # it was set back, and with it every moment to wait for
                self._due = [0] * len(self._due)
            last_ms = self._clock()
            await self._round()
            self._sooner.clear()
            wait_s = (min(self._due) - self._clock()) / 1000
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(max(wait_s, 0.0), LOOK_S)):
                    await self._sooner.wait()
