"""Tell: keeps every bridge of every wall running on one node each; never dies of a receiver."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable

from parvis.core.errors import Later, Refused
from parvis.core.event import Fact
from parvis.core.ports import Clock
from parvis.core.wall import BridgeSpec
from parvis.engine import Engine, Write
from parvis.flow.deliver import Delivery, health_of
from parvis.flow.lease import Leases
from parvis.flow.news import news_of
from parvis.flow.publish import PolicyOf
from parvis.plug.bridge import Bridge, News

log = logging.getLogger(__name__)

QUEUE = "bridge"

OpenBridge = Callable[[BridgeSpec], Bridge]


class Teller:
    """Runs the bridges that this node has the lease for; each in a task of its own."""

    def __init__(
        self,
        engine: Engine,
        *,
        open_bridge: OpenBridge,
        policy_of: PolicyOf,
        hash_of: Callable[[str], str],
        clock: Clock,
        worker: str = "node",
        rng: random.Random | None = None,
    ) -> None:
        self._engine = engine
        self._open = open_bridge
        self._policy_of = policy_of
        self._hash_of = hash_of
        self._clock = clock
        self._rng = rng or random.Random()  # noqa: S311 - spreads retries, guards nothing
        self._open_ones: dict[str, Delivery] = {}
        self._closed: dict[str, BridgeSpec] = {}
        """Those that could not be opened, as they were declared then."""
        self._leases = Leases(engine, QUEUE, worker)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._one = asyncio.Lock()
        self._keeping: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Open and run every enabled bridge of every wall."""
        await self.refresh()
        self._keeping = asyncio.create_task(self._keep(), name="bridge leases")

    async def stop(self) -> None:
        """Stop telling; cursors stand where the last told fact was, and any node may go on."""
        if self._keeping is not None:
            self._keeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeping
        async with self._one:
            for id_ in list(self._open_ones):
                await self._close(id_, for_good=False)

    async def refresh(self) -> None:
        """Make what runs what is declared: changed bridges are opened anew, dropped ones closed."""
        async with self._one:
            await self._settle()
            await self._claim()

    async def _settle(self) -> None:
        every = await self._engine.every_bridge()
        declared = {spec.id: spec for spec in every if spec.enabled}
        for id_, delivery in list(self._open_ones.items()):
            if declared.get(id_) != delivery.spec:
                await self._close(id_, for_good=id_ not in declared)
        self._closed = {i: spec for i, spec in self._closed.items() if declared.get(i) == spec}
        for spec in declared.values():
            if spec.id not in self._open_ones and spec.id not in self._closed:
                await self._begin(spec)

    async def _begin(self, spec: BridgeSpec) -> None:
        try:
            bridge = self._open(spec)
        except (Refused, Later) as error:
            self._closed[spec.id] = spec
            log.warning("bridge.closed", extra={"bridge": spec.id, "says": str(error)})
            health = health_of(spec, False, str(error), self._clock())
            await self._engine.write(Write((health,)))
            return
        self._open_ones[spec.id] = Delivery(
            spec,
            bridge,
            self._engine,
            describe=self._news,
            clock=self._clock,
            rng=self._rng,
        )
        await self._leases.offer(spec.id, spec.org)

    async def _news(self, fact: Fact) -> News:
        return await news_of(
            self._engine,
            fact,
            policy_of=self._policy_of,
            hash_of=self._hash_of,
            now_ms=self._clock(),
        )

    async def _close(self, id_: str, *, for_good: bool) -> None:
        delivery = self._open_ones.pop(id_)
        await self._halt(id_)
        with contextlib.suppress(Exception):
            await delivery.bridge.close()
        with contextlib.suppress(Later, OSError):  # else the lease runs out by itself
            if for_good:
                await self._leases.end(id_)
            else:
                await delivery.flush()
                await self._leases.give_back(id_)

    async def _halt(self, id_: str) -> None:
        task = self._tasks.pop(id_, None)
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    # leases ---------------------------------------------------------------------------------------
    async def _keep(self) -> None:
        """Hold the leases, and follow what other nodes declared."""
        broken = False
        while True:
            await asyncio.sleep(self._leases.renew_every_s)
            try:
                async with self._one:
                    for id_ in await self._leases.renew():
                        await self._halt(id_)  # another node tells now
                    await self._settle()
                    await self._claim()
                if broken:
                    log.info("bridge.leases_healed")
                broken = False
            except Exception as error:
                if not broken:
                    log.warning("bridge.leases_broken", exc_info=error)
                broken = True

    async def _claim(self) -> None:
        while claimed := await self._leases.claim():
            if any(id_ not in self._open_ones for id_ in claimed):
                await self._settle()  # declared elsewhere, a moment ago
            for id_ in claimed:
                await self._take(id_)

    async def _take(self, id_: str) -> None:
        delivery = self._open_ones.get(id_)
        if delivery is not None:
            await self._halt(id_)
            self._tasks[id_] = asyncio.create_task(delivery.run(), name=f"bridge {id_}")
        elif id_ in self._closed:
            # what cannot be opened here may open elsewhere
            await self._leases.pass_on(id_, "It could not be opened.")
        else:
            await self._leases.end(id_)
