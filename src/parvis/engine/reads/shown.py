"""What is on a wall now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from parvis.core.wire import Card, FormatFace, Snapshot, face_of
from parvis.engine import desk
from parvis.engine import tables as t
from parvis.engine.codec import (
    card_of_body,
    state_of_body,
)
from parvis.engine.dialect import one_of
from parvis.engine.reads.declared import wall

_b = sa.bindparam
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
        picks=desk.picks(conn, id),
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
