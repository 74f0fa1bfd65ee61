"""The road of a post, from its arrival to the wall and off it again: the one place that joins the
steps.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from parvis.core.errors import Refused
from parvis.core.event import WallChanged
from parvis.core.ports import Clock
from parvis.core.post import Arrival, DisplayPolicy, Gone, OptedOut, Post
from parvis.core.rights import Right
from parvis.core.verdict import Decision, State
from parvis.core.wall import SourceSpec
from parvis.engine import Engine, Known, Placement, Step, Write
from parvis.engine.change import MoveCursor, PutWall, Remember, Told
from parvis.flow import keep, retain, staff, stage
from parvis.flow.clear import clear
from parvis.flow.decider import Asked, Decider
from parvis.flow.expire import Expiry
from parvis.flow.identity import hash_key
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


class Receipt(msgspec.Struct, frozen=True):
    """What became of a page of arrivals; `keys` are the posts that are new or edited."""

    new: int = 0
    edited: int = 0
    known: int = 0
    refused: int = 0
    gone: int = 0
    unreadable: int = 0
    keys: tuple[str, ...] = ()


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

    # arrivals -------------------------------------------------------------------------------------
    async def receive(
        self, source: SourceSpec, arrivals: Sequence[Arrival], *, cursor: str | None = None
    ) -> Receipt:
        """Keep what arrived; on return it is stored. Deciding follows off the caller's path."""
        latest = {item.key: item for item in arrivals if isinstance(item, Post)}
        kept = await self._keep_all(source, list(latest.values()))
        gone = opted_out = 0
        for item in arrivals:
            if isinstance(item, Gone):
                gone += await self._let_go(source, item)
            elif isinstance(item, OptedOut):
                await self._bury(
                    source, item.key, f"The author asks not to be collected ({item.flag})."
                )
                opted_out += 1
        if cursor is not None:
            await self.engine.write(Write((MoveCursor(source.id, cursor),)))
        fresh = [
            key for key, (state, _) in zip(latest, kept, strict=True) if state in ("new", "edited")
        ]
        await self._let_go_late(source, [latest[key] for key in fresh])
        walls = {wall for _, woken in kept for wall in woken}
        for wall in walls:
            self._decider.wake(wall, fresh)
        states = [state for state, _ in kept]
        return Receipt(
            new=states.count("new"),
            edited=states.count("edited"),
            known=states.count("known"),
            refused=states.count("refused") + opted_out,
            gone=gone,
            unreadable=len(arrivals)
            - sum(isinstance(item, Post | Gone | OptedOut) for item in arrivals),
            keys=tuple(fresh),
        )

    async def _keep_all(
        self, source: SourceSpec, posts: Sequence[Post]
    ) -> list[tuple[keep.Kept, tuple[str, ...]]]:
        """What became of each, and the walls that have to decide on it."""
        now_ms = self._clock()
        every = [self._hashed(keep.stamp(post, source, now_ms)) for post in posts]
        hashes = [hash_ for each in every for hash_ in (each.key, each.alias) if hash_]
        buried = await self.engine.tombstones(hashes, source.org)
        known = await self.engine.known(source.wall, [post.key for post in posts], source.org)
        unseen = [
            each
            for each in every
            if each.post.key not in known and each.key not in buried and each.alias not in buried
        ]
        outcomes = await self.engine.write_all(
            [
                self._outlive.bounded(keep.first_sight(each, source, now_ms), each.post, source)
                for each in unseen
            ]
        )
        kept: dict[str, tuple[keep.Kept, tuple[str, ...]]] = {}
        for each, outcome in zip(unseen, outcomes, strict=True):
            if isinstance(outcome, Exception):
                raise outcome
            if not outcome.again:
                kept[each.key] = ("new", (source.wall,))
        left = [each for each in every if each.key not in kept]
        others = await asyncio.gather(
            *(self._meet(source, each, buried, known.get(each.post.key)) for each in left)
        )
        kept.update(zip((each.key for each in left), others, strict=True))
        return [kept[each.key] for each in every]

    def _hashed(self, post: Post) -> keep.Hashed:
        alias = post.extra.get(keep.ALIAS, "")
        return keep.Hashed(post, self.post_hash(post.key), self.post_hash(alias) if alias else "")

    async def _meet(
        self, source: SourceSpec, hashed: keep.Hashed, buried: frozenset[str], known: Known | None
    ) -> tuple[keep.Kept, tuple[str, ...]]:
        """What becomes of a post that somebody has written before, or that must not come back."""
        now_ms, post = self._clock(), hashed.post
        if hashed.key in buried or hashed.alias in buried:
            return "refused", ()
        if known is None:
            # somebody was faster, or it was erased meanwhile
            if await self.engine.tombstones([hashed.key], source.org):
                return "refused", ()
            held = await self.engine.known(source.wall, [post.key], source.org)
            known = held.get(post.key)
        if hashed.alias and not await self.engine.recall(keep.ALIAS, hashed.alias):
            # the same post through another server, which will announce its deletion in its own name
            await self.engine.write(Write((Remember(keep.ALIAS, hashed.alias, post.key),)))
        if known is not None and known.post.version != post.version:
            name = keep.version_name(hashed.key, post.version)
            if await self.engine.recall(keep.SUPERSEDED, name):
                return "known", ()
        elsewhere = await self.engine.placements(post.key, source.org)
        state, write = keep.met_again(hashed, known, elsewhere, source, now_ms)
        if write is None:
            return state, ()
        if state == "new":
            write = self._outlive.bounded(write, post, source)
        written = await self.engine.write(write)
        if written.again:
            return "known", ()
        return state, (
            *(placement.wall for placement in elsewhere),
            source.wall,
        ) if state != "known" else ()

    async def _let_go(self, source: SourceSpec, item: Gone) -> int:
        """A deletion told by the network; what we do not know yet is buried, in case it arrives
        late.
        """
        if item.author:
            posts = await self.engine.posts_of_author(item.key, source.org)
            return sum(
                [
                    await self.withdraw(post.key, by="source", why=item.because, org=source.org)
                    for post in posts
                ]
            )
        key = await self.engine.recall(keep.ALIAS, self.post_hash(item.key)) or item.key
        if await self.engine.placements(key, source.org):
            return await self.withdraw(
                key, by=f"source:{source.id}", why=item.because, org=source.org
            )
        await self._bury(source, item.key, item.because)
        late = await self.engine.recall(keep.ALIAS, self.post_hash(item.key)) or item.key
        return await self.withdraw(late, by=f"source:{source.id}", why=item.because, org=source.org)

    async def _let_go_late(self, source: SourceSpec, posts: Sequence[Post]) -> None:
        """Withdraw what was buried while it was being kept.

        Whoever buries looks for the post afterwards, and whoever keeps for the tombstone: however
        the two cross, one of them sees the other.
        """
        every = [self._hashed(post) for post in posts]
        hashes = [hash_ for each in every for hash_ in (each.key, each.alias) if hash_]
        buried = await self.engine.tombstones(hashes, source.org) if hashes else frozenset()
        for each in every:
            if each.key in buried or each.alias in buried:
                why = "deleted at the source"
                by = f"source:{source.id}"
                await self.withdraw(each.post.key, by=by, why=why, org=source.org)

    async def _bury(self, source: SourceSpec, key: str, because: str) -> None:
        for placement in await self.engine.placements(key, source.org):
            await self.withdraw(
                placement.post, by=f"source:{source.id}", why=because, org=source.org
            )
        written = await self.engine.write(
            keep.bury(self.post_hash(key), because, source, self._clock())
        )
        if written.again:  # somebody has kept it since we looked, and that took the place of this
            await self.withdraw(key, by=f"source:{source.id}", why=because, org=source.org)

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
    ) -> tuple[Decision, Write]:
        """The write of a person's decision, under the wall's lane; raises `Refused` when the post
        may not be shown.
        """
        decision = Decision(
            state=state,
            by=by,
            why=why.strip() or why_of(state, by),
            at_ms=self._clock(),
            code=code,
            post_version=post.version,
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
            row = await self.engine.wall(wall)
            if row is None:
                raise Refused(f"There is no wall {wall}.")
            covered = msgspec.structs.replace(row, panic=on)
            told = Told(wall, WallChanged(wall))
            written = await self.engine.write(
                Write((PutWall(covered),), (told,), at_ms=self._clock())
            )
            return written.seqs[wall]

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
