"""Reads of bridges: what is declared, how far each has told, and how it is."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from parvis.core.wall import BridgeSpec
from parvis.engine import tables as t
from parvis.engine.codec import bridge_of_body
from parvis.engine.rows import Aside, BridgeHealth

_b = sa.bindparam
_h, _c, _a = t.bridge_health, t.bridge_cursor, t.bridge_aside

_BRIDGES = sa.select(t.bridge.c.body).where(t.bridge.c.wall == _b("wall")).order_by(t.bridge.c.id)
_EVERY = sa.select(t.bridge.c.body).order_by(t.bridge.c.id)
_CURSOR = sa.select(_c.c.seq).where(_c.c.bridge == _b("bridge"))
_MANY = sa.select(sa.func.count()).where(_a.c.bridge == _h.c.bridge).scalar_subquery()
_WHY = (
    sa.select(_a.c.because)
    .where(_a.c.bridge == _h.c.bridge)
    .order_by(_a.c.seq.desc())
    .limit(1)
    .scalar_subquery()
)
_HEALTH = (
    sa.select(
        _h.c.bridge,
        _h.c.wall,
        _h.c.healthy,
        _h.c.says,
        _h.c.since_ms,
        sa.func.coalesce(_c.c.seq, 0),
        _MANY,
        sa.func.coalesce(_WHY, ""),
    )
    .select_from(_h.outerjoin(_c, _c.c.bridge == _h.c.bridge))
    .where(_h.c.wall == _b("wall"))
    .order_by(_h.c.bridge)
)
_ASIDE = (
    sa.select(_a.c.seq, _a.c.because, _a.c.at_ms)
    .where(_a.c.bridge == _b("bridge"))
    .order_by(_a.c.seq.desc())
    .limit(_b("limit"))
)


def bridges(conn: sa.Connection, wall: str) -> Sequence[BridgeSpec]:
    """The wall's bridges."""
    return [bridge_of_body(text) for text in conn.execute(_BRIDGES, {"wall": wall}).scalars()]


def every_bridge(conn: sa.Connection) -> Sequence[BridgeSpec]:
    """Those of every wall: a few rows."""
    return [bridge_of_body(text) for text in conn.execute(_EVERY).scalars()]


def cursor(conn: sa.Connection, bridge: str) -> int:
    """Up to where the bridge has told."""
    return conn.execute(_CURSOR, {"bridge": bridge}).scalar() or 0


def health(conn: sa.Connection, wall: str) -> Sequence[BridgeHealth]:
    """By bridge; of those that are switched off or gone, nothing."""
    on = {spec.id for spec in bridges(conn, wall) if spec.enabled}
    rows = conn.execute(_HEALTH, {"wall": wall})
    return [BridgeHealth(*row) for row in rows if row.bridge in on]


def aside(conn: sa.Connection, bridge: str, limit: int) -> Sequence[Aside]:
    """Newest first."""
    return [Aside(*row) for row in conn.execute(_ASIDE, {"bridge": bridge, "limit": limit})]
