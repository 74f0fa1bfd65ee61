"""Search over a wall's posts: newest first, looking at a bounded number of rows a page.

There is no index of words: one would keep a post's words after it was erased until the store
happens to rewrite that page of the index. The rows are read along the index of the queue instead,
so a page costs the same at any depth, and says how far it looked.
"""

from __future__ import annotations

import heapq
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any, get_args

import sqlalchemy as sa

from parvis.core.post import Post
from parvis.core.verdict import State
from parvis.engine.reads import placed
from parvis.engine.rows import Queued, Sighted, Sought

LOOKED_AT = 5_000
"""Rows that one page looks at, at most."""
AT_ONCE = 250


def search(
    conn: sa.Connection, wall: str, sought: Sought, before: int | None, limit: int
) -> Sighted:
    """A page of what is sought."""
    states = sought.states or get_args(State)
    ranges = [_walk(conn, wall, state, before) for state in sorted(set(states))]
    found: list[Queued] = []
    looked, reached = 0, None
    for row in heapq.merge(*ranges, key=lambda row: -row.order):
        if len(found) == limit or looked == LOOKED_AT:
            return Sighted(tuple(found), reached, looked)
        looked, reached = looked + 1, row.order
        queued = placed.queued(row)
        if fits(queued.post, sought):
            found.append(queued)
    return Sighted(tuple(found), None, looked)


def _walk(conn: sa.Connection, wall: str, state: str, before: int | None) -> Iterator[Any]:
    """Every row in this state below `before`, newest first."""
    while True:
        rows = placed.queue_rows(conn, wall, state, before, AT_ONCE)
        yield from rows
        if len(rows) < AT_ONCE:
            return
        before = rows[-1].order


def fits(post: Post, sought: Sought) -> bool:
    """Whether the post is one of those that are sought."""
    author = post.author
    name = plain(f"{author.name} {author.handle}") if author is not None else ""
    return (
        (not sought.network or post.network == sought.network)
        and (not sought.lang or post.lang.partition("-")[0] == sought.lang.partition("-")[0])
        and (not sought.from_ms or post.created_at_ms >= sought.from_ms)
        and (not sought.to_ms or post.created_at_ms < sought.to_ms)
        and _has_media(post, sought.media)
        and (not sought.author or plain(sought.author) in name)
        and _has_words(plain(post.text), name, sought.words)
    )


def _has_media(post: Post, kind: str) -> bool:
    if not kind:
        return True
    if kind == "none":
        return not post.media
    return any(kind in ("any", media.type) for media in post.media)


def _has_words(text: str, name: str, words: Sequence[str]) -> bool:
    return all(word in text or word in name for word in map(plain, words))


def plain(text: str) -> str:
    """The text as it is compared: no case, no accents, one form of each letter."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in bare if not unicodedata.combining(sign))
