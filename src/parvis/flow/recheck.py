"""Recheck: what is on show is asked after at its network, at the pace that the network's terms ask.

A ring: the cards of a source are asked in the order in which they came up, over and over, a few in
each request and the requests spread evenly over the pace. So the card asked next is always the one
unchecked for longest, and all that is kept, whatever is on show, is where the ring stands. It runs
beside the source, under the same lease: one node asks.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

import msgspec

from parvis.core.errors import Later, Refused
from parvis.core.ports import Clock
from parvis.core.post import Post, Raw
from parvis.core.wall import SourceSpec
from parvis.engine import Engine, Write
from parvis.engine.change import Remember
from parvis.plug.manifest import Manifest
from parvis.plug.source import Source

log = logging.getLogger(__name__)

SCOPE = "recheck"
SHARE = 2 / 3
"""How much of a network's allowance may go into asking again; the rest is for what is new."""
GAP_S = 1.0
"""Between two requests where the network names no allowance."""
LOOK_S = 30.0
"""How soon a burst of new cards is noticed, which have to be fitted into the pace."""
TICK_S = 1.0
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 300.0
TRIES = 5
"""So often the newest, or the batch whose turn it is, are tried before the ring goes on without:
one odd post must not keep all others back.
"""
NEWEST = 60
"""How many are asked after a cut or a stop, before all others: those that screens show."""
ALIVE = ("approved", "pending", "new")
_LAST = 2**62


class Duty(NamedTuple):
    """Every card is asked after every `every_s` seconds; requests are `gap_s` apart or more."""

    every_s: float
    gap_s: float


def duty_of(manifest: Manifest) -> Duty | None:
    """What a network's display policy and budget ask; None where it asks nothing."""
    every_s, budget = manifest.policy.recheck_every_s, manifest.budget
    if not every_s:
        return None
    gap_s = budget.window_s / budget.requests / SHARE if budget and budget.requests else GAP_S
    return Duty(float(every_s), gap_s)


class Ring(msgspec.Struct, frozen=True):
    """Where the ring stands: the card asked last, when, and how many were asked with it."""

    at: int
    asked_ms: int
    asked: int


