"""The named reads; each runs in one read transaction, on both stores alike."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from parvis.core.post import Post
from parvis.core.rights import Right
from parvis.core.verdict import Decision
from parvis.core.wall import FormatSpec, SourceSpec, Wall
from parvis.core.wire import Card, FormatFace, Snapshot, face_of
from parvis.engine import tables as t
from parvis.engine.codec import (
    card_of_body,
    decision_of_body,
    format_of_body,
    post_of_body,
    right_of_body,
    source_of_body,
    state_of_body,
    wall_of_body,
)
from parvis.engine.dialect import one_of
from parvis.engine.rows import Health, Known, Placement, Queued

_b = sa.bindparam
_p, _post = t.placement, t.post

_SPOT = (
    _p.c.wall,
    _p.c.post,
    _p.c.source,
    _p.c.state,
    _p.c.order,
    _p.c.rev,
    _p.c.received_at_ms,
    sa.func.coalesce(_post.c.fingerprint, "").label("fingerprint"),
    _p.c.author,
    _p.c.by_person,
)
_WIDTH = len(_SPOT)
_PLACED = _p.outerjoin(_post, sa.and_(_post.c.org == _p.c.org, _post.c.key == _p.c.post))


def _placement(row: Sequence[Any]) -> Placement:
    return Placement(*row[:_WIDTH])


_WALLS = sa.select(t.wall.c.body).where(t.wall.c.org == _b("org")).order_by(t.wall.c.id)
_WALL = sa.select(t.wall.c.body).where(t.wall.c.id == _b("wall"))


def walls(conn: sa.Connection, org: str) -> Sequence[Wall]:
    """All walls."""
    return [wall_of_body(text) for text in conn.execute(_WALLS, {"org": org}).scalars()]


def wall(conn: sa.Connection, id: str) -> Wall | None:
    """One wall."""
    text = conn.execute(_WALL, {"wall": id}).scalar()
    return None if text is None else wall_of_body(text)


_SOURCES = sa.select(t.source.c.body).where(t.source.c.wall == _b("wall")).order_by(t.source.c.id)
_FORMATS = sa.select(t.format.c.body).where(t.format.c.wall == _b("wall")).order_by(t.format.c.id)
_STATE = sa.select(t.format_state.c.state, t.format_state.c.rev).where(
    t.format_state.c.wall == _b("wall"), t.format_state.c.format == _b("format")
)


def sources(conn: sa.Connection, wall: str) -> Sequence[SourceSpec]:
    """The wall's sources."""
    return [source_of_body(text) for text in conn.execute(_SOURCES, {"wall": wall}).scalars()]


def formats(conn: sa.Connection, wall: str) -> Sequence[FormatSpec]:
    """The wall's formats."""
    return [format_of_body(text) for text in conn.execute(_FORMATS, {"wall": wall}).scalars()]


def format_state(conn: sa.Connection, wall: str, format: str) -> tuple[dict[str, Any], int] | None:
    """State and revision."""
    row = conn.execute(_STATE, {"wall": wall, "format": format}).first()
    return None if row is None else (state_of_body(row[0]), row[1])


_KNOWN = (
    sa.select(_post.c.body, *_SPOT)
    .select_from(
        _post.outerjoin(
            _p, sa.and_(_p.c.org == _post.c.org, _p.c.post == _post.c.key, _p.c.wall == _b("wall"))
        )
    )
    .where(_post.c.org == _b("org"), one_of(_post.c.key, "keys"))
)
_STONES = sa.select(t.tombstone.c.hash).where(
    t.tombstone.c.org == _b("org"), one_of(t.tombstone.c.hash, "hashes")
)
_IN_STATE = (
    sa.select(_post.c.body, *_SPOT)
    .select_from(_p.join(_post, sa.and_(_post.c.org == _p.c.org, _post.c.key == _p.c.post)))
    .where(_p.c.wall == _b("wall"), _p.c.state == _b("state"))
    .order_by(_p.c.order)
    .limit(_b("limit"))
)


def _known(row: Sequence[Any]) -> Known:
    return Known(post_of_body(row[0]), None if row[1] is None else _placement(row[1:]))


def known(conn: sa.Connection, wall: str, keys: Sequence[str], org: str) -> Mapping[str, Known]:
    """What we hold of these."""
    rows = conn.execute(_KNOWN, {"wall": wall, "keys": keys, "org": org})
    found = [_known(row) for row in rows]
    return {one.post.key: one for one in found}


def tombstones(conn: sa.Connection, hashes: Sequence[str], org: str) -> frozenset[str]:
    """Which were erased."""
    return frozenset(conn.execute(_STONES, {"hashes": hashes, "org": org}).scalars())


def undecided(conn: sa.Connection, wall: str, limit: int) -> Sequence[Known]:
    """Placements in state `new`."""
    asked = {"wall": wall, "state": "new", "limit": limit}
    return [_known(row) for row in conn.execute(_IN_STATE, asked)]


