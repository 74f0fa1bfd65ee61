"""The whole contract between server and screen: a closed union of few messages.

`frontend/kit/wire.ts` is generated from this file (`python -m parvis.run.wire_ts`). A message is
one JSON object with a `type`. Snapshot + the messages after its `seq` = a fresh snapshot: each
message replaces or removes whole things by id, so that applying one twice changes nothing.
"""

from __future__ import annotations

from typing import Any

import msgspec

from parvis.core.look import Look, look_of
from parvis.core.post import Author, Direction, Entity, Media, PostKind
from parvis.core.wall import Wall


class CardPolicy(msgspec.Struct, frozen=True, omit_defaults=True):
    """The part of the network's display policy that a screen must obey."""

    must_show: tuple[str, ...] = ()
    may_crop: bool = True
    overlay_ok: bool = True
    player_only: bool = False


class Card(msgspec.Struct, frozen=True, omit_defaults=True):
    """A post as screens get it: public, minimal, already cleared. `order` sorts cards, newest
    largest.
    """

    post: str
    network: str
    text: str
    order: int
    shown_at_ms: int
    created_at_ms: int
    kind: PostKind = "post"
    entities: tuple[Entity, ...] = ()
    lang: str = ""
    dir: Direction = "ltr"
    media: tuple[Media, ...] = ()
    author: Author | None = None
    permalink: str = ""
    policy: CardPolicy = CardPolicy()


class WallFace(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a screen knows of its wall."""

    wall: str
    title: str
    lang: str
    layout: str
    theme: str
    scheme: str
    hashtags: tuple[str, ...] = ()
    capacity: int = 50
    panic: bool = False
    look: Look | None = None


def face_of(wall: Wall) -> WallFace:
    """What a screen knows of its wall."""
    return WallFace(
        wall=wall.id,
        title=wall.title,
        lang=wall.lang,
        layout=wall.layout,
        theme=wall.brand.theme,
        scheme=wall.brand.scheme,
        hashtags=wall.hashtags,
        capacity=wall.capacity,
        panic=wall.panic,
        look=look_of(wall.brand),
    )


class FormatFace(msgspec.Struct, frozen=True, omit_defaults=True):
    """The public state of a format on a wall; `view` is what its browser half draws."""

    format: str
    plugin: str
    view: dict[str, Any]


class Picks(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the team puts forward: pinned cards, last pinned first, and one in the light until
    `until_ms` of the server's clock. They are whole, for they may stand beyond the wall's capacity.
    """

    pinned: tuple[Card, ...] = ()
    featured: Card | None = None
    until_ms: int = 0


class Show(msgspec.Struct, frozen=True, tag="show"):
    """The card is on the wall, or replaces its older self."""

    card: Card


class Hide(msgspec.Struct, frozen=True, tag="hide"):
    """The post is off the wall: cover it now."""

    post: str


class Face(msgspec.Struct, frozen=True, tag="face"):
    """The wall's own settings changed."""

    wall: WallFace


class Format(msgspec.Struct, frozen=True, tag="format"):
    """A format's public state; `gone` ends it."""

    face: FormatFace
    gone: bool = False


class Picked(msgspec.Struct, frozen=True, tag="picks"):
    """What the team puts forward, all of it."""

    picks: Picks


class Reset(msgspec.Struct, frozen=True, tag="reset"):
    """The server cannot replay from where you are: load the snapshot again. Never carries an id."""


Message = Show | Hide | Face | Format | Picked | Reset


class Snapshot(msgspec.Struct, frozen=True):
    """The wall at `seq`: at most `capacity` cards, newest first, and its formats by id."""

    seq: int
    wall: WallFace
    cards: tuple[Card, ...] = ()
    formats: tuple[FormatFace, ...] = ()
    picks: Picks = Picks()


def apply(snapshot: Snapshot, message: Message, seq: int) -> Snapshot:
    """The snapshot after one message; the browser's kit does the same, step for step."""
    cards, formats, wall = snapshot.cards, snapshot.formats, snapshot.wall
    picks = snapshot.picks
    if isinstance(message, Show):
        rest = [card for card in cards if card.post != message.card.post]
        rest.append(message.card)
        rest.sort(key=lambda card: card.order, reverse=True)
        cards = tuple(rest[: wall.capacity])
        picks = _as_shown(picks, message.card)
    elif isinstance(message, Hide):
        cards = tuple(card for card in cards if card.post != message.post)
        picks = _without(picks, message.post)
    elif isinstance(message, Face):
        wall = message.wall
        cards = cards[: wall.capacity]
    elif isinstance(message, Format):
        kept = [face for face in formats if face.format != message.face.format]
        formats = (
            tuple(kept)
            if message.gone
            else tuple(sorted([*kept, message.face], key=lambda f: f.format))
        )
    elif isinstance(message, Picked):
        picks = message.picks
    return Snapshot(max(seq, snapshot.seq), wall, cards, formats, picks)


def _as_shown(picks: Picks, card: Card) -> Picks:
    """A card that is put forward and changed stands there as it is now."""
    pinned = tuple(card if held.post == card.post else held for held in picks.pinned)
    featured = picks.featured
    if featured is not None and featured.post == card.post:
        featured = card
    return Picks(pinned, featured, picks.until_ms)


def _without(picks: Picks, post: str) -> Picks:
    pinned = tuple(card for card in picks.pinned if card.post != post)
    if picks.featured is not None and picks.featured.post == post:
        return Picks(pinned)
    return Picks(pinned, picks.featured, picks.until_ms)
