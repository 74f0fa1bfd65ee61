"""What the team at the desk needs kept: picks, claims on posts, and acts that can be undone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from parvis.core.verdict import Decision
from parvis.core.wire import Picks
from parvis.engine import tables as t
from parvis.engine.change import MarkAct
from parvis.engine.codec import card_of_body, decision_of_body, event_of_body
from parvis.engine.dialect import one_of
from parvis.engine.journal import step_of
from parvis.engine.rows import Act, Claim, Step, Tale

_b = sa.bindparam
_pin, _light, _c, _a = t.pinned, t.featured, t.claim, t.act

_PINNED = (
    sa.select(t.card.c.body)
    .select_from(
        _pin.join(t.card, sa.and_(t.card.c.wall == _pin.c.wall, t.card.c.post == _pin.c.post))
    )
    .where(_pin.c.wall == _b("wall"))
    .order_by(_pin.c.n.desc())
)
_FEATURED = (
    sa.select(t.card.c.body, _light.c.until_ms)
    .select_from(
        _light.join(t.card, sa.and_(t.card.c.wall == _light.c.wall, t.card.c.post == _light.c.post))
    )
    .where(_light.c.wall == _b("wall"))
)


def picks(conn: sa.Connection, wall: str) -> Picks:
    """What stands forward, as far as its cards stand."""
    pinned = conn.execute(_PINNED, {"wall": wall}).scalars()
    light = conn.execute(_FEATURED, {"wall": wall}).first()
    return Picks(
        tuple(card_of_body(text) for text in pinned),
        None if light is None else card_of_body(light[0]),
        0 if light is None else light[1],
    )


# claims -------------------------------------------------------------------------------------------
LONGEST_MS = 15 * 60 * 1000
"""A claim that ends later than this was made before the clock stepped back, and holds nothing."""

_HELD = sa.select(_c.c.post, _c.c.by, _c.c.name, _c.c.until_ms).where(
    _c.c.wall == _b("wall"),
    one_of(_c.c.post, "posts"),
    _c.c.until_ms > _b("now_ms"),
    _c.c.until_ms - LONGEST_MS <= _b("now_ms"),
)
_ORG = sa.select(t.wall_head.c.org).where(t.wall_head.c.wall == _b("wall"))


def claim(
    conn: sa.Connection,
    wall: str,
    posts: Sequence[str],
    by: str,
    name: str,
    now_ms: int,
    until_ms: int,
) -> Sequence[str]:
    """Take or renew what is free or one's own, in one order on every node; which are now `by`'s.
    Who is deciding on the wall in this moment is waited for.
    """
    org = conn.execute(_ORG.with_for_update(read=True), {"wall": wall}).scalar() or "main"
    mine: list[str] = []
    for post in sorted(set(posts)):
        row = {
            "org": org,
            "wall": wall,
            "post": post,
            "by": by,
            "name": name,
            "until_ms": until_ms,
        }
        if conn.execute(_take(conn.dialect.name), {**row, "now_ms": now_ms}).first() is not None:
            mine.append(post)
    conn.execute(_EXPIRED, {"wall": wall, "now_ms": now_ms})
    return mine


_OVER = sa.or_(_c.c.until_ms <= _b("now_ms"), _c.c.until_ms - LONGEST_MS > _b("now_ms"))
_EXPIRED = sa.delete(_c).where(_c.c.wall == _b("wall"), _OVER)
_TAKES: dict[str, Any] = {}


def _take(store: str) -> Any:
    if store not in _TAKES:
        from sqlalchemy.dialects import postgresql, sqlite

        insert = postgresql.insert if store == "postgresql" else sqlite.insert
        new = insert(_c).values({column.name: _b(column.name) for column in _c.columns})
        free = sa.or_(_OVER, _c.c.by == new.excluded.by)
        _TAKES[store] = new.on_conflict_do_update(
            index_elements=["wall", "post"],
            set_={name: new.excluded[name] for name in ("by", "name", "until_ms")},
            where=free,
        ).returning(_c.c.post)
    return _TAKES[store]


def claims(
    conn: sa.Connection, wall: str, posts: Sequence[str], now_ms: int
) -> Mapping[str, Claim]:
    """Those of the posts that somebody holds now."""
    asked = {"wall": wall, "posts": posts, "now_ms": now_ms}
    return {row[0]: Claim(*row) for row in conn.execute(_HELD, asked)}


_LET_GO = sa.delete(_c).where(
    _c.c.wall == _b("wall"), _c.c.by == _b("by"), one_of(_c.c.post, "posts")
)


def release(conn: sa.Connection, wall: str, posts: Sequence[str], by: str) -> int:
    """Let go of what is `by`'s; how many."""
    return conn.execute(_LET_GO, {"wall": wall, "posts": posts, "by": by}).rowcount