def oldest(conn: sa.Connection, wall: str, state: str, limit: int) -> Sequence[Placement]:
    """Those that came first first."""
    asked = {"wall": wall, "state": state, "limit": limit}
    return [_placement(row[1:]) for row in conn.execute(_IN_STATE, asked)]


_BY_AUTHOR = (
    sa.select(_p.c.author, _p.c.received_at_ms, _p.c.post)
    .where(
        _p.c.wall == _b("wall"),
        one_of(_p.c.author, "authors"),
        _p.c.received_at_ms >= _b("since_ms"),
    )
    .order_by(_p.c.received_at_ms.desc(), _p.c.order.desc())
)
_TWINS = (
    sa.select(_post.c.fingerprint, _p.c.post)
    .select_from(_post.join(_p, sa.and_(_p.c.org == _post.c.org, _p.c.post == _post.c.key)))
    .where(
        _post.c.org
        == sa.select(t.wall_head.c.org).where(t.wall_head.c.wall == _b("wall")).scalar_subquery(),
        one_of(_post.c.fingerprint, "prints"),
        _p.c.wall + "" == _b("wall"),  # so that no store begins with all posts of the wall
    )
    .order_by(_p.c.order)
)


def author_posts(
    conn: sa.Connection, wall: str, authors: Sequence[str], since_ms: int
) -> Mapping[str, Sequence[tuple[int, str]]]:
    """Per author, newest first."""
    found: dict[str, list[tuple[int, str]]] = {author: [] for author in authors if author}
    asked = {"wall": wall, "authors": list(found), "since_ms": since_ms}
    for author, received, post in conn.execute(_BY_AUTHOR, asked):
        found[author].append((received, post))
    return found


def twins(
    conn: sa.Connection, wall: str, fingerprints: Sequence[str]
) -> Mapping[str, Sequence[str]]:
    """Per fingerprint, oldest first."""
    found: dict[str, list[str]] = {print_: [] for print_ in fingerprints if print_}
    for print_, post in conn.execute(_TWINS, {"wall": wall, "prints": list(found)}):
        found[print_].append(post)
    return found


_d = t.decision
_QUEUE = (
    sa.select(*_SPOT, _post.c.body, _d.c.body)
    .select_from(
        _p.join(_post, sa.and_(_post.c.org == _p.c.org, _post.c.key == _p.c.post)).outerjoin(
            _d, sa.and_(_d.c.org == _p.c.org, _d.c.id == _p.c.decision)
        )
    )
    .where(
        _p.c.wall == _b("wall"),
        _p.c.state == _b("state"),
        _p.c.order < _b("before"),
    )
    .order_by(_p.c.order.desc())
    .limit(_b("limit"))
)
_COUNTS = sa.select(t.placement_count.c.state, t.placement_count.c.n).where(
    t.placement_count.c.wall == _b("wall"), t.placement_count.c.n > 0
)
_LAST = 2**62


def queue_of_wall(
    conn: sa.Connection, wall: str, states: Sequence[str], before: int | None, limit: int
) -> Sequence[Queued]:
    """One index range per state, merged: the depth of the page costs nothing."""
    ranges = []
    for state in sorted(set(states)):
        asked = {
            "wall": wall,
            "state": state,
            "before": _LAST if before is None else before,
            "limit": limit,
        }
        ranges.append(conn.execute(_QUEUE, asked).all())
    rows = heapq.merge(*ranges, key=lambda row: -row.order)
    return [
        Queued(
            post=post_of_body(row[_WIDTH]),
            placement=_placement(row),
            decision=None if row[_WIDTH + 1] is None else decision_of_body(row[_WIDTH + 1]),
        )
        for row, _ in zip(rows, range(limit), strict=False)
    ]


def counts(conn: sa.Connection, wall: str) -> Mapping[str, int]:
    """Kept counters."""
    return {state: n for state, n in conn.execute(_COUNTS, {"wall": wall})}


_HEAD = sa.select(t.wall_head.c.seq).where(t.wall_head.c.wall == _b("wall"))
_NEWEST = (
    sa.select(t.card.c.body)
    .where(t.card.c.wall == _b("wall"))
    .order_by(t.card.c.order.desc(), t.card.c.post)
    .limit(_b("limit"))
)
_NEXT = (
    sa.select(t.card.c.body)
    .where(t.card.c.wall == _b("wall"), t.card.c.order < _b("below"))
    .order_by(t.card.c.order.desc(), t.card.c.post)
    .limit(1)
)
_CARDS = sa.select(t.card.c.body).where(t.card.c.wall == _b("wall"), one_of(t.card.c.post, "posts"))
_s = t.format_state
_FACES = (
    sa.select(_s.c.format, _s.c.plugin, _s.c.view)
    .select_from(
        _s.outerjoin(t.format, sa.and_(t.format.c.wall == _s.c.wall, t.format.c.id == _s.c.format))
    )
    .where(_s.c.wall == _b("wall"), sa.func.coalesce(t.format.c.enabled, sa.true()))
    .order_by(_s.c.format)
)


