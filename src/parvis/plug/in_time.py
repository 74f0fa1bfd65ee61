"""Work for a caller who waits seconds only and calls again: begun once, and its result given to
whichever call comes when it is done.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from parvis.core.errors import Later

T = TypeVar("T")
MOST = 200


class InTime(Generic[T]):
    """Waits `within_s` for a piece of work; of more than `most` at once the oldest is given up."""

    def __init__(self, within_s: float, most: int = MOST) -> None:
        self.within_s = within_s
        self._most = most
        self._begun: dict[str, asyncio.Future[T]] = {}

    async def result(self, name: str, work: Callable[[], Awaitable[T]]) -> T:
        """What `work` gives, or raises. `Later` when it is not done in time: it goes on, and the
        next call by the same `name` finds it.
        """
        task = self._begun.get(name)
        if task is None:
            task = self._begun[name] = asyncio.ensure_future(work())
            task.add_done_callback(_heard)
            while len(self._begun) > self._most:
                self._begun.pop(next(iter(self._begun))).cancel()
        done, _ = await asyncio.wait({task}, timeout=self.within_s)
        if not done or task.cancelled():
            raise Later("What was sent is still being fetched; send it again in a moment.", 5.0)
        if self._begun.get(name) is task:
            del self._begun[name]
        return task.result()

    async def close(self) -> None:
        """Give up what is under way."""
        tasks = list(self._begun.values())
        self._begun.clear()
        for task in tasks:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks, return_exceptions=True)


def _heard(task: asyncio.Future[T]) -> None:
    """A failure that nobody comes back for is no fault of ours."""
    if not task.cancelled():
        task.exception()
