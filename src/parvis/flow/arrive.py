"""Arrive: what a source hands over is kept, met again, buried or let go; deciding follows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

import msgspec

from parvis.core.ports import Clock
from parvis.core.post import Arrival, Gone, OptedOut, Post
from parvis.core.wall import SourceSpec
from parvis.engine import Engine, Known, Write
from parvis.engine.change import MoveCursor, Remember
from parvis.flow import keep
from parvis.flow.outlive import Outliving


class Arrived(msgspec.Struct, frozen=True):
    """What became of a page of arrivals; `keys` are the posts that are new or edited."""

    new: int = 0
    edited: int = 0
    known: int = 0
    refused: int = 0
    gone: int = 0
    unreadable: int = 0
    keys: tuple[str, ...] = ()


class Withdraw(Protocol):
    """Takes a post off every wall for good."""

    def __call__(self, post: str, *, by: str, why: str, org: str = "main") -> Awaitable[int]:
        """The number of walls that it left."""


class Arrivals:
    """The first half of the road. On return, what arrived is stored."""

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        post_hash: Callable[[str], str],
        outlive: Outliving,
        withdraw: Withdraw,
        wake: Callable[[str, Sequence[str]], None],
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._post_hash = post_hash
        self._outlive = outlive
        self._withdraw = withdraw
        self._wake = wake

    async def receive(
        self, source: SourceSpec, arrivals: Sequence[Arrival], *, cursor: str | None = None
    ) -> Arrived:
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
            await self._engine.write(Write((MoveCursor(source.id, cursor),)))
        fresh = [
            key for key, (state, _) in zip(latest, kept, strict=True) if state in ("new", "edited")
        ]
        await self._let_go_late(source, [latest[key] for key in fresh])
        walls = {wall for _, woken in kept for wall in woken}
        for wall in walls:
            self._wake(wall, fresh)
        states = [state for state, _ in kept]
        return Arrived(
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
        buried = await self._engine.tombstones(hashes, source.org)
        known = await self._engine.known(source.wall, [post.key for post in posts], source.org)
        unseen = [
            each
            for each in every
            if each.post.key not in known and each.key not in buried and each.alias not in buried
        ]
        outcomes = await self._engine.write_all(
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
        return keep.Hashed(post, self._post_hash(post.key), self._post_hash(alias) if alias else "")

    async def _meet(
        self, source: SourceSpec, hashed: keep.Hashed, buried: frozenset[str], known: Known | None
    ) -> tuple[keep.Kept, tuple[str, ...]]:
        """What becomes of a post that somebody has written before, or that must not come back."""
        now_ms, post = self._clock(), hashed.post
        if hashed.key in buried or hashed.alias in buried:
            return "refused", ()
        if known is None:
            # somebody was faster, or it was erased meanwhile
            if await self._engine.tombstones([hashed.key], source.org):
                return "refused", ()
            held = await self._engine.known(source.wall, [post.key], source.org)
            known = held.get(post.key)
        if hashed.alias and not await self._engine.recall(keep.ALIAS, hashed.alias):
            # the same post through another server, which will announce its deletion in its own name
            await self._engine.write(Write((Remember(keep.ALIAS, hashed.alias, post.key),)))
        if known is not None and known.post.version != post.version:
            name = keep.version_name(hashed.key, post.version)
            if await self._engine.recall(keep.SUPERSEDED, name):
                return "known", ()
        elsewhere = await self._engine.placements(post.key, source.org)
        state, write = keep.met_again(hashed, known, elsewhere, source, now_ms)
        if write is None:
            return state, ()
        if state == "new":
            write = self._outlive.bounded(write, post, source)
        written = await self._engine.write(write)
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
            posts = await self._engine.posts_of_author(item.key, source.org)
            return sum(
                [
                    await self._withdraw(post.key, by="source", why=item.because, org=source.org)
                    for post in posts
                ]
            )
        key = await self._engine.recall(keep.ALIAS, self._post_hash(item.key)) or item.key
        if await self._engine.placements(key, source.org):
            return await self._withdraw(
                key, by=f"source:{source.id}", why=item.because, org=source.org
            )
        await self._bury(source, item.key, item.because)
        late = await self._engine.recall(keep.ALIAS, self._post_hash(item.key)) or item.key
        return await self._withdraw(
            late, by=f"source:{source.id}", why=item.because, org=source.org
        )

    async def _let_go_late(self, source: SourceSpec, posts: Sequence[Post]) -> None:
        """Withdraw what was buried while it was being kept.

        Whoever buries looks for the post afterwards, and whoever keeps for the tombstone: however
        the two cross, one of them sees the other.
        """
        every = [self._hashed(post) for post in posts]
        hashes = [hash_ for each in every for hash_ in (each.key, each.alias) if hash_]
        buried = await self._engine.tombstones(hashes, source.org) if hashes else frozenset()
        for each in every:
            if each.key in buried or each.alias in buried:
                why = "deleted at the source"
                by = f"source:{source.id}"
                await self._withdraw(each.post.key, by=by, why=why, org=source.org)

    async def _bury(self, source: SourceSpec, key: str, because: str) -> None:
        for placement in await self._engine.placements(key, source.org):
            await self._withdraw(
                placement.post, by=f"source:{source.id}", why=because, org=source.org
            )
        written = await self._engine.write(
            keep.bury(self._post_hash(key), because, source, self._clock())
        )
        if written.again:  # somebody has kept it since we looked, and that took the place of this
            await self._withdraw(key, by=f"source:{source.id}", why=because, org=source.org)
