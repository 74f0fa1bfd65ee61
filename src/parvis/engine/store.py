"""The contract, once: what both engines share; they differ in how they read, write and wake."""

from __future__ import annotations

import asyncio
import contextlib
import time
from abc import abstractmethod
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any

from parvis.core.event import Fact
from parvis.core.ports import Blobs, Clock
from parvis.core.post import Post
from parvis.core.rights import Right
from parvis.core.verdict import Decision, State
from parvis.core.wall import BridgeSpec, FormatSpec, SourceSpec, Wall
from parvis.core.wire import Card, Snapshot
from parvis.engine import (
    blob_rows,
    bridges,
    duties,
    journal,
    reads,
    work,
)
from parvis.engine.bell import Bell
from parvis.engine.change import OwnBlob, Write, Written
from parvis.engine.commit import Outcome, one
from parvis.engine.reads import tallied
from parvis.engine.reads.tallied import After, By
from parvis.engine.rows import (
    Aside,
    BridgeHealth,
    Counted,
    Ending,
    Grouped,
    Health,
    Job,
    Known,
    OnShow,
    Period,
    Placement,
    Queued,
    Step,
    Sums,
)
from parvis.engine.team_store import TeamStore

PAGE = 500
KEYS_KEPT_MS = 30 * 24 * 3600 * 1000
"""How long the key of a write is remembered; a sender that repeats later is met by identity."""


def wall_clock() -> int:
    """Milliseconds since 1970 UTC."""
    return time.time_ns() // 1_000_000


