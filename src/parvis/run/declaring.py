"""Event files applied to a running house."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from parvis.core.errors import Conflict
from parvis.core.ports import Clock
from parvis.engine import Engine
from parvis.flow.collect import Collector
from parvis.flow.declare import carry_out, plan
from parvis.flow.tell import Teller
from parvis.run.event_file import read_event
from parvis.run.event_tables import Declared, Known
from parvis.web.live.hub import Hub
from parvis.web.room import Applied

TRIES = 20


class Declaring:
    """Applies event files, one at a time, whole or not at all."""

    def __init__(
        self,
        engine: Engine,
        collector: Collector,
        teller: Teller,
        hub: Hub,
        has: Known,
        clock: Clock,
    ) -> None:
        self._engine = engine
        self._collector = collector
        self._teller = teller
        self._hub = hub
        self._known = has
        self._clock = clock
        self._one = asyncio.Lock()
        self.runs = False
        """Set once the house runs: from then on an applied file moves its sources and bridges."""

    async def apply(self, text: str, dry: bool = False, where: str = "The event file") -> Applied:
        """Raises `Refused` before anything is written when anything in it is wrong."""
        declared = read_event(text, self._known, where)
        walls = tuple(each.wall.id for each in declared)
        async with self._one:
            said = await declare_all(self._engine, declared, self._known, self._clock, dry=dry)
            if dry:
                return Applied(walls, said, dry=True)
            if self.runs:
                for wall in walls:
                    await self._collector.refresh(wall)
                    await self._hub.warm(wall)
                await self._teller.refresh()
        return Applied(walls, said)

    async def moved(self, wall: str) -> None:
        """A wall is new or its sources changed: have them read, and follow it."""
        if self.runs:
            await self._collector.refresh(wall)
            await self._hub.warm(wall)


async def declare_all(
    engine: Engine, declared: Sequence[Declared], has: Known, clock: Clock, *, dry: bool = False
) -> tuple[str, ...]:
    """All walls in one write (`dry`: in none); what changes, as sentences. Planned again where
    panic, a vote or an editor was faster.
    """
    for _ in range(TRIES):
        plans = [
            await plan(
                engine,
                each.wall,
                each.sources,
                each.formats,
                has.opened,
                each.bridges,
                clock=clock,
            )
            for each in declared
        ]
        if not dry:
            try:
                await carry_out(engine, plans, clock())
            except Conflict:
                continue
        return tuple(said for each in plans for said in each.said)
    raise Conflict("The walls kept changing while the event file was applied; apply it again.")
