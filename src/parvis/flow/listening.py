"""Listening: one source and its two tasks; one streams or polls, one asks after what is on show.

Every failure is said, none is fatal.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable, Sequence

from parvis.core.errors import Later, Refused
from parvis.core.ports import Clock
from parvis.core.post import Arrival, Post, Raw
from parvis.core.wall import SourceSpec
from parvis.engine import Engine, Write
from parvis.engine.change import PutHealth
from parvis.flow.arrive import Arrived
from parvis.flow.recheck import Duty, Recheck
from parvis.flow.road import Road
from parvis.plug.source import Probe, Source

log = logging.getLogger(__name__)

FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 300.0
REFUSED_WAIT_S = 300.0
"""A refused source is asked again this rarely: a key may have been mended, but nobody is stormed.
"""


class Listening:
    """One open source. `peers`: how many sources share its network's allowance."""

    def __init__(
        self,
        spec: SourceSpec,
        source: Source,
        road: Road,
        engine: Engine,
        *,
        duty: Duty | None,
        peers: Callable[[], int],
        clock: Clock,
        rng: random.Random,
    ) -> None:
        self.spec = spec
        self.source = source
        self._road = road
        self._engine = engine
        self._clock = clock
        self._rng = rng
        self._tasks: list[asyncio.Task[None]] = []
        self._healthy: bool | None = None
        self._says = ""
        self._trouble = ""
        self._unstreamed = ""
        """Why it is asked at intervals though its network streams."""
        self._found: Probe | None = None
        """What the network said when it was asked what it has; said until a post arrives."""
        self._heard = False
        self._told: tuple[bool, str, str] | None = None
        self._written = False
        self._recheck = Recheck(
            engine,
            spec,
            source,
            duty,
            keep=self._keep_again,
            say=self._say_trouble,
            peers=peers,
            clock=clock,
            rng=rng,
        )

    @property
    def is_asking(self) -> bool:
        """Whether it runs here and its health is not written yet."""
        return bool(self._tasks) and not self._written

    def start(self) -> None:
        """Begin, unless it runs."""
        if not self._tasks:
            name = self.spec.id
            self._tasks = [
                asyncio.create_task(self._run(), name=f"source {name}"),
                asyncio.create_task(self._recheck.run(), name=f"recheck {name}"),
            ]

    async def stop(self) -> None:
        """Cut the connection; the cursor stands where the last stored post was."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def close(self) -> None:
        """Stop, and let the source go."""
        await self.stop()
        with contextlib.suppress(Exception):
            await self.source.close()

    async def receive(self, raws: Sequence[Raw], *, cursor: str | None = None) -> Arrived:
        """Read and kept; stored on return."""
        arrivals = self._read(raws)
        receipt = await self._road.receive(self.spec, arrivals, cursor=cursor)
        if not self._heard and any(isinstance(each, Post) for each in arrivals):
            self._heard = True
            if self._told is not None:
                await self._tell()
        return receipt

    def _read(self, raws: Sequence[Raw]) -> list[Arrival]:
        arrivals: list[Arrival] = []
        for raw in raws:
            arrivals.extend(self.source.read(raw))
        return arrivals

    async def _run(self) -> None:
        """Until cancelled: stream where the network streams, else poll; every failure is said, none
        is fatal.
        """
        if not (self.source.streams or self.source.polls):
            await self._probe()
            return
        wait_s, streams, cut = FIRST_WAIT_S, self.source.streams, False
        await self._probe()
        while True:
            began_ms = self._clock()
            try:
                if cut and self._found is None:
                    await self._find()
                if streams:
                    if cut:
                        with contextlib.suppress(Refused):
                            await self._recheck.newest()
                    await self._stream()
                    raise Later("The connection was closed.")
                await self._poll()
                wait_s, cut = FIRST_WAIT_S, False
                continue
            except Refused as refused:
                if streams and self.source.polls:
                    streams, self._unstreamed = False, f"{refused} "
                    log.info(
                        "source.polls", extra={"source": self.spec.id, "because": str(refused)}
                    )
                    continue  # whether asking does better is said once it did
                await self._say(False, str(refused))
                pause_s = REFUSED_WAIT_S
            except Later as later:
                if self._clock() - began_ms > LONGEST_WAIT_S * 1000:
                    wait_s = FIRST_WAIT_S
                pause_s = max(later.retry_after_s, self._rng.uniform(0, wait_s))
                wait_s = min(wait_s * 2, LONGEST_WAIT_S)
                if cut or not streams:
                    await self._say(False, str(later))
            except asyncio.CancelledError:
                raise
            except Exception as error:
                log.exception("source.bug", extra={"source": self.spec.id})
                await self._say(
                    False,
                    f"A fault in parvis stopped it ({type(error).__name__}); it is tried again.",
                )
                pause_s = self._rng.uniform(0, wait_s)
                wait_s = min(wait_s * 2, LONGEST_WAIT_S)
            cut = True
            await asyncio.sleep(pause_s)

    async def _stream(self) -> None:
        cursor = await self._engine.cursor(self.spec.id)
        stream = self.source.stream(cursor)
        async for raw in stream:
            await self._keep([raw], raw.cursor or None)
            await self._say(True, "Listening.")

    async def _poll(self) -> None:
        page = await self.source.poll(await self._engine.cursor(self.spec.id))
        await self._keep(page.raws, page.cursor)
        why = self._unstreamed
        if page.raws or self._healthy is not True or not self._says.startswith(why):
            await self._say(True, f"{why}Asked every {page.again_in_s:.0f} s.")
        if not page.more:
            await asyncio.sleep(page.again_in_s)

    async def _keep(self, raws: Sequence[Raw], cursor: str | None) -> None:
        self._note(await self.receive(raws, cursor=cursor))

    async def _keep_again(self, raw: Raw) -> None:
        """What is on show already says nothing of whether more comes."""
        self._note(await self._road.receive(self.spec, self._read([raw]), cursor=None))

    def _note(self, arrived: Arrived) -> None:
        if arrived.unreadable:
            log.info(
                "source.unreadable", extra={"source": self.spec.id, "items": arrived.unreadable}
            )

    async def _say_trouble(self, trouble: str) -> None:
        if self._trouble != trouble:
            self._trouble = trouble
            await self._tell()

    async def _probe(self) -> None:
        probe = await self._find()
        await self._say(probe.ok, probe.says)

    async def _find(self) -> Probe:
        """What the network has of what we ask for; not said by itself, for listening may fail."""
        try:
            probe = await self.source.probe()
        except Exception as error:  # what is wrong is learnt again, and told, by listening
            log.exception("source.bug", extra={"source": self.spec.id})
            probe = Probe(ok=False, says=f"A fault in parvis ({type(error).__name__}).")
        self._found = probe if probe.ok else None
        return probe

    async def _say(self, healthy: bool, says: str) -> None:
        """How its listening is."""
        self._healthy, self._says = healthy, says
        await self._tell()

    async def _tell(self) -> None:
        """Write it down when it changed; log once when it breaks and once when it heals.

        Until a post arrives, what was found stands beside it: a misspelt hashtag is quiet, not ill.
        """
        healthy = self._healthy is not False and not self._trouble
        found = self._found if not self._heard else None
        parts = [self._says, self._trouble]
        if found is not None and self._healthy and found.says != self._says:
            parts.insert(0, found.says)
        says = " ".join(filter(None, parts))
        nearest = found.nearest if found is not None else ""
        was = self._told
        if was == (healthy, says, nearest):
            return
        self._told = (healthy, says, nearest)
        if (not healthy) if was is None else was[0] != healthy:
            event = "source.healed" if healthy else "source.broken"
            log.log(
                logging.INFO if healthy else logging.WARNING,
                event,
                extra={"source": self.spec.id, "says": says},
            )
        health = health_of(self.spec, healthy, says, self._clock(), nearest)
        try:
            await self._engine.write(Write((health,)))
        except (Later, OSError):  # a store that is away must not end the source; it is said again
            self._told = None if was is None else (was[0], "", "")
        else:
            self._written = True


def health_of(
    spec: SourceSpec, healthy: bool, says: str, at_ms: int, nearest: str = ""
) -> PutHealth:
    """How a source is now."""
    return PutHealth(spec.id, spec.wall, healthy, says, at_ms, nearest)
