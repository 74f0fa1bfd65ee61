"""What happened, in order: the change feed.

Events carry references (keys, ids), never a person's words or name, so that erasing a row leaves
nothing behind in the journal. Whoever needs content reads the row it names.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from parvis.core.verdict import State


class PostSeen(msgspec.Struct, frozen=True, tag="post.seen"):
    """A post reached the wall for the first time, through `source`."""

    post: str
    source: str


class PostEdited(msgspec.Struct, frozen=True, tag="post.edited"):
    """The network gave a new version of a known post."""

    post: str
    source: str
    version: str


class PostRefused(msgspec.Struct, frozen=True, tag="post.refused"):
    """An arrival was not kept, with the reason (`because`); `post` is its key, or its keyed hash
    where it opted out.
    """

    post: str
    source: str
    because: str


class PostDecided(msgspec.Struct, frozen=True, tag="post.decided"):
    """The post's state on this wall changed; `decision` is the row that says who, when, why."""

    post: str
    state: State
    decision: str


class RightChanged(msgspec.Struct, frozen=True, tag="right.changed"):
    """A right was granted or ended (`granted` false)."""

    post: str
    basis: str
    granted: bool


class CardShown(msgspec.Struct, frozen=True, tag="card.shown"):
    """The post's card is on the wall's feed (first time or again after an edit)."""

    post: str


class CardGone(msgspec.Struct, frozen=True, tag="card.gone"):
    """The post's card is off the wall."""

    post: str


class PicksChanged(msgspec.Struct, frozen=True, tag="picks.changed"):
    """The team pinned or featured the post's card (`what`), or no longer (`on` false)."""

    post: str
    what: Literal["pin", "feature"]
    on: bool


class FormatChanged(msgspec.Struct, frozen=True, tag="format.changed"):
    """A format's state changed; the row `format` holds it."""

    format: str


class WallChanged(msgspec.Struct, frozen=True, tag="wall.changed"):
    """The wall's own row changed (settings, panic)."""

    wall: str


class SourceChanged(msgspec.Struct, frozen=True, tag="source.changed"):
    """A source broke or healed; the row `source_health` says how."""

    source: str
    healthy: bool


class Interaction(msgspec.Struct, frozen=True, tag="interaction"):
    """A visitor did something with a format or a post; `data` holds no personal data."""

    about: str
    action: str
    data: dict[str, Any] = {}


class Played(msgspec.Struct, frozen=True, tag="played"):
    """A screen reports that a card was on it for `seen_ms`."""

    post: str
    screen: str
    seen_ms: int


Event = (
    PostSeen
    | PostEdited
    | PostRefused
    | PostDecided
    | RightChanged
    | CardShown
    | CardGone
    | PicksChanged
    | FormatChanged
    | WallChanged
    | SourceChanged
    | Interaction
    | Played
)


class Fact(msgspec.Struct, frozen=True):
    """An event with its place on the feed of one wall: `seq` follows commit order, `at_ms` is the
    server's clock.
    """

    wall: str
    seq: int
    at_ms: int
    event: Event


def post_of(event: Event) -> str:
    """The key of the post that the event is about, or ''."""
    return getattr(event, "post", "")
