"""Desk: what people of the team do to posts, all of it kept so that it can be undone."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence

import msgspec

from parvis.core.errors import Conflict, Refused
from parvis.core.event import PicksChanged
from parvis.core.ports import Clock
from parvis.core.post import Media, Post
from parvis.core.verdict import Decision, State
from parvis.engine import Act, Placement, Write
from parvis.engine.change import Change, Feature, MarkAct, Pin, PutAct, Told
from parvis.flow import keep, staff, stage
from parvis.flow.clear import clear
from parvis.flow.edit import edit, mark_of
from parvis.flow.explain import Why, explain
from parvis.flow.kept import kept_of
from parvis.flow.road import PEOPLE_MAY, Road
from parvis.flow.ruling import Kind, ruled, subject_of
from parvis.flow.undo import KEPT, Undone, also, redo, undo

MAX_PINNED = 6
MAX_FEATURED_S = 3600
BARE = "approved:without_media"
"""How an act calls a post on the wall whose pictures and films are kept back."""
Rule = tuple[Kind, str, str]
"""What goes on which list because of which post."""

NameOf = Callable[[str], Awaitable[str]]
"""How a `by` of a decision is called in a sentence."""


class Asked(msgspec.Struct, frozen=True):
    """A decision that somebody asks for. `rules` go on the wall's policy with it: its author is
    trusted or blocked, a wording (`words`) is blocked. Where `without_media` is not said, what a
    person kept back stays kept back.
    """

    post: str
    state: State
    why: str = ""
    rev: int | None = None
    code: str = "person"
    without_media: bool | None = None
    rules: tuple[Kind, ...] = ()
    words: str = ""


class Taken(msgspec.Struct, frozen=True):
    """A decision that was taken, and the placement's revision after it."""

    decision: Decision
    rev: int


async def plain_name(by: str) -> str:
    """The name in `by` itself."""
    return by.partition(":")[2] or by


