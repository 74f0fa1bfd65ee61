"""Retain: what is older than its wall keeps posts is withdrawn and erased, by itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import get_args

from parvis.core.ports import Clock
from parvis.core.verdict import State, is_final
from parvis.engine import Engine, Placement

EVERY_MS = 3600 * 1000
AT_ONCE = 100
DAY_MS = 24 * 3600 * 1000
BY = "rule:retention"
WHY = "It was kept for as long as its wall keeps posts."

Take = Callable[[str, str], Awaitable[int]]
"""Withdraws a post (key, organisation)."""


class Retention:
    """Looks once an hour; a post on several walls stays until the last of them lets it go."""

    at_start = False

    def __init__(self, engine: Engine, take: Take, clock: Clock) -> None:
        self._engine = engine
        self._take = take
        self._clock = clock

    async def take(self) -> int:
        """Withdraw what is due now; how many posts."""
        days = {wall.id: wall.retention_days for wall in await self._engine.walls()}
        taken = 0
        for wall in days:
            for state in get_args(State):
                if not is_final(state):
                    taken += await self._expire(wall, state, days)
        return taken

    async def next_ms(self) -> int:
        """In an hour: days need no better."""
        return self._clock() + EVERY_MS

    async def _expire(self, wall: str, state: State, days: dict[str, int]) -> int:
        taken, busy = 0, True
        while busy:
            busy = False
            for placement in await self._engine.oldest(wall, state, AT_ONCE):
                if self._is_due(placement, days) and await self._let_go(placement.post, days):
                    taken += 1
                    busy = True
        return taken

    async def _let_go(self, post: str, days: dict[str, int]) -> bool:
        everywhere = await self._engine.placements(post)
        if not all(self._is_due(each, days) for each in everywhere):
            return False
        return bool(await self._take(post, "main"))

    def _is_due(self, placement: Placement, days: dict[str, int]) -> bool:
        age_ms = self._clock() - placement.received_at_ms
        return age_ms > days.get(placement.wall, 0) * DAY_MS
