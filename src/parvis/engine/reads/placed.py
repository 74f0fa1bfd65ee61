"""Which posts stand on a wall, in which state, and who else stands there."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from parvis.engine import tables as t
from parvis.engine.codec import (
    decision_of_body,
    post_of_body,
)
from parvis.engine.dialect import one_of
from parvis.engine.rows import Known, Placement, Queued

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
    ranges = [queue_rows(conn, wall, state, before, limit) for state in sorted(set(states))]
    rows = heapq.merge(*ranges, key=lambda row: -row.order)
    return [queued(row) for row, _ in zip(rows, range(limit), strict=False)]


def queue_rows(
    conn: sa.Connection, wall: str, state: str, before: int | None, limit: int
) -> Sequence[Any]:
    """Rows of one state below `before`, newest first; each has its `order`."""
    below = _LAST if before is None else before
    asked = {"wall": wall, "state": state, "before": below, "limit": limit}
    return conn.execute(_QUEUE, asked).all()


def queued(row: Sequence[Any]) -> Queued:
    """A row of the queue, read."""
    said = row[_WIDTH + 1]
    return Queued(
        post=post_of_body(row[_WIDTH]),
        placement=_placement(row),
        decision=None if said is None else decision_of_body(said),
    )


def counts(conn: sa.Connection, wall: str) -> Mapping[str, int]:
    """Kept counters."""
    return {state: n for state, n in conn.execute(_COUNTS, {"wall": wall})}


_WHERE = (
    sa.select(*_SPOT)
    .select_from(_PLACED)
    .where(_p.c.org == _b("org"), _p.c.post == _b("post"))
    .order_by(_p.c.wall)
)


def placements(conn: sa.Connection, post: str, org: str) -> Sequence[Placement]:
    """By wall."""
    return [_placement(row) for row in conn.execute(_WHERE, {"post": post, "org": org})]
