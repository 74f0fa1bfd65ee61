"""Leases: which of the nodes runs what; the keys of one queue are taken up again and again.

A key that a node stops running goes back and is free at once; one that a node no longer renews is
free when its lease has run out.
"""

from __future__ import annotations

from collections.abc import Sequence

from parvis.engine import Engine, Job, Write
from parvis.engine.change import Enqueue

LEASE_S = 30.0
APART = 4
"""No lease ends, and no key is free, later than so many leases from now: one that is was written
before the clock was set back. The clocks of two nodes stand less than three leases apart.
"""
AT_ONCE = 100
FOREVER = 1_000_000_000
"""It is no work that ends."""


class Leases:
    """Those that this node holds of `queue`, by key."""

    def __init__(self, engine: Engine, queue: str, worker: str) -> None:
        self._engine = engine
        self._queue = queue
        self._worker = worker
        self._held: dict[str, Job] = {}

    @property
    def renew_every_s(self) -> float:
        """How often to renew them, so that two losses of a call lose no lease."""
        return LEASE_S / 3

    async def offer(self, key: str, org: str) -> None:
        """Whoever is free may take `key`; nothing changes where it is on offer or taken."""
        lease = Enqueue(self._queue, key, max_attempts=FOREVER, org=org)
        await self._engine.write(Write((lease,)))

    async def claim(self) -> Sequence[str]:
        """Up to a hundred keys that were free and are this node's now."""
        jobs = await self._engine.claim(
            self._queue,
            worker=self._worker,
            limit=AT_ONCE,
            lease_s=LEASE_S,
            ahead_s=APART * LEASE_S,
        )
        self._held.update((job.key, job) for job in jobs)
        return [job.key for job in jobs]

    async def renew(self) -> Sequence[str]:
        """Hold on to all; the keys that another node has taken meanwhile."""
        lost = [
            key
            for key, job in list(self._held.items())
            if not await self._engine.renew(job, LEASE_S)
        ]
        for key in lost:
            self._held.pop(key, None)
        return lost

    async def give_back(self, key: str, because: str = "") -> None:
        """Any node may take it at once."""
        await self._let_go(key, 0.0, because)

    async def pass_on(self, key: str, because: str) -> None:
        """Another node may take it before this one asks again."""
        await self._let_go(key, LEASE_S, because)

    async def _let_go(self, key: str, in_s: float, because: str) -> None:
        job = self._held.pop(key, None)
        if job is not None:
            await self._engine.retry(job, in_s=in_s, because=because)

    async def end(self, key: str) -> None:
        """Nobody shall take it any more."""
        job = self._held.pop(key, None)
        if job is not None:
            await self._engine.done(job)
