"""The one door to the store, the feed, the work and the blobs: few questions, the same answers on
every engine.

All of it is asynchronous for the caller. `open_engine` picks the engine by address.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Protocol

from parvis.core.event import Fact
from parvis.core.ports import Blobs
from parvis.core.post import Post
from parvis.core.rights import Right
from parvis.core.verdict import Decision, State
from parvis.core.wall import BridgeSpec, FormatSpec, SourceSpec, Wall
from parvis.core.wire import Card, Snapshot
from parvis.engine.change import Change, OwnBlob, Write, Written
from parvis.engine.reads.tallied import After, By
from parvis.engine.rows import (
    Act,
    Apart,
    Aside,
    BridgeHealth,
    Claim,
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
    Sighted,
    Sought,
    Step,
    Sums,
    Tale,
)
from parvis.engine.team import Team

__all__ = [
    "Act",
    "After",
    "Apart",
    "Aside",
    "BridgeHealth",
    "By",
    "Change",
    "Claim",
    "Counted",
    "Ending",
    "Engine",
    "Grouped",
    "Health",
    "Job",
    "Known",
    "OnShow",
    "Period",
    "Placement",
    "Queued",
    "Sighted",
    "Sought",
    "Step",
    "Sums",
    "Tale",
    "Write",
    "Written",
]


class Engine(Team, Protocol):
    """What every engine promises; `tests/contract/engine` holds each one to it."""

    blobs: Blobs

    async def write(self, write: Write) -> Written:
        """Rows and the events that tell of them, in one transaction; on return they survive a kill.

        Idempotent by `write.key`: the second time nothing happens and `Written.again` is true.
        Events are numbered per wall, in commit order, without holes that fill in later. A `write`
        whose `expects` no longer hold raises `Conflict` and changes nothing; one that breaks a rule
        raises `Refused`; neither harms the writes that share its batch.
        """
        ...

    async def write_all(self, writes: Sequence[Write]) -> Sequence[Written | Exception]:
        """Many writes at the price of few, as if each had been written by itself, in this order.

        One outcome each: what it did, or what `write` would have raised.
        """
        ...

    def follow(self, wall: str, after: int) -> AsyncIterator[Sequence[Fact]]:
        """Facts of `wall` after sequence `after`: what is stored, then live, in order, in batches,
        without end.
        """
        ...

    async def facts_after(self, wall: str, after: int, limit: int = 500) -> Sequence[Fact]:
        """Stored facts of `wall` after `after`, oldest first."""
        ...

    async def head(self, wall: str) -> int:
        """The newest sequence of `wall` (0 when nothing happened)."""
        ...

    # work -----------------------------------------------------------------------------------------
    async def claim(
        self,
        queue: str,
        *,
        worker: str,
        limit: int = 1,
        lease_s: float = 30.0,
        ahead_s: float | None = None,
    ) -> Sequence[Job]:
        """Jobs that are due, leased to `worker`; an expired lease is claimable by anybody,
        `attempts` counts. `ahead_s`: no job of this queue is ever set further ahead nor leased for
        longer, so that one that is was set before the clock stepped back, and is due.
        """
        ...

    async def renew(self, job: Job, lease_s: float = 30.0) -> bool:
        """Longer lease; False when it was lost."""
        ...

    async def done(self, job: Job) -> bool:
        """Finished; False when the lease was lost meanwhile (somebody else has it)."""
        ...

    async def retry(self, job: Job, *, in_s: float, because: str) -> bool:
        """Again later; after `job.max_attempts` it is dead."""
        ...

    async def dead(self, job: Job, because: str) -> bool:
        """Give up; stays visible until re-queued."""
        ...

    async def dead_jobs(self, queue: str) -> Sequence[Job]:
        """The dead of a queue, oldest first."""
        ...

    # reads: one per use ---------------------------------------------------------------------------
    async def walls(self, org: str = "main") -> Sequence[Wall]:
        """All walls, by id."""
        ...

    async def wall(self, wall: str) -> Wall | None:
        """One wall."""
        ...

    async def sources(self, wall: str) -> Sequence[SourceSpec]:
        """The wall's sources, by id."""
        ...

    async def formats(self, wall: str) -> Sequence[FormatSpec]:
        """The wall's formats, by id."""
        ...

    async def format_state(self, wall: str, format: str) -> tuple[dict[str, Any], int] | None:
        """State and its revision."""
        ...

    async def known(self, wall: str, keys: Sequence[str], org: str = "main") -> Mapping[str, Known]:
        """For each key we hold: the post, and its placement on this wall (None where it stands on
        others only).
        """
        ...

    async def tombstones(self, hashes: Sequence[str], org: str = "main") -> frozenset[str]:
        """Which of these hashes were erased and must never come back."""
        ...

    async def undecided(self, wall: str, limit: int = 200) -> Sequence[Known]:
        """Placements in state `new`, oldest first."""
        ...

    async def oldest(self, wall: str, state: State, limit: int = 100) -> Sequence[Placement]:
        """Placements in `state`, those that came first first."""
        ...

    async def author_posts(
        self, wall: str, authors: Sequence[str], since_ms: int
    ) -> Mapping[str, Sequence[tuple[int, str]]]:
        """Per author key: (received_at_ms, post key) of their placements since, newest first."""
        ...

    async def twins(self, wall: str, fingerprints: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """Per fingerprint: keys of the wall's posts that carry it, oldest first."""
        ...

    async def queue_of_wall(
        self, wall: str, states: Sequence[str], *, before: int | None = None, limit: int = 50
    ) -> Sequence[Queued]:
        """Placements in these states, newest first by `order`, those with `order < before`; each
        with post and last decision.
        """
        ...

    async def counts(self, wall: str) -> Mapping[str, int]:
        """Placements by state, from kept counters or an index, never a scan of posts."""
        ...

    async def snapshot_of_wall(self, wall: str) -> Snapshot | None:
        """The wall as a fresh screen gets it, consistent at its `seq`."""
        ...

    async def cards(self, wall: str, posts: Sequence[str]) -> Mapping[str, Card]:
        """Cards now on the wall."""
        ...

    async def next_card(self, wall: str, below: int) -> Card | None:
        """The card with the largest `order` below `below`."""
        ...

    async def rights(self, wall: str, post: str) -> Sequence[Right]:
        """Live rights of the post on this wall."""
        ...

    async def ended_rights(self, now_ms: int, limit: int = 100) -> Sequence[Ending]:
        """Live rights of every wall whose end has come, the earliest first."""
        ...

    async def next_end(self) -> int:
        """When the next live right ends, on any wall; 0 when none does."""
        ...

    async def on_show(
        self, wall: str, source: str, *, above: int, upto: int, limit: int = 20
    ) -> Sequence[OnShow]:
        """Cards now on the wall that `source` brought, above < order <= upto, the lowest first."""
        ...

    async def how_many_on_show(self, wall: str, source: str) -> tuple[int, int]:
        """How many such cards there are, and the largest order among them (0: none)."""
        ...

    async def decisions(self, wall: str, post: str) -> Sequence[Decision]:
        """All decisions on the post, oldest first."""
        ...

    async def placements(self, post: str, org: str = "main") -> Sequence[Placement]:
        """On which walls the post stands."""
        ...

    async def posts_of_author(
        self, author: str, org: str = "main", limit: int = 1000
    ) -> Sequence[Post]:
        """Posts of an author, newest first."""
        ...

    async def keys_of(self, name: str, org: str = "main") -> Sequence[str]:
        """Keys of the posts that are stored and have `name` as their permalink or as the last part
        of their key; a few at most. Looks through all of them.
        """

    async def journey(self, post: str, org: str = "main") -> Sequence[Step]:
        """Everything that happened to the post on every wall, oldest first, also after it was
        withdrawn.
        """
        ...

    async def blobs_of(self, post: str, org: str = "main") -> Sequence[str]:
        """The files (sha256) that belong to the post and to no other, in order."""
        ...

    async def stray_blobs(
        self, before_ms: int, limit: int = 100, org: str = "main"
    ) -> Sequence[OwnBlob]:
        """Files that came before `before_ms` and that the post they belong to does not show: it was
        never stored, or is no more, or lost them in an edit. Those that came first first.
        """
        ...

    async def cursor(self, source: str) -> str:
        """Where the source stopped reading ('' at first)."""
        ...

    async def health(self, wall: str) -> Sequence[Health]:
        """How each source of the wall is."""
        ...

    async def bridges(self, wall: str) -> Sequence[BridgeSpec]:
        """The wall's bridges, by id."""
        ...

    async def every_bridge(self) -> Sequence[BridgeSpec]:
        """The bridges of every wall and organisation, by id."""
        ...

    async def bridge_cursor(self, bridge: str) -> int:
        """Up to which sequence of its wall the bridge has told (0 at first)."""
        ...

    async def bridge_health(self, wall: str) -> Sequence[BridgeHealth]:
        """How each bridge of the wall is that is not switched off."""
        ...

    async def set_aside(self, bridge: str, limit: int = 100) -> Sequence[Aside]:
        """The events that the bridge could not tell, newest first."""
        ...

    # figures --------------------------------------------------------------------------------------
    async def sums(
        self, wall: str, period: Period, org: str = "main", *, apart: Sequence[str] = ()
    ) -> Sums:
        """What the wall's posts that arrived in the period come to: all but the withdrawn ones and
        those that the team wrote; likes and followers of the networks `apart` are not added to the
        others'. Costs what the period holds, and reads no post but the top ones.
        """
        ...

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
        """The posts behind a figure, the largest `number` first: all by arrival, by interactions
        all but those of the networks `without`, those that were shown by when they were, the timed
        ones by delay. `after` is the number and key of the last one of the page before.
        """
        ...

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
        """Each author once, the most followed first, but for those of the networks `without`;
        `after` is followers and key of the last.
        """
        ...

    async def tags(self, wall: str, period: Period) -> Sequence[tuple[str, int]]:
        """Hashtags and how many posts have each, the most used first."""
        ...

    async def recall(self, scope: str, name: str) -> str | None:
        """A small string kept by `Remember`."""
        ...

    async def close(self) -> None:
        """Finish what was accepted, then let go."""
        ...