class Desk:
    """One per process, beside the road."""

    def __init__(self, road: Road, clock: Clock, name_of: NameOf = plain_name) -> None:
        self.road = road
        self.engine = road.engine
        self._clock = clock
        self._name_of = name_of

    async def decide(self, wall: str, asked: Asked, *, by: str, id: str = "") -> Taken:
        """One decision; raises `Conflict` when the post changed since `rev` or somebody else has it
        in hand, `Refused` when it may not be.
        """
        (outcome,) = await self.decide_all(wall, [asked], by=by, id=id)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def decide_all(
        self, wall: str, asks: Sequence[Asked], *, by: str, id: str = ""
    ) -> Sequence[Taken | Exception]:
        """Many decisions as one gesture, each for itself; one outcome for each, in order. Sent
        again under the same `id`, what was done is not done twice.
        """
        together = id or uuid.uuid4().hex
        outcomes: dict[int, Taken | Exception] = {}
        rules: list[Rule] = []
        async with self.road.lane(wall):
            done = {act.post: act for act in await self._did(wall, by, id) if act.kind == "decide"}
            last = await self._last(wall, by)
            cards = await self.engine.cards(wall, [asked.post for asked in asks])
            waiting: list[tuple[int, Taken, Write]] = []
            for place, asked in enumerate(asks):
                try:
                    if asked.post in done:
                        outcomes[place] = await self._again(wall, done[asked.post])
                        continue
                    taken, write, named = await self._decision(wall, asked, by, together, last)
                except (Conflict, Refused) as error:
                    outcomes[place] = error
                    continue
                rules += named
                if asked.post in cards:  # what takes its place depends on what went before
                    await self._write(waiting, outcomes)
                    waiting = []
                waiting.append((place, taken, write))
                if asked.post in cards:
                    await self._write(waiting, outcomes)
                    waiting = []
            await self._write(waiting, outcomes)
        said = {asks[at].post for at, one in outcomes.items() if isinstance(one, Taken)}
        for kind, post, value in rules:
            if post in said:
                act = self._act(wall, by, kind, post, "", value, together=together)
                await self.rule_as(wall, kind, value, act, by=by)
        return [outcomes[place] for place in range(len(asks))]

    async def _again(self, wall: str, act: Act) -> Taken:
        said = await self.engine.decisions(wall, act.post)
        return Taken(said[-1], act.rev)

    async def _decision(
        self, wall: str, asked: Asked, by: str, together: str, last: Mapping[str, Act]
    ) -> tuple[Taken, Write, list[Rule]]:
        if asked.state not in PEOPLE_MAY:
            raise Refused(
                f"A person may decide {', '.join(PEOPLE_MAY)};"
                " to take a post away for good, withdraw it."
            )
        known, placement = await self.road.placed(wall, asked.post)
        post = known.post
        if asked.rev is not None and asked.rev != placement.rev:
            raise Conflict(await self.since(wall, asked.post))
        rules = [(kind, post.key, subject_of(kind, post, asked.words)) for kind in asked.rules]
        bare = await self._bare(wall, asked, post)
        decision, write = await self.road.write_of(
            post,
            placement,
            asked.state,
            by=by,
            why=asked.why,
            code=asked.code,
            without_media=bare,
        )
        rev = placement.rev + 1
        before = await self._shape(wall, placement)
        after = BARE if decision.without_media else asked.state
        act: Change = self._act(wall, by, "decide", asked.post, before, after, rev, together)
        held = last.get(asked.post)
        if held is not None and (held.after, held.rev) == (after, placement.rev):
            act = MarkAct(wall, by, held.n, "done", rev)  # it says why: one gesture, one undo
        return Taken(decision, rev), also(write, act), rules

    async def _last(self, wall: str, by: str) -> Mapping[str, Act]:
        """The person's last gesture, by post, while it stands: what says the same again belongs
        to it.
        """
        acts = await self.engine.acts(wall, by, KEPT)
        alike = [act for act in acts if act.together == acts[0].together]
        return {act.post: act for act in alike if (act.kind, act.state) == ("decide", "done")}

    async def _bare(self, wall: str, asked: Asked, post: Post) -> bool:
        """Whether its words go up alone; raises `Refused` where it has none."""
        bare, words = asked.without_media, bool(post.text.strip())
        if bare is None and asked.state == "approved" and post.media:
            bare = kept_of(await self.engine.decisions(wall, post.key), post) == "same"
            if bare and not words:
                raise Refused(
                    "What it shows was kept back before, and it says nothing else;"
                    " let that in, or reject it."
                )
        if bare and not (post.media and words):
            raise Refused("Without what it shows nothing of this post is left; reject it.")
        return bool(bare)

    async def _shape(self, wall: str, placement: Placement) -> str:
        """How the post stands now, as undo must put it back."""
        if placement.state != "approved":
            return placement.state
        said = await self.engine.decisions(wall, placement.post)
        return BARE if said and said[-1].without_media else "approved"

    async def rule_as(
        self, wall: str, kind: str, value: str, act: Change, *, by: str, on: bool = True
    ) -> None:
        """Put the value on that list of the wall's policy, or take it off; the act is kept with it.
        What stood there before is nobody's act.
        """
        before = await mark_of(self.engine, wall)
        make = ruled(kind, value, on)
        mark = await edit(self.road, self._clock, wall, None, make, by=by, also=(act,))
        if mark == before and isinstance(act, MarkAct):
            await self.engine.write(Write((act,)))

    async def since(self, wall: str, post: str) -> str:
        """A sentence: who changed the post meanwhile."""
        said = await self.engine.decisions(wall, post)
        who = await self._name_of(said[-1].by) if said else "somebody"
        return f"This post changed meanwhile ({who} was faster): look at it again and decide again."

    async def _write(
        self,
        waiting: Sequence[tuple[int, Taken, Write]],
        outcomes: dict[int, Taken | Exception],
    ) -> None:
        done = await self.engine.write_all([write for _, _, write in waiting])
        for (place, taken, _), outcome in zip(waiting, done, strict=True):
            outcomes[place] = outcome if isinstance(outcome, Exception) else taken

    # putting forward ------------------------------------------------------------------------------
    async def pin(self, wall: str, post: str, on: bool, *, by: str, id: str = "") -> None:
        """Keep a shown post on the wall's front, or no longer."""
        if not await self._did(wall, by, id):
            act = self._act(wall, by, "pin", post, _on(not on), _on(on), together=id)
            await self.pin_as(wall, post, on, act)

    async def pin_as(self, wall: str, post: str, on: bool, act: Change) -> None:
        """Pin, and keep the act with it."""
        async with self.road.lane(wall):
            await self._shown(wall, post)
            pinned = [card.post for card in (await self.engine.picks(wall)).pinned]
            if (post in pinned) == on:
                if isinstance(act, MarkAct):
                    await self.engine.write(Write((act,)))
                return
            if on and len(pinned) >= MAX_PINNED:
                raise Refused(f"{MAX_PINNED} posts are pinned on this wall already; unpin one.")
            told = Told(wall, PicksChanged(post, "pin", on))
            await self.engine.write(Write((Pin(wall, post, on), act), (told,), at_ms=self._clock()))

    async def feature(self, wall: str, post: str, seconds: int, *, by: str, id: str = "") -> int:
        """Give a shown post the light for a while (0: no longer); until when."""
        if await self._did(wall, by, id):
            return (await self.engine.picks(wall)).until_ms
        act = self._act(wall, by, "feature", post, "", str(seconds), together=id)
        return await self.feature_as(wall, post, seconds, act)

    async def feature_as(self, wall: str, post: str, seconds: int, act: Change) -> int:
        """Give the light, and keep the act with it."""
        if not 0 <= seconds <= MAX_FEATURED_S:
            raise Refused(f"A post stands in the light for 0 to {MAX_FEATURED_S} seconds.")
        async with self.road.lane(wall):
            await self._shown(wall, post)
            now_ms = self._clock()
            until_ms = now_ms + seconds * 1000 if seconds else 0
            light = Feature(wall, post if seconds else "", until_ms)
            told = Told(wall, PicksChanged(post, "feature", seconds > 0))
            await self.engine.write(Write((light, act), (told,), at_ms=now_ms))
            return until_ms

    async def _shown(self, wall: str, post: str) -> None:
        if not await self.engine.cards(wall, [post]):
            raise Refused("Only a post that is on the wall can be put forward; approve it first.")

    async def write(
        self,
        wall: str,
        text: str,
        lang: str,
        *,
        by: str,
        id: str = "",
        key: str = "",
        media: tuple[Media, ...] = (),
    ) -> str:
        """A post of the team's own, on the wall at once; its key (`key`, where its files are kept
        under it already). Sent again under the same `id` it is one post.
        """
        row = await self.engine.wall(wall)
        if row is None:
            raise Refused(f"There is no wall {wall}.")
        now_ms = self._clock()
        key = key or staff.key_of(wall, f"{by} {id}" if id else "")
        post = staff.post_of(row, key, text, lang, now_ms, media)
        source = staff.source_of(wall, row.org)
        hashed = keep.Hashed(post, self.road.post_hash(post.key))
        seen = keep.first_sight(hashed, source, now_ms)
        ground = clear(post, source, staff.POLICY, now_ms)
        if isinstance(ground, str):
            raise Refused(ground)
        placement = Placement(wall, post.key, source.id, "new", 0, 0, now_ms)
        decision = Decision("approved", by, "Written by the team.", now_ms, "staff")
        shown = stage.decided(placement, decision, post, staff.POLICY, ground)
        act = self._act(wall, by, "write", post.key, "hidden", "approved", 1, id)
        async with self.road.lane(wall):
            await self.engine.write(
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
        known, placement = await self.road.placed(wall, post)
        said = await self.engine.decisions(wall, post)
        item, around, before = await self.road.around(wall, known)
        last = said[-1] if said and placement.state != "new" else None
        return explain(item, around, self.road.checks, last, by_person_before=before, lang=lang)

    # undo -----------------------------------------------------------------------------------------
    async def undo(self, wall: str, *, by: str, of: str = "") -> Undone:
        """Take back the person's last gesture, or the one named `of`."""
        return await undo(self, wall, by=by, of=of)

    async def redo(self, wall: str, *, by: str, of: str = "") -> Undone:
        """Do again what was taken back last, or the gesture named `of`."""
        return await redo(self, wall, by=by, of=of)

    async def _did(self, wall: str, by: str, id: str) -> list[Act]:
        """What the person did already under this id."""
        if not id:
            return []
        return [act for act in await self.engine.acts(wall, by, KEPT) if act.together == id]

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