def head(conn: sa.Connection, wall: str) -> int:
    """The newest sequence."""
    return conn.execute(_HEAD, {"wall": wall}).scalar() or 0


def snapshot_of_wall(conn: sa.Connection, id: str) -> Snapshot | None:
    """All of it from one read transaction."""
    this = wall(conn, id)
    if this is None:
        return None
    newest = conn.execute(_NEWEST, {"wall": id, "limit": this.capacity}).scalars()
    faces = conn.execute(_FACES, {"wall": id})
    return Snapshot(
        seq=head(conn, id),
        wall=face_of(this),
        cards=tuple(card_of_body(text) for text in newest),
        formats=tuple(FormatFace(f, plugin, state_of_body(view)) for f, plugin, view in faces),
    )


def cards(conn: sa.Connection, wall: str, posts: Sequence[str]) -> Mapping[str, Card]:
    """Those now on the wall."""
    texts = conn.execute(_CARDS, {"wall": wall, "posts": posts}).scalars()
    found = [card_of_body(text) for text in texts]
    return {one.post: one for one in found}


def next_card(conn: sa.Connection, wall: str, below: int) -> Card | None:
    """The next older card."""
    text = conn.execute(_NEXT, {"wall": wall, "below": below}).scalar()
    return None if text is None else card_of_body(text)


_RIGHTS = (
    sa.select(t.rights.c.body)
    .where(
        t.rights.c.wall == _b("wall"),
        t.rights.c.post == _b("post"),
        t.rights.c.ended_at_ms == 0,
    )
    .order_by(t.rights.c.id)
)
_SAID = (
    sa.select(_d.c.body).where(_d.c.wall == _b("wall"), _d.c.post == _b("post")).order_by(_d.c.rev)
)
_WHERE = (
    sa.select(*_SPOT)
    .select_from(_PLACED)
    .where(_p.c.org == _b("org"), _p.c.post == _b("post"))
    .order_by(_p.c.wall)
)
_OF_AUTHOR = (
    sa.select(_post.c.body)
    .where(_post.c.org == _b("org"), _post.c.author == _b("author"))
    .order_by(_post.c.created_at_ms.desc(), _post.c.key)
    .limit(_b("limit"))
)


def rights(conn: sa.Connection, wall: str, post: str) -> Sequence[Right]:
    """Live rights, as they were granted."""
    texts = conn.execute(_RIGHTS, {"wall": wall, "post": post}).scalars()
    return [right_of_body(text) for text in texts]


def decisions(conn: sa.Connection, wall: str, post: str) -> Sequence[Decision]:
    """Oldest first."""
    texts = conn.execute(_SAID, {"wall": wall, "post": post}).scalars()
    return [decision_of_body(text) for text in texts]


def placements(conn: sa.Connection, post: str, org: str) -> Sequence[Placement]:
    """By wall."""
    return [_placement(row) for row in conn.execute(_WHERE, {"post": post, "org": org})]


def posts_of_author(conn: sa.Connection, author: str, org: str, limit: int) -> Sequence[Post]:
    """Newest first."""
    asked = {"author": author, "org": org, "limit": limit}
    return [post_of_body(text) for text in conn.execute(_OF_AUTHOR, asked).scalars()]


_CURSOR = sa.select(t.source_cursor.c.cursor).where(t.source_cursor.c.source == _b("source"))
_h = t.source_health
_HEALTH = (
    sa.select(
        _h.c.source,
        _h.c.wall,
        _h.c.healthy,
        _h.c.says,
        _h.c.since_ms,
        _h.c.nearest,
        sa.func.coalesce(t.source_arrival.c.last_post_ms, 0),
    )
    .select_from(_h.outerjoin(t.source_arrival, t.source_arrival.c.source == _h.c.source))
    .where(_h.c.wall == _b("wall"))
    .order_by(_h.c.source)
)
_RECALL = sa.select(t.memory.c.value).where(
    t.memory.c.scope == _b("scope"), t.memory.c.name == _b("name")
)


def cursor(conn: sa.Connection, source: str) -> str:
    """Where the source stopped."""
    return conn.execute(_CURSOR, {"source": source}).scalar() or ""


def health(conn: sa.Connection, wall: str) -> Sequence[Health]:
    """By source."""
    return [Health(*row) for row in conn.execute(_HEALTH, {"wall": wall})]


def recall(conn: sa.Connection, scope: str, name: str) -> str | None:
    """A small string."""
    value: str | None = conn.execute(_RECALL, {"scope": scope, "name": name}).scalar()
    return value
