"""Desk: what people of the team do to posts, all of it kept so that it can be undone."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from parvis.core.errors import Conflict, Refused
from parvis.core.event import PicksChanged
from parvis.core.ports import Clock
from parvis.core.verdict import Decision, State
from parvis.engine import Act, Placement, Write
from parvis.engine.change import Change, Feature, MarkAct, Pin, PutAct, Told
from parvis.flow import keep, staff, stage
from parvis.flow.clear import clear
from parvis.flow.explain import Why, explain
from parvis.flow.road import PEOPLE_MAY, Road

MAX_PINNED = 6
MAX_FEATURED_S = 3600
UNDONE = "Taken back."

NameOf = Callable[[str], Awaitable[str]]
"""How a `by` of a decision is called in a sentence."""


class Asked(msgspec.Struct, frozen=True):
    """A decision that somebody asks for."""

    post: str
    state: State
    why: str = ""
    rev: int | None = None
    code: str = "person"


class Taken(msgspec.Struct, frozen=True):
    """A decision that was taken, and the placement's revision after it."""

    decision: Decision
    rev: int


class Undone(msgspec.Struct, frozen=True):
    """The acts that were taken back or done again, and a sentence for each that could not be."""

    acts: tuple[Act, ...] = ()
    says: tuple[str, ...] = ()


async def plain_name(by: str) -> str:
    """The name in `by` itself."""
    return by.partition(":")[2] or by