class Recheck:
    """Asks after one source's posts. `keep` reads and keeps an answer; `say` tells what is wrong,
    '' when nothing is; `peers`: how many sources share the network's allowance.
    """

    def __init__(
        self,
        engine: Engine,
        spec: SourceSpec,
        source: Source,
        duty: Duty | None,
        *,
        keep: Callable[[Raw], Awaitable[None]],
        say: Callable[[str], Awaitable[None]],
        peers: Callable[[], int],
        clock: Clock,
        rng: random.Random,
    ) -> None:
        self._engine = engine
        self._spec = spec
        self._source = source
        self._duty = duty
        self._keep = keep
        self._say = say
        self._peers = peers
        self._clock = clock
        self._rng = rng
        self._ring: Ring | None = None
        self._slow = False
        self._fails = 0
        self._tries = {"newest": 0, "page": 0}
        self._trying = "page"
        self._not_before_ms = 0

    async def run(self) -> None:
        """Until cancelled; at once when there is no duty."""
        while self._duty is not None:
            wait_s = await self.step()
            began_ms = self._clock()
            due_ms = began_ms + round(wait_s * 1000)
            # the clock may be set forward or back meanwhile, and has no event that says so
            while began_ms <= self._clock() < due_ms:  # noqa: ASYNC110
                await asyncio.sleep(min(TICK_S, max(due_ms - self._clock(), 1) / 1000))

    async def step(self) -> float:
        """Ask if it is time; seconds until it may be again. Never raises but when cancelled."""
        if self._duty is None:
            return LOOK_S
        try:
            return await self._step(self._duty)
        except Later as later:
            return await self._failed(str(later), later.retry_after_s)
        except Refused as refused:
            return await self._failed(str(refused), LONGEST_WAIT_S)
        except OSError as error:
            return await self._failed(f"The store is away ({type(error).__name__}).", 0.0)
        except Exception as error:
            log.exception("recheck.bug", extra={"source": self._spec.id})
            self._tries[self._trying] += TRIES  # it would meet the same fault again
            return await self._failed(f"A fault in parvis ({type(error).__name__}).", 0.0)

    async def newest(self) -> None:
        """Ask after what screens show and what waits, the newest first; raises as the source does.

        For after a cut: a deletion told meanwhile was told to nobody.
        """
        held = await self._engine.queue_of_wall(self._spec.wall, ALIVE, limit=NEWEST)
        await self._ask([line.post for line in held if line.placement.source == self._spec.id])

    async def _step(self, duty: Duty) -> float:
        now_ms = self._clock()
        if now_ms < self._not_before_ms:
            return (self._not_before_ms - now_ms) / 1000
        ring = await self._where(now_ms)
        many, _ = await self._engine.how_many_on_show(self._spec.wall, self._spec.id)
        wait_s = self._due_in_s(duty, ring, many, now_ms)
        if not many:  # whatever comes up has just been read
            self._ring = msgspec.structs.replace(ring, asked_ms=now_ms)
        if wait_s > 0 or not many:
            return min(wait_s, LOOK_S)
        away_s = (now_ms - ring.asked_ms) / 1000
        away = away_s > max(duty.every_s, self._least_s(duty)) + LOOK_S
        if away and self._tries["newest"] < TRIES:  # it was off, or the network was away
            self._trying = "newest"
            await self.newest()
        self._trying = "page"
        page = await self._page(ring)
        at = page[-1][0] if page else 0
        if self._tries["page"] >= TRIES:
            ring = msgspec.structs.replace(ring, at=at)
        else:
            await self._ask([post for _, post in page])
            ring = Ring(at, self._clock(), len(page))
            self._fails, self._tries["newest"] = 0, 0
            await self._say("")
        self._tries["page"] = 0
        await self._remember(ring)
        return min(max(self._due_in_s(duty, ring, many, self._clock()), 0.0), LOOK_S)

    def _due_in_s(self, duty: Duty, ring: Ring, many: int, now_ms: int) -> float:
        """Seconds to the next request: a whole turn takes the pace, or as long as it must."""
        if not many:
            return LOOK_S
        asked = max(min(ring.asked, many), 1)
        even_s = duty.every_s * asked / many
        least_s = self._least_s(duty)
        if self._slow != (least_s > even_s > 0):
            self._slow = not self._slow
            turn_s = round(least_s * many / asked)
            more = {"source": self._spec.id, "cards": many, "turn_s": turn_s}
            log.info("recheck.slow" if self._slow else "recheck.in_time", extra=more)
        return max(even_s, least_s) - (now_ms - ring.asked_ms) / 1000

    def _least_s(self, duty: Duty) -> float:
        """Seconds between two requests that the network's allowance asks for."""
        return duty.gap_s * max(self._peers(), 1)

    async def _page(self, ring: Ring) -> list[tuple[int, Post]]:
        """The cards that come next: from where the ring stands up, then from the bottom."""
        wall, source, limit = self._spec.wall, self._spec.id, self._at_once
        up = await self._engine.on_show(wall, source, above=ring.at, upto=_LAST, limit=limit)
        page = [*up]
        if len(page) < limit:
            rest = limit - len(page)
            page += await self._engine.on_show(wall, source, above=0, upto=ring.at, limit=rest)
        return [(card.order, card.post) for card in page]

    @property
    def _at_once(self) -> int:
        return max(self._source.recheck_at_once, 1)

    async def _ask(self, posts: Sequence[Post]) -> None:
        if posts:
            async for raw in self._source.recheck(posts):
                await self._keep(raw)

    async def _failed(self, says: str, retry_after_s: float) -> float:
        """Nothing is taken off. Later again, ever rarer."""
        self._fails += 1
        self._tries[self._trying] += 1
        if self._fails > 1 or retry_after_s >= LONGEST_WAIT_S:
            await self._say(f"Posts on show cannot be asked after: {says}")
        longest_s = min(FIRST_WAIT_S * 2 ** min(self._fails, 20), LONGEST_WAIT_S)
        pause_s = max(retry_after_s, self._rng.uniform(longest_s / 2, longest_s))
        self._not_before_ms = self._clock() + round(pause_s * 1000)
        return pause_s

    async def _where(self, now_ms: int) -> Ring:
        if self._ring is None:
            kept = await self._engine.recall(SCOPE, self._spec.id)
            if kept:
                self._ring = msgspec.json.decode(kept, type=Ring)
            else:
                # whatever is on show came in just now
                await self._remember(Ring(0, now_ms, self._at_once))
        ring = self._ring or Ring(0, now_ms, self._at_once)
        if ring.asked_ms > now_ms:  # the clock was set back
            ring = self._ring = msgspec.structs.replace(ring, asked_ms=now_ms)
        return ring

    async def _remember(self, ring: Ring) -> None:
        self._ring = ring
        kept = Remember(SCOPE, self._spec.id, msgspec.json.encode(ring).decode())
        await self._engine.write(Write((kept,)))
