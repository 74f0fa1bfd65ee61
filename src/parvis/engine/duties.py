"""The reads of what the clock asks for: rights that end, cards to ask after at their network."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from parvis.engine import tables as t
from parvis.engine.codec import post_of_body, right_of_body
from parvis.engine.rows import Ending, OnShow

_b = sa.bindparam
_r = t.rights
_ENDED = (
    sa.select(_r.c.wall, _r.c.post, _r.c.org, _r.c.body)
    .where(t.ENDING, _r.c.until_ms <= _b("now_ms"))
    .order_by(_r.c.until_ms, _r.c.id)
    .limit(_b("limit"))
)
_NEXT_END = sa.select(_r.c.until_ms).where(t.ENDING).order_by(_r.c.until_ms).limit(1)

_c, _p, _post = t.card, t.placement, t.post
_FROM_SOURCE = _c.join(
    _p,
    sa.and_(_p.c.wall == _c.c.wall, _p.c.post == _c.c.post, _p.c.source == _b("source")),
)
_ON_SHOW = (
    sa.select(_c.c.order, _post.c.body)
    .select_from(
        _FROM_SOURCE.join(_post, sa.and_(_post.c.org == _p.c.org, _post.c.key == _p.c.post))
    )
    .where(_c.c.wall == _b("wall"), _c.c.order > _b("above"), _c.c.order <= _b("upto"))
    .order_by(_c.c.order)
    .limit(_b("limit"))
)
_HOW_MANY = (
    sa.select(sa.func.count(), sa.func.coalesce(sa.func.max(_c.c.order), 0))
    .select_from(_FROM_SOURCE)
    .where(_c.c.wall == _b("wall"))
)


def ended_rights(conn: sa.Connection, now_ms: int, limit: int) -> Sequence[Ending]:
    """Live rights whose end has come, the earliest first."""
    rows = conn.execute(_ENDED, {"now_ms": now_ms, "limit": limit})
    return [Ending(wall, post, org, right_of_body(text)) for wall, post, org, text in rows]


def next_end(conn: sa.Connection) -> int:
    """When the next live right ends; 0 when none does."""
    return conn.execute(_NEXT_END).scalar() or 0


def on_show(
    conn: sa.Connection, wall: str, source: str, above: int, upto: int, limit: int
) -> Sequence[OnShow]:
    """The cards that a source brought, by order."""
    asked = {"wall": wall, "source": source, "above": above, "upto": upto, "limit": limit}
    return [OnShow(order, post_of_body(text)) for order, text in conn.execute(_ON_SHOW, asked)]


def how_many_on_show(conn: sa.Connection, wall: str, source: str) -> tuple[int, int]:
    """How many, and the order of the newest."""
    count, top = conn.execute(_HOW_MANY, {"wall": wall, "source": source}).one()
    return count, top