class Desk:
    """One per process, beside the road."""

    def __init__(self, road: Road, clock: Clock, name_of: NameOf = plain_name) -> None:
        self._road = road
        self._engine = road.engine
        self._clock = clock
        self._name_of = name_of

    async def decide(self, wall: str, asked: Asked, *, by: str) -> Taken:
        """One decision; raises `Conflict` when the post changed since `rev` or somebody else has it
        in hand, `Refused` when it may not be.
        """
        (outcome,) = await self.decide_all(wall, [asked], by=by)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def decide_all(
        self, wall: str, asks: Sequence[Asked], *, by: str
    ) -> Sequence[Taken | Exception]:
        """Many decisions as one gesture, each for itself; one outcome for each, in order."""
        together = uuid.uuid4().hex
        outcomes: dict[int, Taken | Exception] = {}
        async with self._road.lane(wall):
            held = await self._engine.claims(wall, [asked.post for asked in asks])
            cards = await self._engine.cards(wall, [asked.post for asked in asks])
            waiting: list[tuple[int, Taken, Write]] = []
            for place, asked in enumerate(asks):
                claim = held.get(asked.post)
                try:
                    if claim is not None and claim.by != by:
                        raise Conflict(f"{claim.name} has this post in hand; wait or ask them.")
                    each = await self._decision(wall, asked, by, together)
                except (Conflict, Refused) as error:
                    outcomes[place] = error
                    continue
                if asked.post in cards:  # what takes its place depends on what went before
                    await self._write(waiting, outcomes)
                    waiting = []
                waiting.append((place, *each))
                if asked.post in cards:
                    await self._write(waiting, outcomes)
                    waiting = []
            await self._write(waiting, outcomes)
        return [outcomes[place] for place in range(len(asks))]

    async def _decision(
        self, wall: str, asked: Asked, by: str, together: str
    ) -> tuple[Taken, Write]:
        if asked.state not in PEOPLE_MAY:
            raise Refused(
                f"A person may decide {', '.join(PEOPLE_MAY)};"
                " to take a post away for good, withdraw it."
            )
        known, placement = await self._road.placed(wall, asked.post)
        if asked.rev is not None and asked.rev != placement.rev:
            raise Conflict(await self._since(wall, asked.post))
        decision, write = await self._road.write_of(
            known.post, placement, asked.state, by=by, why=asked.why, code=asked.code
        )
        rev = placement.rev + 1
        act = self._act(wall, by, "decide", asked.post, placement.state, asked.state, rev, together)
        return Taken(decision, rev), _also(write, act)

    async def _since(self, wall: str, post: str) -> str:
        """Who changed the post meanwhile."""
        said = await self._engine.decisions(wall, post)
        who = await self._name_of(said[-1].by) if said else "somebody"
        return f"This post changed meanwhile ({who} was faster): look at it again and decide again."

    async def _write(
        self,
        waiting: Sequence[tuple[int, Taken, Write]],
        outcomes: dict[int, Taken | Exception],
    ) -> None:
        done = await self._engine.write_all([write for _, _, write in waiting])
        for (place, taken, _), outcome in zip(waiting, done, strict=True):
            outcomes[place] = outcome if isinstance(outcome, Exception) else taken

    # putting forward ------------------------------------------------------------------------------
    async def pin(self, wall: str, post: str, on: bool, *, by: str) -> None:
        """Keep a shown post on the wall's front, or no longer."""
        await self._pin(wall, post, on, self._act(wall, by, "pin", post, _on(not on), _on(on)))

    async def _pin(self, wall: str, post: str, on: bool, act: Change) -> None:
        async with self._road.lane(wall):
            await self._shown(wall, post)
            pinned = [card.post for card in (await self._engine.picks(wall)).pinned]
            if (post in pinned) == on:
                if isinstance(act, MarkAct):
                    await self._engine.write(Write((act,)))
                return
            if on and len(pinned) >= MAX_PINNED:
                raise Refused(f"{MAX_PINNED} posts are pinned on this wall already; unpin one.")
            told = Told(wall, PicksChanged(post, "pin", on))
            await self._engine.write(
                Write((Pin(wall, post, on), act), (told,), at_ms=self._clock())
            )

    async def feature(self, wall: str, post: str, seconds: int, *, by: str) -> int:
        """Give a shown post the light for a while (0: no longer); until when."""
        act = self._act(wall, by, "feature", post, "", str(seconds))
        return await self._feature(wall, post, seconds, act)

    async def _feature(self, wall: str, post: str, seconds: int, act: Change) -> int:
        if not 0 <= seconds <= MAX_FEATURED_S:
            raise Refused(f"A post stands in the light for 0 to {MAX_FEATURED_S} seconds.")
        async with self._road.lane(wall):
            await self._shown(wall, post)
            now_ms = self._clock()
            until_ms = now_ms + seconds * 1000 if seconds else 0
            light = Feature(wall, post if seconds else "", until_ms)
            told = Told(wall, PicksChanged(post, "feature", seconds > 0))
            await self._engine.write(Write((light, act), (told,), at_ms=now_ms))
            return until_ms

    async def _shown(self, wall: str, post: str) -> None:
        if not await self._engine.cards(wall, [post]):
            raise Refused("Only a post that is on the wall can be put forward; approve it first.")

    async def write(self, wall: str, text: str, lang: str, *, by: str) -> str:
        """A post of the team's own, on the wall at once; its key."""
        row = await self._engine.wall(wall)
        if row is None:
            raise Refused(f"There is no wall {wall}.")
        now_ms = self._clock()
        post, source = staff.post_of(row, text, lang, now_ms), staff.source_of(wall, row.org)
        hashed = keep.Hashed(post, self._road.post_hash(post.key))
        seen = keep.first_sight(hashed, source, now_ms)
        ground = clear(post, source, staff.POLICY, now_ms)
        if isinstance(ground, str):
            raise Refused(ground)
        placement = Placement(wall, post.key, source.id, "new", 0, 0, now_ms)
        decision = Decision("approved", by, "Written by the team.", now_ms, "staff")
        shown = stage.decided(placement, decision, post, staff.POLICY, ground)
        act = self._act(wall, by, "write", post.key, "hidden", "approved", 1)
        async with self._road.lane(wall):
            await self._engine.write(
                Write(
                    (*seen.changes, *shown.changes, act),
                    (*seen.events, *shown.events),
                    seen.key,
                    now_ms,
                )
            )
        return post.key

    async def why(self, wall: str, post: str, lang: str = "en") -> Why:
        """Why the post has its state, and what would change it."""
        known, placement = await self._road.placed(wall, post)
        said = await self._engine.decisions(wall, post)
        item, around, before = await self._road.around(wall, known)
        last = said[-1] if said and placement.state != "new" else None
        return explain(item, around, self._road.checks, last, by_person_before=before, lang=lang)

    # undo -----------------------------------------------------------------------------------------
    async def undo(self, wall: str, *, by: str) -> Undone:
        """Take back the person's last gesture; what can no longer be taken back says why."""
        acts = await self._engine.acts(wall, by, 200)
        last = next((act for act in acts if act.state == "done"), None)
        if last is None:
            raise Refused("There is nothing to undo.")
        chosen = [a for a in acts if a.together == last.together and a.state == "done"]
        return await self._all(wall, chosen, by, back=True)

    async def redo(self, wall: str, *, by: str) -> Undone:
        """Do again what was taken back last."""
        acts = await self._engine.acts(wall, by, 200)
        undone = [act for act in acts if act.state == "undone"]
        if not undone:
            raise Refused("There is nothing to do again.")
        chosen = [a for a in reversed(undone) if a.together == undone[-1].together]
        return await self._all(wall, chosen, by, back=False)

    async def _all(self, wall: str, acts: Sequence[Act], by: str, *, back: bool) -> Undone:
        done: list[Act] = []
        says: list[str] = []
        for act in acts:
            try:
                rev = await self._turn(wall, act, by, back)
            except (Refused, Conflict) as error:
                says.append(str(error))
                past = MarkAct(wall, by, act.n, "past", act.rev)
                await self._engine.write(Write((past,)))
            else:
                state = "undone" if back else "done"
                done.append(msgspec.structs.replace(act, state=state, rev=rev))
        return Undone(tuple(done), tuple(says))

    async def _turn(self, wall: str, act: Act, by: str, back: bool) -> int:
        """One act taken back or done again, marked in the same write; the revision after it."""
        state = "undone" if back else "done"
        mark = MarkAct(wall, by, act.n, state, act.rev)
        if act.kind == "pin":
            await self._pin(wall, act.post, (act.after == "on") != back, mark)
            return act.rev
        if act.kind == "feature":
            await self._feature(wall, act.post, 0 if back else int(act.after), mark)
            return act.rev
        target = act.before if back else act.after
        async with self._road.lane(wall):
            known, placement = await self._road.placed(wall, act.post)
            claim = (await self._engine.claims(wall, [act.post])).get(act.post)
            if claim is not None and claim.by != by:
                raise Conflict(f"{claim.name} has this post in hand; wait or ask them.")
            if placement.rev != act.rev:
                raise Conflict(await self._since(wall, act.post))
            to = msgspec.convert("pending" if target == "new" else target, State)
            _, write = await self._road.write_of(
                known.post, placement, to, by=by, why=UNDONE if back else "", code="undo"
            )
            rev = placement.rev + 1
            await self._engine.write(_also(write, MarkAct(wall, by, act.n, state, rev)))
            return rev

    def _act(
        self,
        wall: str,
        by: str,
        kind: str,
        post: str,
        before: str,
        after: str,
        rev: int = 0,
        together: str = "",
    ) -> PutAct:
        one = together or uuid.uuid4().hex
        return PutAct(wall, by, kind, post, before, after, rev, one, self._clock())


def _on(on: bool) -> str:
    return "on" if on else "off"


def _also(write: Write, *more: Change) -> Write:
    return msgspec.structs.replace(write, changes=(*write.changes, *more))