class Store(TeamStore):
    """All of `parvis.engine.Engine`, over four verbs that an engine brings."""

    blobs: Blobs

    def __init__(self, clock: Clock, look_again_s: float | None) -> None:
        self.clock = clock
        self.bell = Bell()
        self._look_again_s = look_again_s

    async def write(self, write: Write) -> Written:
        """See `Engine.write`."""
        return one(await self.write_all((write,)))

    @abstractmethod
    async def write_all(self, writes: Sequence[Write]) -> Sequence[Outcome]:
        """See `Engine.write_all`."""

    @abstractmethod
    async def close(self) -> None:
        """See `Engine.close`."""

    async def follow(self, wall: str, after: int) -> AsyncGenerator[Sequence[Fact], None]:
        """See `Engine.follow`."""
        with self.bell.listening(wall) as told:
            while True:
                told.clear()  # before reading: what comes meanwhile rings again
                facts = await self.facts_after(wall, after, PAGE)
                if facts:
                    after = facts[-1].seq
                    yield facts
                    continue
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._look_again_s):
                        await told.wait()

    async def facts_after(self, wall: str, after: int, limit: int = PAGE) -> Sequence[Fact]:
        """See `Engine.facts_after`."""
        return await self._read(journal.facts_after, wall, after, limit)

    async def head(self, wall: str) -> int:
        """See `Engine.head`."""
        return await self._read(reads.head, wall)

    # work ---------------------------------------------------------------------------------------
    async def claim(
        self,
        queue: str,
        *,
        worker: str,
        limit: int = 1,
        lease_s: float = 30.0,
        ahead_s: float | None = None,
    ) -> Sequence[Job]:
        """See `Engine.claim`."""
        now_ms, lease_ms = self.clock(), round(lease_s * 1000)
        ahead_ms = work.NEVER_MS if ahead_s is None else max(round(ahead_s * 1000), lease_ms)
        beyond_ms = min(now_ms + ahead_ms, work.NEVER_MS)
        return await self._act(work.claim, queue, worker, limit, lease_ms, now_ms, beyond_ms)

    async def renew(self, job: Job, lease_s: float = 30.0) -> bool:
        """See `Engine.renew`."""
        return await self._act(work.renew, job, self.clock() + round(lease_s * 1000))

    async def done(self, job: Job) -> bool:
        """See `Engine.done`."""
        return await self._act(work.done, job)

    async def retry(self, job: Job, *, in_s: float, because: str) -> bool:
        """See `Engine.retry`."""
        return await self._act(work.retry, job, self.clock() + round(in_s * 1000), because)

    async def dead(self, job: Job, because: str) -> bool:
        """See `Engine.dead`."""
        return await self._act(work.dead, job, because)

    async def dead_jobs(self, queue: str) -> Sequence[Job]:
        """See `Engine.dead_jobs`."""
        return await self._read(work.dead_jobs, queue)

    # reads --------------------------------------------------------------------------------------
    async def walls(self, org: str = "main") -> Sequence[Wall]:
        """See `Engine.walls`."""
        return await self._read(reads.walls, org)

    async def wall(self, wall: str) -> Wall | None:
        """See `Engine.wall`."""
        return await self._read(reads.wall, wall)

    async def sources(self, wall: str) -> Sequence[SourceSpec]:
        """See `Engine.sources`."""
        return await self._read(reads.sources, wall)

    async def formats(self, wall: str) -> Sequence[FormatSpec]:
        """See `Engine.formats`."""
        return await self._read(reads.formats, wall)

    async def format_state(self, wall: str, format: str) -> tuple[dict[str, Any], int] | None:
        """See `Engine.format_state`."""
        return await self._read(reads.format_state, wall, format)

    async def known(self, wall: str, keys: Sequence[str], org: str = "main") -> Mapping[str, Known]:
        """See `Engine.known`."""
        return await self._read(reads.known, wall, keys, org) if keys else {}

    async def tombstones(self, hashes: Sequence[str], org: str = "main") -> frozenset[str]:
        """See `Engine.tombstones`."""
        return await self._read(reads.tombstones, hashes, org) if hashes else frozenset()

    async def undecided(self, wall: str, limit: int = 200) -> Sequence[Known]:
        """See `Engine.undecided`."""
        return await self._read(reads.undecided, wall, limit)

    async def oldest(self, wall: str, state: State, limit: int = 100) -> Sequence[Placement]:
        """See `Engine.oldest`."""
        return await self._read(reads.oldest, wall, state, limit)

    async def author_posts(
        self, wall: str, authors: Sequence[str], since_ms: int
    ) -> Mapping[str, Sequence[tuple[int, str]]]:
        """See `Engine.author_posts`."""
        return await self._read(reads.author_posts, wall, authors, since_ms) if authors else {}

    async def twins(self, wall: str, fingerprints: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """See `Engine.twins`."""
        return await self._read(reads.twins, wall, fingerprints) if fingerprints else {}

    async def queue_of_wall(
        self, wall: str, states: Sequence[str], *, before: int | None = None, limit: int = 50
    ) -> Sequence[Queued]:
        """See `Engine.queue_of_wall`."""
        return await self._read(reads.queue_of_wall, wall, states, before, limit)

    async def counts(self, wall: str) -> Mapping[str, int]:
        """See `Engine.counts`."""
        return await self._read(reads.counts, wall)

    async def snapshot_of_wall(self, wall: str) -> Snapshot | None:
        """See `Engine.snapshot_of_wall`."""
        return await self._read(reads.snapshot_of_wall, wall)

    async def cards(self, wall: str, posts: Sequence[str]) -> Mapping[str, Card]:
        """See `Engine.cards`."""
        return await self._read(reads.cards, wall, posts) if posts else {}

    async def next_card(self, wall: str, below: int) -> Card | None:
        """See `Engine.next_card`."""
        return await self._read(reads.next_card, wall, below)

    async def rights(self, wall: str, post: str) -> Sequence[Right]:
        """See `Engine.rights`."""
        return await self._read(reads.rights, wall, post)

    async def ended_rights(self, now_ms: int, limit: int = 100) -> Sequence[Ending]:
        """See `Engine.ended_rights`."""
        return await self._read(duties.ended_rights, now_ms, limit)

    async def next_end(self) -> int:
        """See `Engine.next_end`."""
        return await self._read(duties.next_end)

    async def on_show(
        self, wall: str, source: str, *, above: int, upto: int, limit: int = 20
    ) -> Sequence[OnShow]:
        """See `Engine.on_show`."""
        return await self._read(duties.on_show, wall, source, above, upto, limit)

    async def how_many_on_show(self, wall: str, source: str) -> tuple[int, int]:
        """See `Engine.how_many_on_show`."""
        return await self._read(duties.how_many_on_show, wall, source)

    async def decisions(self, wall: str, post: str) -> Sequence[Decision]:
        """See `Engine.decisions`."""
        return await self._read(reads.decisions, wall, post)

    async def placements(self, post: str, org: str = "main") -> Sequence[Placement]:
        """See `Engine.placements`."""
        return await self._read(reads.placements, post, org)

    async def posts_of_author(
        self, author: str, org: str = "main", limit: int = 1000
    ) -> Sequence[Post]:
        """See `Engine.posts_of_author`."""
        return await self._read(reads.posts_of_author, author, org, limit)

    async def keys_of(self, name: str, org: str = "main") -> Sequence[str]:
        """See `Engine.keys_of`."""
        return await self._read(reads.keys_of, name, org) if name else []

    async def journey(self, post: str, org: str = "main") -> Sequence[Step]:
        """See `Engine.journey`."""
        return await self._read(journal.journey, post, org)

    async def blobs_of(self, post: str, org: str = "main") -> Sequence[str]:
        """See `Engine.blobs_of`."""
        return await self._read(blob_rows.blobs_of, post, org)

    async def stray_blobs(
        self, before_ms: int, limit: int = 100, org: str = "main"
    ) -> Sequence[OwnBlob]:
        """See `Engine.stray_blobs`."""
        return await self._read(blob_rows.stray, before_ms, limit, org)

    async def cursor(self, source: str) -> str:
        """See `Engine.cursor`."""
        return await self._read(reads.cursor, source)

    async def health(self, wall: str) -> Sequence[Health]:
        """See `Engine.health`."""
        return await self._read(reads.health, wall)

    async def bridges(self, wall: str) -> Sequence[BridgeSpec]:
        """See `Engine.bridges`."""
        return await self._read(bridges.bridges, wall)

    async def every_bridge(self) -> Sequence[BridgeSpec]:
        """See `Engine.every_bridge`."""
        return await self._read(bridges.every_bridge)

    async def bridge_cursor(self, bridge: str) -> int:
        """See `Engine.bridge_cursor`."""
        return await self._read(bridges.cursor, bridge)

    async def bridge_health(self, wall: str) -> Sequence[BridgeHealth]:
        """See `Engine.bridge_health`."""
        return await self._read(bridges.health, wall)

    async def set_aside(self, bridge: str, limit: int = 100) -> Sequence[Aside]:
        """See `Engine.set_aside`."""
        return await self._read(bridges.aside, bridge, limit)

    async def recall(self, scope: str, name: str) -> str | None:
        """See `Engine.recall`."""
        return await self._read(reads.recall, scope, name)

    # figures ------------------------------------------------------------------------------------
    async def sums(
        self, wall: str, period: Period, org: str = "main", *, apart: Sequence[str] = ()
    ) -> Sums:
        """See `Engine.sums`."""
        return await self._read(tallied.sums, wall, period, org, apart)

    async def counted(
        self,
        wall: str,
        period: Period,
        by: By,
        *,
        after: After = None,
        limit: int = 50,
        org: str = "main",
        without: Sequence[str] = (),
    ) -> Sequence[Counted]:
        """See `Engine.counted`."""
        return await self._read(tallied.counted, wall, period, by, after, limit, org, without)

    async def who_posted(
        self,
        wall: str,
        period: Period,
        *,
        after: After = None,
        limit: int = 50,
        org: str = "main",
        without: Sequence[str] = (),
    ) -> Sequence[Grouped]:
        """See `Engine.who_posted`."""
        return await self._read(tallied.people, wall, period, after, limit, org, without)

    async def tags(self, wall: str, period: Period) -> Sequence[tuple[str, int]]:
        """See `Engine.tags`."""
        return await self._read(tallied.tags, wall, period)
