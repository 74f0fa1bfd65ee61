"""A post as every network's source hands it over: the one normalised shape.

Offsets count Unicode code points of `text`. Times are milliseconds since 1970 UTC (`_ms`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

PostKind = Literal["post", "reply", "repost", "quote", "comment", "chat", "review", "submission"]
EntityType = Literal["tag", "mention", "link", "emoji", "cashtag"]
MediaType = Literal["image", "video", "gif", "audio", "document", "embed"]
Exactness = Literal["exact", "rounded", "stale"]
Direction = Literal["ltr", "rtl"]
Redistribute = Literal["full", "ids_only", "none"]
MediaUse = Literal["hotlink", "proxy", "copy", "player_only"]
PublicScreen = Literal["yes", "with_consent", "no"]
MustShow = Literal["name", "handle", "avatar", "timestamp", "logo", "whole_text"]


BLOB = "blob:"
"""Begins the address of media that we keep ourselves; the file's sha256 follows."""

SENT = "sent_mark"
"""`Post.extra[SENT]`: a mark of what was sent first, by which the same again is told from other."""
CONSENT = "consent"
"""`Post.extra[CONSENT]`: what the author agreed to (version, language, time, words), where a
source asked for it itself."""


class Entity(msgspec.Struct, frozen=True, omit_defaults=True):
    """A stretch of the text that means something: `text[start:end]` in code points."""

    type: EntityType
    start: int
    end: int
    text: str
    href: str = ""
    image: str = ""


class Media(msgspec.Struct, frozen=True, omit_defaults=True):
    """One picture, film or sound; sizes in px, duration in seconds."""

    type: MediaType
    url: str
    mime: str = ""
    alt: str = ""
    w: int = 0
    h: int = 0
    duration_s: float = 0.0
    poster: str = ""
    blurhash: str = ""
    focus: tuple[float, float] = (0.0, 0.0)
    sensitive: bool = False
    url_expires_at_ms: int = 0


def blobs_of(media: Iterable[Media]) -> tuple[str, ...]:
    """The sha256 of every file of ours that these media show, posters too."""
    urls = (url for each in media for url in (each.url, each.poster))
    return tuple(url.removeprefix(BLOB) for url in urls if url.startswith(BLOB))


class Author(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who wrote it, as the network says; `key` is `network:host:id`."""

    key: str
    handle: str
    name: str
    url: str = ""
    avatar: str = ""
    bot: bool = False
    followers: int = -1
    opt_outs: tuple[str, ...] = ()


class Metric(msgspec.Struct, frozen=True, omit_defaults=True):
    """A figure of the network about the post at a time."""

    name: str
    value: int
    exactness: Exactness = "exact"


class Sensitivity(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the author or the network warned of."""

    flag: bool = False
    spoiler: str = ""
    labels: tuple[str, ...] = ()


class DisplayPolicy(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a network allows and demands wherever its posts are shown; enforced by `flow/publish.py`
    for every output. `figures_apart`: its likes and followers are never added to other networks'.
    """

    redistribute: Redistribute = "full"
    media: MediaUse = "proxy"
    must_show: tuple[MustShow, ...] = ("name", "handle")
    may_crop: bool = True
    may_translate: bool = True
    overlay_ok: bool = True
    figures_apart: bool = False
    recheck_every_s: int = 0
    max_age_s: int = 0
    public_screen: PublicScreen = "yes"


class Provenance(msgspec.Struct, frozen=True, omit_defaults=True):
    """How the post reached us; `source` is the id of the wall's source."""

    source: str = ""
    endpoint: str = ""
    raw_sha256: str = ""
    gap_fill: bool = False


class Post(msgspec.Struct, frozen=True, omit_defaults=True):
    """One version of one post. `key` is `network:host:id`, the identity; `version` changes with
    each edit.
    """

    key: str
    network: str
    text: str
    created_at_ms: int
    version: str = ""
    kind: PostKind = "post"
    entities: tuple[Entity, ...] = ()
    lang: str = ""
    dir: Direction = "ltr"
    media: tuple[Media, ...] = ()
    author: Author | None = None
    parent: str = ""
    quoted: str = ""
    permalink: str = ""
    metrics: tuple[Metric, ...] = ()
    sensitivity: Sensitivity = Sensitivity()
    provenance: Provenance = Provenance()
    received_at_ms: int = 0
    extra: dict[str, str] = {}


class Gone(msgspec.Struct, frozen=True, tag=True):
    """The network says that the post (or, with `author`, everything of that author) is no more."""

    key: str
    because: str = "deleted at the source"
    author: bool = False


class Unreadable(msgspec.Struct, frozen=True, tag=True):
    """One item that could not be read; costs that item alone. `where` is a place in the payload,
    never its text.
    """

    where: str
    because: str


class OptedOut(msgspec.Struct, frozen=True, tag=True):
    """The author's profile or post asks not to be collected (`flag` as the network spells it):
    nothing of it is kept.
    """

    key: str
    flag: str


Arrival = Post | Gone | Unreadable | OptedOut


class Raw(msgspec.Struct, frozen=True):
    """Bytes as they came from a network, with the cursor to resume after them and the clock when
    they arrived.
    """

    body: bytes
    cursor: str = ""
    content_type: str = ""
    url: str = ""
    kind: str = ""
    received_at_ms: int = 0
    gap_fill: bool = False
