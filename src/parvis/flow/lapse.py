"""Lapse: a right that has ended takes its card off, at its moment, with a reason."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime

from parvis.core.errors import Conflict, Refused
from parvis.core.ports import Clock
from parvis.core.rights import Right
from parvis.core.verdict import Decision
from parvis.engine import Ending, Engine, Write
from parvis.engine.change import EndRights, PutRight
from parvis.flow import stage

log = logging.getLogger(__name__)

BY = "rule:rights"
AT_ONCE = 100
TRY_AGAIN_MS = 500
LOOK_AGAIN_MS = 30_000
"""How late the end of a right may be found that another node granted and did not live to mind."""

Outlived = Callable[[str, str], Awaitable[bool]]
"""Withdraws the post (key, organisation) that its network lets nobody keep; whether it did."""


class Lapse:
    """Ends rights. A person may approve the post again as soon as there is a ground for it."""

    at_start = True

    def __init__(
        self, engine: Engine, lanes: Mapping[str, asyncio.Lock], outlived: Outlived, clock: Clock
    ) -> None:
        self._engine = engine
        self._lanes = lanes
        self._outlived = outlived
        self._clock = clock

    async def take(self) -> int:
        """Take off what has lost its right; how many rights ended."""
        taken = 0
        while ended := await self._engine.ended_rights(self._clock(), AT_ONCE):
            before = taken
            for ending in ended:
                try:
                    taken += await self._end(ending)
                except Conflict:
                    log.debug("lapse.moved", extra={"wall": ending.wall})
            if taken == before:
                break
        return taken

    async def next_ms(self) -> int:
        """When the next right ends; a while from now when none does."""
        now_ms, end_ms = self._clock(), await self._engine.next_end()
        again_ms = now_ms + (TRY_AGAIN_MS if 0 < end_ms <= now_ms else LOOK_AGAIN_MS)
        return min(end_ms, again_ms) if end_ms > now_ms else again_ms

    async def _end(self, ending: Ending) -> int:
        wall, key = ending.wall, ending.post
        if await self._outlived(key, ending.org):
            return 1
        async with self._lanes[wall]:
            now_ms = self._clock()
            rights = await self._engine.rights(wall, key)
            left = [right for right in rights if not right.until_ms or now_ms < right.until_ms]
            known = (await self._engine.known(wall, [key], ending.org)).get(key)
            shown = bool(await self._engine.cards(wall, [key]))
            if known is None or known.placement is None or not shown or _covered(left, now_ms):
                await self._engine.write(_only_ended(ending, left, now_ms))
                return 1
            decision = Decision(
                state="pending",
                by=BY,
                why=why_ended(ending.right),
                at_ms=now_ms,
                code="rights",
                post_version=known.post.version,
            )
            refill = await stage.refill_of(self._engine, wall, key)
            try:
                await self._engine.write(stage.taken_off(known.placement, decision, refill))
            except Refused:  # withdrawn meanwhile: its card is off, its rights are ended
                return 1
        return 1


def why_ended(right: Right) -> str:
    """One sentence for whoever reads the journey."""
    at = datetime.fromtimestamp(right.until_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
    return f"The right to show it ({right.basis.replace('_', ' ')}) ended on {at}."


def _covered(rights: list[Right], now_ms: int) -> bool:
    return any(right.covers("wall", now_ms) for right in rights)


def _only_ended(ending: Ending, left: list[Right], now_ms: int) -> Write:
    """The rights that have ended go, those that have not stay."""
    stays = [PutRight(ending.wall, ending.post, right, ending.org) for right in left]
    return Write((EndRights(ending.wall, ending.post, now_ms), *stays))
