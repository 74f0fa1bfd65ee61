"""Collect: keeps every source of every wall running: streams, else polls; leases, back-off, health.
Never dies of a source.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable, Sequence

from parvis.core.errors import Later, Refused
from parvis.core.ports import Clock
from parvis.core.post import Arrival, Raw
from parvis.core.wall import SourceSpec
from parvis.engine import Engine, Job, Write
from parvis.engine.change import Enqueue, PutHealth
from parvis.flow.recheck import Duty, Recheck
from parvis.flow.road import Receipt, Road
from parvis.plug.source import Source

log = logging.getLogger(__name__)

QUEUE = "source"
LEASE_S = 30.0
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 300.0
REFUSED_WAIT_S = 300.0
"""A refused source is asked again this rarely: a key may have been mended, but nobody is stormed.
"""

OpenSource = Callable[[SourceSpec], Source]
DutyOf = Callable[[SourceSpec], Duty | None]


class Running:
    """One open source and the tasks that run it: one listens, one asks after what is on show."""

    def __init__(self, spec: SourceSpec, source: Source) -> None:
        self.spec = spec
        self.source = source
        self.recheck: Recheck
        self.tasks: list[asyncio.Task[None]] = []
        self.healthy: bool | None = None
        self.says = ""
        self.trouble = ""
        self.told: tuple[bool, str] | None = None

    async def stop(self) -> None:
        """Cancel its tasks and wait for them."""
        tasks, self.tasks = self.tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Collector:
    """Runs the sources that this node has the lease for; each in a task of its own."""

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
        self._worker = worker
        self._rng = rng or random.Random()  # noqa: S311 - spreads retries, guards nothing
        self._running: dict[str, Running] = {}
        self._leases: dict[str, Job] = {}
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Open and run every enabled source of every wall."""
        for wall in await self._engine.walls():
            await self.refresh(wall.id)
        self._task = asyncio.create_task(self._keep_leases(), name="source leases")

    async def stop(self) -> None:
        """Cut every connection; cursors stand where the last stored post was."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        for id_ in list(self._running):
            await self._close(id_, stopping=True)

    def source(self, id_: str) -> Source | None:
        """The open source, for its doors."""
        running = self._running.get(id_)
        return running.source if running is not None else None

    def spec(self, id_: str) -> SourceSpec | None:
        """What was declared of it."""
        running = self._running.get(id_)
        return running.spec if running is not None else None

    async def refresh(self, wall: str) -> None:
        """Make what runs for `wall` what is declared: changed sources are opened anew, dropped ones
        closed.
        """
        declared = {spec.id: spec for spec in await self._engine.sources(wall) if spec.enabled}
        for id_, running in list(self._running.items()):
            if running.spec.wall == wall and declared.get(id_) != running.spec:
                await self._close(id_)
        for spec in declared.values():
            if spec.id not in self._running:
                await self._begin(spec)

    async def receive_raws(self, source_id: str, raws: Sequence[Raw]) -> Receipt:
        """What came in by a door, read and kept; stored on return. Raises `Refused` for a source
        that does not run.
        """
        running = self._running.get(source_id)
        if running is None:
            raise Refused(f"There is no source {source_id}.")
        arrivals: list[Arrival] = []
        for raw in raws:
            arrivals.extend(running.source.read(raw))
        return await self._road.receive(running.spec, arrivals)

    # running --------------------------------------------------------------------------------------
    async def _begin(self, spec: SourceSpec) -> None:
        try:
            source = self._open(spec)
        except Refused as refused:
            await self._put_health(spec, False, str(refused))
            return
        running = Running(spec, source)
        running.recheck = self._recheck(running)
        self._running[spec.id] = running
        await self._engine.write(Write((Enqueue(QUEUE, spec.id, max_attempts=1_000_000),)))
        await self._claim()

    async def _close(self, id_: str, *, stopping: bool = False) -> None:
        running = self._running.pop(id_)
        await running.stop()
        job = self._leases.pop(id_, None)
        if job is not None and stopping:  # another node may run it at once
            await self._engine.retry(job, in_s=0, because="Its node stopped.")
        elif job is not None:
            await self._engine.done(job)
        with contextlib.suppress(Exception):
            await running.source.close()

    async def _keep_leases(self) -> None:
        while True:
            await asyncio.sleep(LEASE_S / 3)
            try:
                for id_, job in list(self._leases.items()):
                    if not await self._engine.renew(job, LEASE_S):
                        await self._lose(id_)
                await self._claim()
            except (Later, OSError) as error:
                log.warning("lease.broken", extra={"error": type(error).__name__})

    async def _lose(self, id_: str) -> None:
        """Another node runs this source now."""
        self._leases.pop(id_, None)
        if (running := self._running.get(id_)) is not None:
            await running.stop()

    async def _claim(self) -> None:
        for job in await self._engine.claim(QUEUE, worker=self._worker, limit=100, lease_s=LEASE_S):
            running = self._running.get(job.key)
            if running is None:
                await self._engine.done(job)
                continue
            self._leases[job.key] = job
            if not running.tasks:
                asks = running.recheck.run()
                running.tasks = [
                    asyncio.create_task(self._run(running), name=f"source {job.key}"),
                    asyncio.create_task(asks, name=f"recheck {job.key}"),
                ]

    async def _run(self, running: Running) -> None:
        """Until cancelled: stream where the network streams, else poll; every failure is said, none
        is fatal.
        """
        if not (running.source.streams or running.source.polls):
            await self._probe(running)
            return
        wait_s, streams, cut = FIRST_WAIT_S, running.source.streams, False
        await self._probe(running)
        while True:
            began_ms = self._clock()
            try:
                if streams:
                    if cut:
                        with contextlib.suppress(Refused):
                            await running.recheck.newest()
                    await self._stream(running)
                    raise Later("The connection was closed.")
                await self._poll(running)
                wait_s, cut = FIRST_WAIT_S, False
                continue
            except Refused as refused:
                if streams and running.source.polls:
                    streams = False
                    log.info("source.polls", extra={"source": running.spec.id})
                    await self._say(running, True, f"{refused} It is asked at intervals instead.")
                    continue
                await self._say(running, False, str(refused))
                pause_s = REFUSED_WAIT_S
            except Later as later:
                if self._clock() - began_ms > LONGEST_WAIT_S * 1000:
                    wait_s = FIRST_WAIT_S
                pause_s = max(later.retry_after_s, self._rng.uniform(0, wait_s))
                wait_s = min(wait_s * 2, LONGEST_WAIT_S)
                if cut or not streams:
                    await self._say(running, False, str(later))
            except asyncio.CancelledError:
                raise
            except Exception as error:
                log.exception("source.bug", extra={"source": running.spec.id})
                await self._say(
                    running,
                    False,
                    f"A fault in parvis stopped it ({type(error).__name__}); it is tried again.",
                )
                pause_s = self._rng.uniform(0, wait_s)
                wait_s = min(wait_s * 2, LONGEST_WAIT_S)
            cut = True
            await asyncio.sleep(pause_s)

    async def _stream(self, running: Running) -> None:
        cursor = await self._engine.cursor(running.spec.id)
        stream = running.source.stream(cursor)
        async for raw in stream:
            await self._keep(running, [raw], raw.cursor or None)
            await self._say(running, True, "Listening.")

    async def _poll(self, running: Running) -> None:
        page = await running.source.poll(await self._engine.cursor(running.spec.id))
        await self._keep(running, page.raws, page.cursor)
        if page.raws or running.healthy is not True:
            await self._say(running, True, f"Asked every {page.again_in_s:.0f} s.")
        if not page.more:
            await asyncio.sleep(page.again_in_s)

    async def _keep(self, running: Running, raws: Sequence[Raw], cursor: str | None) -> None:
        arrivals: list[Arrival] = []
        for raw in raws:
            arrivals.extend(running.source.read(raw))
        receipt = await self._road.receive(running.spec, arrivals, cursor=cursor)
        if receipt.unreadable:
            log.info(
                "source.unreadable", extra={"source": running.spec.id, "items": receipt.unreadable}
            )

    def _recheck(self, running: Running) -> Recheck:
        async def keep(raw: Raw) -> None:
            await self._keep(running, [raw], None)

        async def say(trouble: str) -> None:
            if running.trouble != trouble:
                running.trouble = trouble
                await self._tell(running)

        def peers() -> int:
            plugin = running.spec.plugin
            return sum(other.spec.plugin == plugin for other in self._running.values())

        return Recheck(
            self._engine,
            running.spec,
            running.source,
            self._duty_of(running.spec),
            keep=keep,
            say=say,
            peers=peers,
            clock=self._clock,
            rng=self._rng,
        )

    async def _probe(self, running: Running) -> None:
        probe = await running.source.probe()
        await self._say(running, probe.ok, probe.says, nearest=probe.nearest)

    async def _say(self, running: Running, healthy: bool, says: str, *, nearest: str = "") -> None:
        """How its listening is."""
        running.healthy, running.says = healthy, says
        await self._tell(running, nearest)

    async def _tell(self, running: Running, nearest: str = "") -> None:
        """Write it down when it changed; log once when it breaks and once when it heals."""
        healthy = running.healthy is not False and not running.trouble
        says = " ".join(filter(None, (running.says, running.trouble)))
        was = running.told
        if was == (healthy, says):
            return
        running.told = (healthy, says)
        if (not healthy) if was is None else was[0] != healthy:
            event = "source.healed" if healthy else "source.broken"
            log.log(
                logging.INFO if healthy else logging.WARNING,
                event,
                extra={"source": running.spec.id, "says": says},
            )
        await self._put_health(running.spec, healthy, says, nearest)

    async def _put_health(
        self, spec: SourceSpec, healthy: bool, says: str, nearest: str = ""
    ) -> None:
        health = PutHealth(spec.id, spec.wall, healthy, says, self._clock(), nearest)
        await self._engine.write(Write((health,)))
