"""Withdraw: off every wall at once, then erased: what is withdrawn vanishes everywhere, and never
comes back.

Two steps, because screens that are away for a moment must still be told by name: first the card
goes and the journal says so; a little later (`ERASE_AFTER_MS`) the content and the key are erased,
and replaying screens get a reset. The second step is a job stored with the first, so that no crash
can forget it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Callable, Mapping, Sequence

import msgspec

from parvis.core.errors import Conflict, Later, Refused
from parvis.core.event import CardGone, CardShown, PostDecided, RightChanged
from parvis.core.ports import Clock
from parvis.core.verdict import Decision
from parvis.engine import Engine, Placement, Write
from parvis.engine.change import (
    Bury,
    Change,
    Decide,
    DropCard,
    EndRights,
    Enqueue,
    ErasePost,
    Remember,
    Told,
)
from parvis.flow.keep import ALIAS
from parvis.flow.shelf import PostShelf
from parvis.flow.stage import refill_of

log = logging.getLogger(__name__)

QUEUE = "erase"
ERASE_AFTER_MS = 10_000
AHEAD_S = 120.0
"""No erasure is set further ahead; what seems to be waits for a clock that was set back."""
TRIES = 20


class Erasure(msgspec.Struct, frozen=True):
    """The payload of an erase job: the post's key and the hashes that stay."""

    post: str
    org: str
    hash: str
    alias: str = ""


class Withdrawal:
    """Takes posts off and erases them."""

    def __init__(
        self,
        engine: Engine,
        lanes: Mapping[str, asyncio.Lock],
        clock: Clock,
        hash_of: Callable[[str], str],
        shelf: PostShelf,
    ) -> None:
        self._engine = engine
        self._lanes = lanes
        self._clock = clock
        self._hash_of = hash_of
        self._shelf = shelf
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin erasing what is due."""
        self._task = asyncio.create_task(self._work(), name="erase")

    async def stop(self) -> None:
        """Stop; what is still due stays queued."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def withdraw(self, post: str, *, by: str, why: str, org: str) -> int:
        """Off every wall, for good; the number of walls it stood on."""
        for _ in range(TRIES):
            placements = await self._engine.placements(post, org)
            if not placements or all(placement.state == "withdrawn" for placement in placements):
                return 0
            async with contextlib.AsyncExitStack() as stack:
                for wall in sorted({placement.wall for placement in placements}):
                    await stack.enter_async_context(self._lanes[wall])
                try:
                    await self._engine.write(await self._write(post, placements, by, why, org))
                except (Conflict, Refused):
                    continue  # decided on, or withdrawn, by somebody else meanwhile
            self._woken.set()
            await self._shelf.clear(post, org)
            return len(placements)
        raise Later(f"The post {post} kept changing while it was withdrawn; try again.")

    async def _write(
        self, post: str, placements: Sequence[Placement], by: str, why: str, org: str
    ) -> Write:
        now_ms = self._clock()
        known = (await self._engine.known(placements[0].wall, [post], org)).get(post)
        alias = known.post.extra.get(ALIAS, "") if known is not None else ""
        changes: list[Change] = []
        events: list[Told] = []
        for placement in placements:
            if placement.state == "withdrawn":
                continue
            wall = placement.wall
            decision = Decision(state="withdrawn", by=by, why=why, at_ms=now_ms, code="withdrawn")
            ident = uuid.uuid4().hex
            changes.append(Decide(wall, post, decision, placement.rev, ident, org))
            changes += [DropCard(wall, post), EndRights(wall, post, now_ms)]
            events.append(Told(wall, PostDecided(post, "withdrawn", ident)))
            if await self._engine.cards(wall, [post]):
                events += [Told(wall, RightChanged(post, "", False)), Told(wall, CardGone(post))]
                refill = await refill_of(self._engine, wall, post)
                if refill is not None:
                    events.append(Told(wall, CardShown(refill)))
        hash_ = self._hash_of(post)
        erasure = Erasure(post, org, hash_, self._hash_of(alias) if alias else "")
        changes.append(Bury(hash_, org))
        changes.append(
            Enqueue(
                QUEUE,
                hash_,
                msgspec.json.encode(erasure),
                run_at_ms=now_ms + ERASE_AFTER_MS,
                max_attempts=1000,
                org=org,
            )
        )
        return Write(tuple(changes), tuple(events), at_ms=now_ms)

    async def erase_due(self) -> int:
        """Erase what is due now; how many."""
        jobs = await self._engine.claim(QUEUE, worker="erase", limit=20, ahead_s=AHEAD_S)
        for job in jobs:
            erasure = msgspec.json.decode(job.payload, type=Erasure)
            changes: list[Change] = [ErasePost(erasure.post, erasure.hash, erasure.org)]
            if erasure.alias:
                changes += [Bury(erasure.alias, erasure.org), Remember(ALIAS, erasure.alias, "")]
            await self._shelf.clear(erasure.post, erasure.org)
            await self._engine.write(Write(tuple(changes)))
            await self._engine.done(job)
        return len(jobs)

    async def _work(self) -> None:
        broken = False
        while True:
            try:
                busy = await self.erase_due()
                if broken:
                    log.info("erase.healed")
                broken = False
            except Exception as error:  # what is due stays due: no fault may end the erasing
                if not broken:
                    log.warning("erase.broken", exc_info=error)
                broken, busy = True, 0
            if busy:
                continue
            self._woken.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ERASE_AFTER_MS / 1000):
                    await self._woken.wait()
                    await asyncio.sleep(ERASE_AFTER_MS / 1000)