# acts ---------------------------------------------------------------------------------------------
_ACTS = (
    sa.select(
        _a.c.n,
        _a.c.at_ms,
        _a.c.together,
        _a.c.state,
        _a.c.kind,
        _a.c.post,
        _a.c.before,
        _a.c.after,
        _a.c.rev,
    )
    .where(_a.c.wall == _b("wall"), _a.c.by == _b("by"))
    .order_by(_a.c.n.desc())
    .limit(_b("limit"))
)


def acts(conn: sa.Connection, wall: str, by: str, limit: int) -> Sequence[Act]:
    """Newest first."""
    asked = {"wall": wall, "by": by, "limit": limit}
    return [Act(*row) for row in conn.execute(_ACTS, asked)]


ACTS_KEPT = 200
"""Of each person on each wall."""

_act_of = sa.and_(_a.c.wall == _b("on_wall"), _a.c.by == _b("of_person"))
_PAST = sa.update(_a).where(_act_of, _a.c.state == "undone").values(state="past")
_OLD_ACTS = sa.delete(_a).where(
    _act_of,
    _a.c.n
    < sa.select(_a.c.n)
    .where(_act_of)
    .order_by(_a.c.n.desc())
    .offset(ACTS_KEPT - 2)
    .limit(1)
    .scalar_subquery(),
)
_MARK = (
    sa.update(_a)
    .where(_act_of, _a.c.n == _b("number"))
    .values(state=_b("to_state"), rev=_b("to_rev"))
)


def settle_acts(
    conn: sa.Connection, marks: Iterable[MarkAct], people: Iterable[tuple[str, str]]
) -> None:
    """Mark acts; of these people (wall, by), who act anew, forget what they took back and their
    oldest.
    """
    rows = [
        {"on_wall": c.wall, "of_person": c.by, "number": c.n, "to_state": c.state, "to_rev": c.rev}
        for c in sorted(marks, key=lambda c: (c.wall, c.by, c.n))
    ]
    if rows:
        conn.execute(_MARK, rows)
    for wall, by in sorted(people):
        conn.execute(_PAST, {"on_wall": wall, "of_person": by})
        conn.execute(_OLD_ACTS, {"on_wall": wall, "of_person": by})


# tales --------------------------------------------------------------------------------------------
_f, _d = t.feed, t.decision
_TOLD = (
    sa.select(_f.c.at_ms, _f.c.seq, _f.c.kind, _f.c.post, _f.c.body)
    .where(_f.c.org == _ORG.scalar_subquery(), one_of(_f.c.post, "posts"))
    .where(_f.c.wall == _b("wall"))
    .order_by(_f.c.seq)
)
_SAID = (
    sa.select(_d.c.id, _d.c.post, _d.c.by, _d.c.why, _d.c.body)
    .where(_d.c.wall == _b("wall"), one_of(_d.c.post, "posts"))
    .order_by(_d.c.rev)
)


def tales(conn: sa.Connection, wall: str, posts: Sequence[str]) -> Mapping[str, Tale]:
    """What happened to each, from the journal and its decisions."""
    decisions: dict[str, list[Decision]] = defaultdict(list)
    said: dict[str, tuple[str, str]] = {}
    for id_, post, by, why, text in conn.execute(_SAID, {"wall": wall, "posts": posts}):
        said[id_] = (by, why)
        decisions[post].append(decision_of_body(text))
    steps: dict[str, list[Step]] = defaultdict(list)
    for at_ms, seq, kind, post, text in conn.execute(_TOLD, {"wall": wall, "posts": posts}):
        steps[post].append(step_of(at_ms, wall, seq, kind, event_of_body(text), said))
    return {post: _tale(steps[post], decisions[post]) for post in posts}


def _tale(steps: Sequence[Step], said: Sequence[Decision]) -> Tale:
    judged = (decision.verdicts for decision in reversed(said) if decision.verdicts)
    return Tale(tuple(steps), next(judged, ()), tuple(said))
