"""Collect: keeps every source of every wall running on one node each. Never dies of a source."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable, Sequence

from parvis.core.errors import Refused
from parvis.core.ports import Clock
from parvis.core.post import Raw
from parvis.core.wall import SourceSpec
from parvis.engine import Engine, Write
from parvis.flow.arrive import Arrived
from parvis.flow.lease import Leases
from parvis.flow.listening import Listening, health_of
from parvis.flow.recheck import Duty
from parvis.flow.road import Road
from parvis.plug.source import Source

log = logging.getLogger(__name__)

QUEUE = "source"

OpenSource = Callable[[SourceSpec], Source]
DutyOf = Callable[[SourceSpec], Duty | None]


class Collector:
    """Runs the sources that this node has the lease for; every node opens all, for their doors."""

    def __init__(
        self,
        road: Road,
        engine: Engine,
        *,
        open_source: OpenSource,
        clock: Clock,
        duty_of: DutyOf = lambda _: None,
        worker: str = "node",
        rng: random.Random | None = None,
    ) -> None:
        self._road = road
        self._engine = engine
        self._open = open_source
        self._clock = clock
        self._duty_of = duty_of
        self._rng = rng or random.Random()  # noqa: S311 - spreads retries, guards nothing
        self._open_ones: dict[str, Listening] = {}
        self._closed: dict[str, SourceSpec] = {}
        """Those that could not be opened, as they were declared then."""
        self._leases = Leases(engine, QUEUE, worker)
        self._one = asyncio.Lock()
        self._keeping: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Open and run every enabled source of every wall."""
        await self._settle()
        await self._claim()
        self._keeping = asyncio.create_task(self._keep_leases(), name="source leases")

    async def stop(self) -> None:
        """Cut every connection; any node may go on at once."""
        if self._keeping is not None:
            self._keeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeping
        for id_ in list(self._open_ones):
            await self._open_ones.pop(id_).close()
            await self._leases.give_back(id_, "Its node stopped.")

    def source(self, id_: str) -> Source | None:
        """The open source, for its doors."""
        listening = self._open_ones.get(id_)
        return listening.source if listening is not None else None

    def spec(self, id_: str) -> SourceSpec | None:
        """What was declared of it."""
        listening = self._open_ones.get(id_)
        return listening.spec if listening is not None else None

    def specs(self, wall: str) -> list[SourceSpec]:
        """What runs here for the wall."""
        return [each.spec for each in self._open_ones.values() if each.spec.wall == wall]

    def is_asking(self, id_: str) -> bool:
        """Whether it runs here and has not yet said how it is: what the store has is older."""
        listening = self._open_ones.get(id_)
        return listening is not None and listening.is_asking

    async def refresh(self, wall: str) -> None:
        """Make what runs for `wall` what is declared: changed sources are opened anew, dropped ones
        closed.
        """
        async with self._one:
            await self._adjust(wall)
            await self._claim()

    async def _settle(self) -> None:
        """The same for every wall, whichever node declared it."""
        walls = {wall.id for wall in await self._engine.walls()}
        for wall in sorted(walls | {each.spec.wall for each in self._open_ones.values()}):
            await self._adjust(wall)

    async def _adjust(self, wall: str) -> None:
        declared = {spec.id: spec for spec in await self._engine.sources(wall) if spec.enabled}
        for id_, listening in list(self._open_ones.items()):
            if listening.spec.wall == wall and declared.get(id_) != listening.spec:
                await self._open_ones.pop(id_).close()
                if id_ in declared:
                    await self._leases.give_back(id_)
                else:
                    await self._leases.end(id_)
        for id_, spec in list(self._closed.items()):
            if spec.wall == wall and declared.get(id_) != spec:
                del self._closed[id_]
        for spec in declared.values():
            if spec.id not in self._open_ones and spec.id not in self._closed:
                await self._begin(spec)

    async def receive_raws(self, source_id: str, raws: Sequence[Raw]) -> Arrived:
        """What came in by a door, read and kept; stored on return. Raises `Refused` for a source
        that does not run.
        """
        listening = self._open_ones.get(source_id)
        if listening is None:
            raise Refused(f"There is no source {source_id}.")
        return await listening.receive(raws)

    async def _begin(self, spec: SourceSpec) -> None:
        try:
            source = self._open(spec)
        except Refused as refused:
            self._closed[spec.id] = spec
            health = health_of(spec, False, str(refused), self._clock())
            await self._engine.write(Write((health,)))
            return
        self._open_ones[spec.id] = Listening(
            spec,
            source,
            self._road,
            self._engine,
            duty=self._duty_of(spec),
            peers=lambda: self._peers(spec.plugin),
            clock=self._clock,
            rng=self._rng,
        )
        await self._leases.offer(spec.id, spec.org)

    def _peers(self, plugin: str) -> int:
        return sum(other.spec.plugin == plugin for other in self._open_ones.values())

    # leases ---------------------------------------------------------------------------------------
    async def _keep_leases(self) -> None:
        broken = False
        while True:
            await asyncio.sleep(self._leases.renew_every_s)
            try:
                async with self._one:
                    for id_ in await self._leases.renew():
                        if (listening := self._open_ones.get(id_)) is not None:
                            await listening.stop()  # another node runs it now
                    await self._settle()
                    await self._claim()
                if broken:
                    log.info("lease.healed")
                broken = False
            except Exception as error:  # whatever it is, leases are renewed again
                if not broken:
                    log.warning("lease.broken", exc_info=error)
                broken = True

    async def _claim(self) -> None:
        while claimed := await self._leases.claim():
            if any(id_ not in self._open_ones for id_ in claimed):
                await self._settle()  # declared on another node, a moment ago
            for id_ in claimed:
                await self._take(id_)

    async def _take(self, id_: str) -> None:
        listening = self._open_ones.get(id_)
        if listening is not None:
            listening.start()
        elif id_ in self._closed:
            # what cannot be opened here may open elsewhere
            await self._leases.pass_on(id_, "It could not be opened.")
        else:
            await self._leases.end(id_)
