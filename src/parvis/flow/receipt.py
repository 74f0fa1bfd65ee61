"""Receipts: what a contributor may know of their own post, change in it, and take back.

A receipt's word is kept nowhere; the post's key is made of its hash (`plug/receipt_word.py`). Once
the post is erased, its keyed hash still tells that it was here and was withdrawn, and no word of
it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, cast

import msgspec

from parvis.core.errors import Refused
from parvis.core.ports import Clock
from parvis.core.post import CONSENT, Media, Post
from parvis.core.verdict import Decision
from parvis.core.wall import Wall
from parvis.engine import Engine, Placement, Step, Write
from parvis.engine.change import Remember
from parvis.flow.road import Road
from parvis.plug.door import Invitation
from parvis.plug.plain import clean, direction
from parvis.plug.receipt_word import key_of, post_id
from parvis.plug.text_entities import find_entities

BY = "author:receipt"
WHY = "Its author withdrew it by receipt."
SCOPE = "receipt"

Face = Literal["waiting", "approved", "shown", "hidden", "rejected", "duplicate", "withdrawn"]


Edited = Literal["saved", "same", "nothing_left", "closed", "gone"]
"""What a correction led to."""


class Withdrawal(msgspec.Struct, frozen=True):
    """How a withdrawal went: until every screen that was connected had been told."""

    at_ms: int
    took_ms: int
    screens: int


class Standing(msgspec.Struct, frozen=True):
    """How a post stands. `post` is None once it is erased; `steps` oldest first."""

    id: str
    wall: str
    face: Face
    post: Post | None
    steps: tuple[Step, ...]
    decision: Decision | None = None
    decided: tuple[Decision, ...] = ()
    shown_at_ms: int = 0
    erases_at_ms: int = 0
    rev: int = 0
    withdrawal: Withdrawal | None = None
    erased: bool = False
    source: str = ""

    @property
    def consent(self) -> str:
        """What the author agreed to, as it was stored."""
        return self.post.extra.get(CONSENT, "") if self.post is not None else ""


class Receipts:
    """Looks posts up by their receipt. `screens` says how many screens follow a wall now."""

    def __init__(
        self, engine: Engine, road: Road, clock: Clock, screens: Callable[[str], int]
    ) -> None:
        self._engine = engine
        self._road = road
        self._clock = clock
        self._screens = screens

    async def of(self, word: str) -> Standing | None:
        """How the post of this receipt stands; None when there never was one."""
        id_ = post_id(word)
        key = key_of(id_)
        hash_ = self._road.post_hash(key)
        placements = await self._engine.placements(key) or await self._engine.placements(hash_)
        if not placements:
            return None
        placement = placements[0]
        wall = await self._engine.wall(placement.wall)
        steps = tuple(await self._road.trace(key))
        if placement.state == "withdrawn":
            return await self._gone(id_, placement, steps, hash_)
        return await self._here(id_, key, placement, wall, steps)

    async def edit(
        self, word: str, text: str, keep: Sequence[int], may: Invitation | None
    ) -> Edited:
        """Other words, and the media at these places alone. It goes the way of every edit, and
        keeps to what its source takes now (`may`; None: nothing). Raises `Refused`, in the
        visitor's words, for a text that the source would not take.
        """
        standing = await self.of(word)
        if standing is None or standing.post is None or standing.face == "withdrawn":
            return "gone"
        post = standing.post
        text = clean(text).strip()
        media = tuple(each for at, each in enumerate(post.media) if at in keep)
        if not text and not media:
            return "nothing_left"
        if text == post.text and media == post.media:
            return "same"
        placement = (await self._engine.placements(post.key))[0]
        sources = {spec.id: spec for spec in await self._engine.sources(standing.wall)}
        if placement.source not in sources or may is None:
            return "closed"
        if says := may.refuses(text):
            raise Refused(says)
        await self._road.receive(sources[placement.source], [edited_post(post, text, media)])
        await self._road.shelf.trim(post.key, standing.wall)
        return "saved"

    async def withdraw(self, word: str) -> Withdrawal | None:
        """Off every screen, files gone, then erased; None when there never was such a post."""
        key = key_of(post_id(word))
        placements = await self._engine.placements(key)
        began_ms = self._clock()
        if not placements or placements[0].state == "withdrawn":
            standing = await self.of(word)
            return standing.withdrawal if standing is not None else None
        screens = self._screens(placements[0].wall)
        await self._road.withdraw(key, by=BY, why=WHY)
        done = Withdrawal(began_ms, max(0, self._clock() - began_ms), screens)
        name = self._road.post_hash(key)
        kept = Remember(SCOPE, name, msgspec.json.encode(done).decode())
        await self._engine.write(Write((kept,)))
        return done

    async def _gone(
        self, id_: str, placement: Placement, steps: tuple[Step, ...], hash_: str
    ) -> Standing:
        kept = await self._engine.recall(SCOPE, hash_)
        return Standing(
            id=id_,
            wall=placement.wall,
            face="withdrawn",
            post=None,
            steps=steps,
            erased=placement.post == hash_,
            withdrawal=msgspec.json.decode(kept, type=Withdrawal) if kept else None,
        )

    async def _here(
        self,
        id_: str,
        key: str,
        placement: Placement,
        wall: Wall | None,
        steps: tuple[Step, ...],
    ) -> Standing | None:
        known = (await self._engine.known(placement.wall, [key])).get(key)
        if known is None:
            return None
        cards = await self._engine.cards(placement.wall, [key])
        decided = tuple(await self._engine.decisions(placement.wall, key))
        days = wall.retention_days if wall is not None else 0
        card = cards.get(key)
        return Standing(
            id=id_,
            wall=placement.wall,
            face=_face(placement, card is not None),
            post=known.post,
            steps=steps,
            decision=decided[-1] if decided and placement.state != "new" else None,
            decided=decided,
            shown_at_ms=card.shown_at_ms if card is not None else 0,
            erases_at_ms=placement.received_at_ms + days * 24 * 3600 * 1000,
            rev=placement.rev,
            source=placement.source,
        )


def edited_post(post: Post, text: str, media: tuple[Media, ...]) -> Post:
    """The next version of the post."""
    return msgspec.structs.replace(
        post,
        text=text,
        entities=find_entities(text),
        dir=direction(text),
        media=media,
        version=str(int(post.version) + 1 if post.version.isdecimal() else 2),
    )


def _face(placement: Placement, on_wall: bool) -> Face:
    if placement.state in ("new", "pending"):
        return "waiting"
    if placement.state == "approved":
        return "shown" if on_wall else "approved"
    return cast("Face", placement.state)
