"""Screens as they were heard last: few rows a wall, kept across restarts."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from parvis.core.screen import TAB, TAB_MS, Heard
from parvis.engine import tables as t
from parvis.engine.codec import body

MAX_SCREENS = 200
"""Of one wall."""
NEVER_MS = 2**62
SETTLED_MS = 10 * 60 * 1000
"""A screen that has been heard over this long is one that hangs somewhere."""

_b = sa.bindparam
_s = t.screen
_ALL = (
    sa.select(_s.c.name, _s.c.body).where(_s.c.wall == _b("of_wall")).order_by(_s.c.name, _s.c.id)
)
_ONE = sa.select(_s.c.body).where(_s.c.wall == _b("of_wall"), _s.c.id == _b("of_id"))
_COUNT = sa.select(sa.func.count()).where(_s.c.wall == _b("of_wall"))
_OLDEST = (
    sa.select(_s.c.id)
    .where(_s.c.wall == _b("of_wall"), _s.c.last_ms < _b("before_ms"))
    .order_by(_s.c.last_ms)
    .limit(1)
)
_OLDEST_TAB = _OLDEST.where(_s.c.id.startswith(TAB, autoescape=True))
_ORG = sa.select(t.wall_head.c.org).where(t.wall_head.c.wall == _b("of_wall"))
_UNNAMED = sa.select(_s.c.body).where(_s.c.wall == _b("of_wall"), _s.c.name == _s.c.id)
_heard = msgspec.json.Decoder(Heard)


def screens(conn: sa.Connection, wall: str) -> Sequence[Heard]:
    """By name."""
    rows = conn.execute(_ALL, {"of_wall": wall})
    return [msgspec.structs.replace(_heard.decode(text), name=name) for name, text in rows]


def hear(conn: sa.Connection, wall: str, heard: Heard, dark_ms: int, *, new: bool) -> bool:
    """Keep what a screen said last, whatever the clock says; its name stays. One that is not known
    is kept only if it may be `new`. Where the wall has many it takes the place of an unnamed page,
    of one dark since before `dark_ms`, or of the one that is missed least; False when there is
    none.
    """
    at = {"of_wall": wall, "of_id": heard.id}
    known = conn.execute(_ONE, at).scalar()
    if known is not None:
        first_ms = _heard.decode(known).first_ms
        text = body(msgspec.structs.replace(heard, first_ms=first_ms))
        mine = sa.and_(_s.c.wall == wall, _s.c.id == heard.id)
        conn.execute(sa.update(_s).where(mine).values(last_ms=heard.last_ms, body=text))
        return True
    if not new:
        return False
    heard = msgspec.structs.replace(heard, first_ms=heard.last_ms)
    if (conn.execute(_COUNT, {"of_wall": wall}).scalar() or 0) >= MAX_SCREENS:
        oldest = _least_missed(conn, wall, heard, dark_ms)
        if oldest is None:
            return False
        conn.execute(sa.delete(_s).where(_s.c.wall == wall, _s.c.id == oldest))
    row = {
        "org": conn.execute(_ORG, {"of_wall": wall}).scalar() or "main",
        "wall": wall,
        "id": heard.id,
        "name": heard.name,
        "last_ms": heard.last_ms,
        "body": body(heard),
    }
    conn.execute(_insert(conn.dialect.name), row)
    return True


def _least_missed(conn: sa.Connection, wall: str, new: Heard, dark_ms: int) -> str | None:
    """Whose place a new screen takes: any visitor's phone may open the wall as an unnamed page, so
    these make room first, and for a named screen also while they are there. Then those that were
    heard for a moment only, and at last those that came last: a screen that hangs somewhere finds
    its place among any number of made-up names, and what the studio has named stays.
    """
    tabs_ms = new.last_ms - TAB_MS if new.id.startswith(TAB) else NEVER_MS
    for oldest, before_ms in ((_OLDEST_TAB, tabs_ms), (_OLDEST, dark_ms)):
        found = conn.execute(oldest, {"of_wall": wall, "before_ms": before_ms}).scalar()
        if found is not None:
            return str(found)
    if new.id.startswith(TAB):
        return None
    unnamed = [_heard.decode(text) for text in conn.execute(_UNNAMED, {"of_wall": wall}).scalars()]
    return max(unnamed, key=_newness).id if unnamed else None


def _newness(screen: Heard) -> tuple[bool, int, str]:
    passing = screen.last_ms - screen.first_ms < SETTLED_MS
    return passing, screen.first_ms, screen.id


def _insert(store: str) -> sa.Insert:
    """A screen that two nodes hear of for the first time at once is written once."""
    from sqlalchemy.dialects import postgresql, sqlite

    if store == "postgresql":
        return postgresql.insert(_s).on_conflict_do_nothing()
    return sqlite.insert(_s).on_conflict_do_nothing()


def name(conn: sa.Connection, wall: str, id: str, name: str) -> bool:
    """Call it so; False when there is none."""
    here = sa.and_(_s.c.wall == wall, _s.c.id == id)
    return conn.execute(sa.update(_s).where(here).values(name=name)).rowcount == 1


def forget(conn: sa.Connection, wall: str, id: str) -> bool:
    """Without it, until it is heard again; False when there is none."""
    return conn.execute(sa.delete(_s).where(_s.c.wall == wall, _s.c.id == id)).rowcount == 1
