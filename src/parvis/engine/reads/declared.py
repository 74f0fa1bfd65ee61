"""What was declared, and how it goes: walls, sources, formats, small memories."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from parvis.core.wall import FormatSpec, SourceSpec, Wall
from parvis.engine import tables as t
from parvis.engine.codec import (
    UNREADABLE,
    format_of_body,
    source_of_body,
    state_of_body,
    wall_of_body,
)
from parvis.engine.rows import Health

log = logging.getLogger("parvis.store")

DAMAGED = (
    "The row of the wall {wall} in the store cannot be read ({because}), so it is left out; apply"
    " its event file again, or restore a backup."
)
_told: set[tuple[str, int]] = set()
_b = sa.bindparam
_WALLS = (
    sa.select(t.wall.c.id, t.wall.c.body).where(t.wall.c.org == _b("org")).order_by(t.wall.c.id)
)
_WALL = sa.select(t.wall.c.body).where(t.wall.c.id == _b("wall"))


def walls(conn: sa.Connection, org: str) -> Sequence[Wall]:
    """All walls but those whose row is damaged, which the log names."""
    rows = conn.execute(_WALLS, {"org": org}).all()
    return [found for id_, text in rows if (found := _wall_of(id_, text)) is not None]


def wall(conn: sa.Connection, id: str) -> Wall | None:
    """One wall; none where its row is damaged, so that it can be declared anew."""
    text = conn.execute(_WALL, {"wall": id}).scalar()
    return None if text is None else _wall_of(id, text)


def _wall_of(id_: str, text: str) -> Wall | None:
    """One row that somebody spoilt by hand costs its own wall alone; it is told once."""
    try:
        found = wall_of_body(text)
    except UNREADABLE as error:
        if (id_, hash(text)) not in _told:
            _told.add((id_, hash(text)))
            says = DAMAGED.format(wall=id_, because=str(error)[:120])
            log.error("wall.damaged", extra={"wall": id_, "says": says})
        return None
    return found


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
