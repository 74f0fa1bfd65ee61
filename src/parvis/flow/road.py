"""The road of a post, from its arrival to the wall and off it again: the one place that joins the
steps.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from parvis.core.errors import Conflict, Refused
from parvis.core.event import WallChanged
from parvis.core.ports import Clock
from parvis.core.post import Arrival, DisplayPolicy, Post
from parvis.core.rights import Right
from parvis.core.verdict import Decision, State
from parvis.core.wall import SourceSpec
from parvis.engine import Engine, Known, Placement, Step, Write
from parvis.engine.change import PutWall, Told
from parvis.flow import retain, staff, stage
from parvis.flow.arrive import Arrivals, Arrived
from parvis.flow.clear import clear
from parvis.flow.decider import Asked, Decider
from parvis.flow.expire import Expiry
from parvis.flow.identity import hash_key
from parvis.flow.kept import marks_of
from parvis.flow.lapse import Lapse
from parvis.flow.moderate import why_of
from parvis.flow.outlive import Outliving
from parvis.flow.play import Play
from parvis.flow.retain import Retention
from parvis.flow.shelf import PostShelf, Strays
from parvis.flow.withdraw import Withdrawal
from parvis.plug.check import Check
from parvis.plug.door import Act
from parvis.plug.format import Format

PEOPLE_MAY: tuple[State, ...] = ("approved", "rejected", "hidden", "pending")
PANIC_TRIES = 20
"""Against settings that are saved meanwhile on another node; then panic is put over them."""


class Road:
    """Receives, decides, shows and withdraws. One per process; every change of a wall's cards goes
    through its lane.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        clock: Clock,
        salt: bytes,
        checks: Mapping[str, Check],
        policies: Mapping[str, DisplayPolicy],
        formats: Mapping[str, Format],
    ) -> None:
        self.engine = engine
        self._clock = clock
        self._salt = salt
        self._policies = policies
        self._lanes: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.checks = checks
        self._decider = Decider(engine, self._lanes, checks, self._show_under, clock)
        self.shelf = PostShelf(engine, clock)
        self._withdrawal = Withdrawal(engine, self._lanes, clock, self.post_hash, self.shelf)
        self._play = Play(engine, formats, clock)
        self._outlive = Outliving(engine, policies, self.withdraw, clock)
        self._arrivals = Arrivals(
            engine, clock, self.post_hash, self._outlive, self.withdraw, self._decider.wake
        )
        self._lapse = Lapse(engine, self._lanes, self._outlive.outlived, clock)
        retention = Retention(engine, self._let_out, clock)
        self._expiry = Expiry(
            (self._lapse, self._outlive, retention, Strays(self.shelf, clock)), clock
        )

    def post_hash(self, key: str) -> str:
        """What the journal calls a post after its key was erased."""
        return hash_key(self._salt, key)

    async def start(self) -> None:
        """Take up what an earlier run left undecided, unended or unerased."""
        await self._withdrawal.start()
        await self._expiry.start()
        for wall in await self.engine.walls():
            self._decider.wake(wall.id)

    async def stop(self) -> None:
        """Finish what was accepted."""
        await self._expiry.stop()
        await self._play.stop()
        await self._decider.stop()
        await self._withdrawal.stop()

    async def idle(self) -> None:
        """Until every post that was received before this call is decided."""
        await self._decider.idle()

    async def receive(
        self, source: SourceSpec, arrivals: Sequence[Arrival], *, cursor: str | None = None
    ) -> Arrived:
        """Keep what arrived; on return it is stored. Deciding follows off the caller's path."""
        return await self._arrivals.receive(source, arrivals, cursor=cursor)

    # people ---------------------------------------------------------------------------------------
    async def decide(
        self, wall: str, post: str, state: State, *, by: str, why: str, rev: int | None = None
    ) -> Decision:
        """A person's decision, in words of ours where `why` is empty; raises `Conflict` when the
        post changed since `rev`, `Refused` when it may not be shown.
        """
        if state not in PEOPLE_MAY:
            raise Refused(
                f"A person may decide {', '.join(PEOPLE_MAY)};"
                " to take a post away for good, withdraw it."
            )
        async with self._lanes[wall]:
            known, placement = await self.placed(wall, post)
            if rev is not None:
                placement = msgspec.structs.replace(placement, rev=rev)
            decision, write = await self.write_of(known.post, placement, state, by=by, why=why)
            await self.engine.write(write)
            return decision

    def lane(self, wall: str) -> asyncio.Lock:
        """Held by whoever changes this wall's cards, so that one change sees the other."""
        return self._lanes[wall]

    async def placed(self, wall: str, post: str) -> tuple[Known, Placement]:
        """The post and its place on the wall; raises `Refused` when it does not stand there."""
        known = (await self.engine.known(wall, [post])).get(post)
        if known is None or known.placement is None:
            raise Refused(
                f"There is no post {post} on the wall {wall}; it may have been withdrawn."
            )
        return known, known.placement

    async def write_of(
        self,
        post: Post,
        placement: Placement,
        state: State,
        *,
        by: str,
        why: str,
        code: str = "person",
        without_media: bool = False,
    ) -> tuple[Decision, Write]:
        """The write of a person's decision, under the wall's lane; raises `Refused` when the post
        may not be shown.
        """
        bare = state == "approved" and without_media
        decision = Decision(
            state=state,
            by=by,
            why=why.strip() or why_of("bare" if bare else state, by),
            at_ms=self._clock(),
            code=code,
            post_version=post.version,
            without_media=bare,
            kept_back=marks_of(post) if bare else (),
        )
        if state != "approved":
            return decision, await self._off_or_only_said(placement, decision, post)
        sources = await staff.sources_of(self.engine, placement.wall)
        policy, ground = self._ground(post, placement, sources)
        if isinstance(ground, str):
            raise Refused(ground)
        return decision, stage.decided(placement, decision, post, policy, ground)

    async def around(self, wall: str, known: Known) -> Asked:
        """The post with what the checks may know of its surroundings now."""
        row = await self.engine.wall(wall)
        if row is None:
            raise Refused(f"There is no wall {wall}.")
        (asked,) = await self._decider.gather(wall, [known], row.policy)
        return asked

    async def withdraw(self, post: str, *, by: str, why: str, org: str = "main") -> int:
        """Off every wall for good, then erased; the number of walls it left."""
        return await self._withdrawal.withdraw(
            post, by=by, why=why.strip() or why_of("withdrawn", by), org=org
        )

    async def erase_due(self) -> int:
        """Erase now what withdrawals have left to erase and is due; how many posts."""
        return await self._withdrawal.erase_due()

    async def expire(self) -> int:
        """End now what ends by the clock: rights, and the time that posts are kept; how many."""
        return await self._expiry.take()

    async def _let_out(self, post: str, org: str) -> int:
        return await self.withdraw(post, by=retain.BY, why=retain.WHY, org=org)

    async def panic(self, wall: str, on: bool, *, by: str) -> int:
        """Cover every screen of the wall, or uncover them; the sequence that says so."""
        async with self._lanes[wall]:
            for last in (False,) * PANIC_TRIES + (True,):
                row = await self.engine.wall(wall)
                if row is None:
                    raise Refused(f"There is no wall {wall}.")
                covered = msgspec.structs.replace(row, panic=on)
                put = PutWall(covered, None if last else row)
                write = Write((put,), (Told(wall, WallChanged(wall)),), at_ms=self._clock())
                try:
                    return (await self.engine.write(write)).seqs[wall]
                except Conflict:  # settings were saved on another node, and stay
                    continue
            raise Conflict("The wall kept changing; try again.")

    async def act(self, wall: str, format: str, acts: Sequence[Act]) -> dict[str, Any]:
        """Visitors' acts on a format; stored on return. The format's public view after them."""
        return await self._play.act(wall, format, acts)

    async def key_of(self, name: str, org: str = "main") -> str:
        """The key of the post that `name` means: its key, its permalink, or the end of its key.

        Raises `Refused` where several posts may be meant. What means none is given back as it is: a
        post that was erased is known by its whole key alone.
        """
        if await self.trace(name, org):
            return name
        keys = await self.engine.keys_of(name, org)
        if len(keys) > 1:
            listed = ", ".join(keys[:3]) + (" …" if len(keys) > 3 else "")
            raise Refused(f"{name} may mean several posts: {listed}; give the whole key of one.")
        return keys[0] if keys else name

    async def trace(self, post: str, org: str = "main") -> Sequence[Step]:
        """Everything that happened to the post, oldest first, also once it was withdrawn and
        erased.
        """
        named = await self.engine.journey(post, org)
        hashed = await self.engine.journey(self.post_hash(post), org)
        steps = sorted([*named, *hashed], key=lambda step: (step.at_ms, step.wall, step.seq))
        return [
            msgspec.structs.replace(step, why=why_of(step.state, step.by))
            if step.event == "post.decided" and not step.why
            else step
            for step in steps
        ]

    # cards ----------------------------------------------------------------------------------------
    def _ground(
        self, post: Post, placement: Placement, sources: Mapping[str, SourceSpec]
    ) -> tuple[DisplayPolicy, Right | str]:
        source = sources.get(placement.source)
        if source is None:
            return (
                DisplayPolicy(),
                f"Its source {placement.source} no longer belongs to the wall {placement.wall}.",
            )
        policy = staff.policy_of(source.plugin, self._policies)
        ground = clear(post, source, policy, self._clock())
        if isinstance(ground, Right) and ground.until_ms:
            self._expiry.mind(self._lapse, ground.until_ms)
        return policy, ground

    async def _show_under(
        self,
        post: Post,
        placement: Placement,
        decision: Decision,
        sources: Mapping[str, SourceSpec],
    ) -> Write:
        """The write for a machine's decision: an approval without a right waits for a person, and
        says why.
        """
        if decision.state != "approved":
            return await self._off_or_only_said(placement, decision, post)
        policy, ground = self._ground(post, placement, sources)
        if isinstance(ground, str):
            waits = msgspec.structs.replace(
                decision, state="pending", by="rule:rights", why=ground, code="rights"
            )
            return await self._off_or_only_said(placement, waits, post)
        return stage.decided(placement, decision, post, policy, ground)

    async def _off_or_only_said(
        self, placement: Placement, decision: Decision, post: Post
    ) -> Write:
        if placement.rev == 0 or not await self.engine.cards(placement.wall, [post.key]):
            return stage.decided(placement, decision, post, DisplayPolicy(), None)
        return stage.taken_off(
            placement, decision, await stage.refill_of(self.engine, placement.wall, post.key)
        )
