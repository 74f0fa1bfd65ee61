"""Outlive: what a network lets nobody keep any longer is withdrawn, shown or not.

The moment is kept as a job beside the post's first row, for the networks alone that have such a
rule; so it survives restarts, and nothing is scanned.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import msgspec

from parvis.core.ports import Clock
from parvis.core.post import DisplayPolicy, Post
from parvis.core.wall import SourceSpec
from parvis.engine import Engine, Job, Write
from parvis.engine.change import Enqueue

QUEUE = "outlive"
BY = "rule:max_age"
WHY = "Its network lets nobody keep a post for longer."
AT_ONCE = 100
EVERY_MS = 60_000
"""How exactly posts that no screen shows are taken; a card goes with its right, at the moment."""

Withdraw = Callable[..., Awaitable[int]]


class Outliving:
    """Withdraws what is older than its network's `max_age_s`, counted from its arrival."""

    at_start = True

    def __init__(
        self,
        engine: Engine,
        policies: Mapping[str, DisplayPolicy],
        withdraw: Withdraw,
        clock: Clock,
    ) -> None:
        self._engine = engine
        self._policies = policies
        self._withdraw = withdraw
        self._clock = clock

    def bounded(self, write: Write, post: Post, source: SourceSpec) -> Write:
        """The write of a new post, and with it the moment when it has to go, if there is one."""
        policy = self._policies.get(source.plugin)
        if policy is None or not policy.max_age_s:
            return write
        at_ms = post.received_at_ms + policy.max_age_s * 1000
        org = source.org
        job = Enqueue(QUEUE, post.key, org.encode(), at_ms, max_attempts=1_000_000, org=org)
        return msgspec.structs.replace(write, changes=(*write.changes, job))

    async def outlived(self, post: str, org: str) -> bool:
        """Withdraw the post if its time is over; whether it was."""
        end_ms = await self._end_ms(post, org)
        if not end_ms or self._clock() < end_ms:
            return False
        await self._withdraw(post, by=BY, why=WHY, org=org)
        return True

    async def take(self) -> int:
        """Withdraw what is due now; how many posts."""
        taken = 0
        while jobs := await self._engine.claim(QUEUE, worker="outlive", limit=AT_ONCE):
            for job in jobs:
                taken += await self._take(job)
        return taken

    async def next_ms(self) -> int:
        """A minute from now."""
        return self._clock() + EVERY_MS

    async def _take(self, job: Job) -> int:
        org = job.payload.decode()
        over = await self.outlived(job.key, org)
        end_ms = 0 if over else await self._end_ms(job.key, org)
        if end_ms:  # the network's rule has changed since
            in_s = max(end_ms - self._clock(), 1000) / 1000
            await self._engine.retry(job, in_s=in_s, because="It may be kept for longer.")
        else:
            await self._engine.done(job)
        return int(over)

    async def _end_ms(self, post: str, org: str) -> int:
        """When the strictest of the networks that brought it ends its time; 0 for never."""
        ends: list[int] = []
        for placement in await self._engine.placements(post, org):
            known = (await self._engine.known(placement.wall, [post], org)).get(post)
            if known is None or placement.state == "withdrawn":
                continue
            for source in await self._engine.sources(placement.wall):
                policy = self._policies.get(source.plugin)
                if source.id == placement.source and policy is not None and policy.max_age_s:
                    ends.append(known.post.received_at_ms + policy.max_age_s * 1000)
        return min(ends, default=0)
