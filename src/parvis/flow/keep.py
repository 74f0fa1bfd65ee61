"""Keep: an arrival becomes a new post, an edit of a known one, or nothing; always with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from parvis.core.event import PostEdited, PostRefused, PostSeen
from parvis.core.post import Post
from parvis.core.wall import SourceSpec
from parvis.engine import Known, Placement, Write
from parvis.engine.change import Bury, Change, PutPlacement, PutPost, Remember, Reopen, Told
from parvis.flow.identity import fingerprint

ALIAS = "alias"
"""`Post.extra[ALIAS]`: the name under which the network announces a deletion, where it is not the
key.
"""

SUPERSEDED = "superseded"
"""Scope under which the versions that an edit replaced are remembered: a replay is no edit."""

Kept = Literal["new", "edited", "known", "refused"]


class Hashed(msgspec.Struct, frozen=True):
    """A post with its keyed hashes, so that no write key in the store names it."""

    post: Post
    key: str
    alias: str = ""


def stamp(post: Post, source: SourceSpec, now_ms: int) -> Post:
    """The post with the wall's source and our clock on it; a claimed time in the future becomes
    now.
    """
    received = post.received_at_ms or now_ms
    return msgspec.structs.replace(
        post,
        received_at_ms=received,
        created_at_ms=min(post.created_at_ms, received) or received,
        provenance=msgspec.structs.replace(post.provenance, source=source.id),
    )


def version_name(hashed_key: str, version: str) -> str:
    """How a superseded version is remembered."""
    return f"{hashed_key}:{version}"


def first_sight(hashed: Hashed, source: SourceSpec, now_ms: int) -> Write:
    """The write for a post that nobody in the organisation has seen; `Written.again` means that
    somebody has.
    """
    post, print_ = hashed.post, fingerprint(hashed.post)
    changes: list[Change] = [PutPost(post, print_, source.org), place(post, print_, source)]
    if hashed.alias:
        changes.append(Remember(ALIAS, hashed.alias, post.key))
    seen = Told(source.wall, PostSeen(post.key, source.id))
    return Write(tuple(changes), (seen,), key=f"seen:{source.org}:{hashed.key}", at_ms=now_ms)


def place(post: Post, print_: str, source: SourceSpec) -> PutPlacement:
    """The post's place on the source's wall."""
    return PutPlacement(
        wall=source.wall,
        post=post.key,
        source=source.id,
        received_at_ms=post.received_at_ms,
        fingerprint=print_,
        author=post.author.key if post.author else "",
        org=source.org,
    )


def met_again(
    hashed: Hashed,
    known: Known | None,
    elsewhere: Sequence[Placement],
    source: SourceSpec,
    now_ms: int,
) -> tuple[Kept, Write | None]:
    """What to write for a post that the organisation has met before and has not buried."""
    post = hashed.post
    if known is None:
        # its first write was cut before the row, or retention removed the row since: it is new to
        # the wall
        write = first_sight(hashed, source, now_ms)
        return "new", msgspec.structs.replace(write, key="")
    edited = known.post.version != post.version
    changes: list[Change] = []
    events: list[Told] = []
    print_ = fingerprint(post)
    if edited:
        changes.append(PutPost(post, print_, source.org))
        old = version_name(hashed.key, known.post.version)
        changes.append(Remember(SUPERSEDED, old, "1"))
        for placement in elsewhere:
            changes.append(Reopen(placement.wall, post.key))
            events.append(Told(placement.wall, PostEdited(post.key, source.id, post.version)))
    elif known.post.metrics != post.metrics:
        changes.append(
            PutPost(msgspec.structs.replace(known.post, metrics=post.metrics), print_, source.org)
        )
    if known.placement is None:
        changes.append(place(post, print_, source))
        events.append(Told(source.wall, PostSeen(post.key, source.id)))
    if not changes:
        return "known", None
    key = f"edit:{source.org}:{hashed.key}:{post.version}" if edited else ""
    kept: Kept = "new" if known.placement is None else "edited" if edited else "known"
    return kept, Write(tuple(changes), tuple(events), key=key, at_ms=now_ms)


def bury(hash_: str, because: str, source: SourceSpec, now_ms: int) -> Write:
    """Keep out for good something we never held; only its hash is written."""
    refused = Told(source.wall, PostRefused(hash_, source.id, because))
    return Write(
        (Bury(hash_, source.org),), (refused,), key=f"seen:{source.org}:{hash_}", at_ms=now_ms
    )
