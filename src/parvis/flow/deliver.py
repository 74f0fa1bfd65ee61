"""Deliver: one bridge on its wall's feed, from its cursor on, in order, one fact at a time.

What the receiver does costs this bridge alone: it waits here, in a task of its own. The cursor
moves in the store after the receiver has taken a fact, so a restart tells at most that one again.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable

from parvis.core.errors import Later, Refused
from parvis.core.event import Fact
from parvis.core.ports import Clock
from parvis.core.wall import BridgeSpec
from parvis.engine import Engine, Write
from parvis.engine.change import MoveBridge, PutBridgeHealth, SetAside
from parvis.plug.backoff import delay_s
from parvis.plug.bridge import Bridge, News

log = logging.getLogger(__name__)

FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 300.0
DEADLINE_S = 60.0
GIVE_UP_AFTER_MS = 24 * 3600 * 1000
"""A fact that was not taken for so long is set aside, so that it does not hold back all others."""
FAULTS = 5
"""A fact that makes the extension fail so often is set aside."""
UNWRITTEN = 200
"""So many facts that nobody wants may pass before the cursor is written for them alone."""
READY = "Waits for something to tell."
TELLING = "Telling."

Describe = Callable[[Fact], Awaitable[News]]


class Delivery:
    """One open bridge. `run` ends only when cancelled; `flush` then writes where it stands."""

    def __init__(
        self,
        spec: BridgeSpec,
        bridge: Bridge,
        engine: Engine,
        *,
        describe: Describe,
        clock: Clock,
        rng: random.Random,
    ) -> None:
        self.spec = spec
        self.bridge = bridge
        self._engine = engine
        self._describe = describe
        self._clock = clock
        self._rng = rng
        self._passed = 0
        self._written = 0
        self._refusals = 0
        self._healthy: bool | None = None
        self._says = ""

    async def run(self) -> None:
        """Tell what happens, for ever; trouble with the store is waited out."""
        failures = 0
        while True:
            try:
                self._passed = self._written = await self._engine.bridge_cursor(self.spec.id)
                if self._healthy is None:
                    await self._say(True, READY)
                async for facts in self._engine.follow(self.spec.wall, self._passed):
                    for fact in facts:
                        await self._tell(fact)
                    if failures:
                        log.info("bridge.store_healed", extra={"bridge": self.spec.id})
                    failures = 0
            except Exception as error:
                if not failures:
                    log.warning(
                        "bridge.store_broken", exc_info=error, extra={"bridge": self.spec.id}
                    )
                failures += 1
            await self._pause(failures)

    async def flush(self) -> None:
        """Write the cursor past what nobody wanted."""
        if self._passed > self._written:
            await self._engine.write(Write((self._moved(self._passed),)))
            self._written = self._passed

    async def _tell(self, fact: Fact) -> None:
        """Until it was taken, was not wanted, or was set aside."""
        if not self._wanted(fact):
            return await self._pass(fact, told=False)
        since_ms, failures, faults = self._clock(), 0, 0
        while True:
            news = await self._describe(fact)
            try:
                async with asyncio.timeout(DEADLINE_S):
                    told = await self._offer(news)
            except Refused as refused:
                return await self._set_aside(fact, str(refused))
            except TimeoutError:
                why, asked_s = f"It did not finish within {DEADLINE_S:g} seconds.", 0.0
            except Later as later:
                why, asked_s = str(later), later.retry_after_s
            except Exception as error:
                why, asked_s, faults = _fault(error), 0.0, faults + 1
                if faults == 1:
                    log.exception("bridge.bug", extra={"bridge": self.spec.id})
            else:
                return await self._pass(fact, told=told)
            failures += 1
            if faults >= FAULTS or self._clock() - since_ms >= GIVE_UP_AFTER_MS:
                return await self._set_aside(fact, why)
            if failures > 1:  # one lost connection is no news
                await self._say(False, why)
            await self._pause(failures, asked_s)

    def _wanted(self, fact: Fact) -> bool:
        """Before anything is read for it. A fault is told of when it is offered."""
        try:
            return self.bridge.wants(fact)
        except Exception:
            return True

    async def _offer(self, news: News) -> bool:
        """Whether it is wanted as it is now, and was told."""
        if not self.bridge.wants(news.fact):
            return False
        await self.bridge.tell(news)
        return True

    async def _pass(self, fact: Fact, *, told: bool) -> None:
        self._passed = fact.seq
        if told:
            self._refusals = 0
            await self._say(True, TELLING)
        if told or self._passed - self._written >= UNWRITTEN:
            await self.flush()

    async def _set_aside(self, fact: Fact, because: str) -> None:
        aside = SetAside(self.spec.id, fact.seq, because, self._clock(), self.spec.org)
        await self._engine.write(Write((aside, self._moved(fact.seq))))
        self._passed = self._written = fact.seq
        await self._say(False, because)
        self._refusals += 1
        if self._refusals > 1:  # who refuses everything is not stormed with the rest
            await self._pause(self._refusals - 1)

    def _moved(self, seq: int) -> MoveBridge:
        return MoveBridge(self.spec.id, seq, self.spec.org)

    async def _pause(self, failures: int, asked_s: float = 0.0) -> None:
        wait_s = delay_s(failures, self._rng, base_s=FIRST_WAIT_S, cap_s=LONGEST_WAIT_S)
        await asyncio.sleep(max(wait_s, asked_s))

    async def _say(self, healthy: bool, says: str) -> None:
        """Write it down when it changed; log once when it breaks and once when it heals."""
        if (self._healthy, self._says) == (healthy, says):
            return
        if self._healthy is not None and self._healthy != healthy:
            event = "bridge.healed" if healthy else "bridge.broken"
            level = logging.INFO if healthy else logging.WARNING
            log.log(level, event, extra={"bridge": self.spec.id, "says": says})
        self._healthy, self._says = healthy, says
        await self._engine.write(Write((health_of(self.spec, healthy, says, self._clock()),)))


def health_of(spec: BridgeSpec, healthy: bool, says: str, now_ms: int) -> PutBridgeHealth:
    """How the bridge is now."""
    return PutBridgeHealth(spec.id, spec.wall, healthy, says, now_ms)


def _fault(error: Exception) -> str:
    return f"A fault in the bridge stopped it ({type(error).__name__}); it is tried again."
