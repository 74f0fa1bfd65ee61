"""What figures are made of, and the rows behind them.

A period is one stretch of the table, so a figure costs what its period holds; nothing here reads a
post but those of the page that is shown.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any, Literal

import msgspec
import sqlalchemy as sa

from parvis.core.post import Author, Post
from parvis.engine import tables as t
from parvis.engine.codec import post_of_body
from parvis.engine.dialect import Find, one_of
from parvis.engine.rows import Apart, Counted, Grouped, Period, Sums

By = Literal["arrival", "interactions", "answered", "shown", "delay"]
After = tuple[int, str] | None
"""The sort number and the name of the last row of the page before."""

YOUNG_MS = 3_600_000
"""A post that was older when it arrived was read from the past: no one waited for it to appear."""
TOP = 12
STEPS = 240
"""The most steps that a curve has."""
STEPS_MS = tuple(
    minutes * 60_000 for minutes in (1, 5, 15, 60, 6 * 60, 24 * 60, 7 * 24 * 60, 28 * 24 * 60)
)

_b = sa.bindparam
_t = t.tally
_HERE = (_t.c.wall == _b("wall"), _t.c.at_ms >= _b("from_ms"), _t.c.at_ms < _b("to_ms"))
_ZERO: sa.ColumnElement[int] = sa.literal_column("0")
_YOUNG: sa.ColumnElement[int] = sa.literal_column(str(YOUNG_MS))
_WAS_SHOWN = _t.c.shown_ms > _ZERO
_TIMED = sa.and_(_WAS_SHOWN, _t.c.at_ms - _t.c.written_ms <= _YOUNG)
_DELAY = sa.case((_t.c.shown_ms > _t.c.written_ms, _t.c.shown_ms - _t.c.written_ms), else_=_ZERO)


def _many(of: sa.ColumnElement[bool]) -> sa.ColumnElement[Any]:
    return sa.func.coalesce(sa.func.sum(sa.case((of, 1), else_=0)), 0)


def _all_of(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return sa.func.coalesce(sa.func.sum(sa.case((column >= 0, column), else_=0)), 0)


_SUMS = sa.select(
    sa.func.count(),
    _many(_WAS_SHOWN),
    _many(_t.c.author == ""),
    _all_of(_t.c.interactions),
    _many(_t.c.interactions < 0),
    sa.func.min(_t.c.at_ms),
    sa.func.max(_t.c.at_ms),
).where(*_HERE)
_WHO = (
    sa.select(
        _t.c.author,
        sa.func.count().label("posts"),
        sa.func.max(_t.c.followers).label("followers"),
    )
    .where(*_HERE, _t.c.author != "")
    .group_by(_t.c.author)
)
_who = _WHO.subquery()
_TOGETHER = sa.not_(one_of(_t.c.network, "apart"))


def _people_of(who: sa.Subquery) -> sa.Select[Any]:
    below = sa.or_(
        who.c.followers < _b("number"),
        sa.and_(who.c.followers == _b("number"), who.c.author > _b("name")),
    )
    newest = sa.select(who).where(below).order_by(who.c.followers.desc(), who.c.author)
    return newest.limit(_b("limit"))


_PEOPLE = _people_of(_who)
_PEOPLE_TOGETHER = _people_of(_WHO.where(_TOGETHER).subquery())
_APART = (
    sa.select(
        _t.c.network,
        sa.func.count(),
        _all_of(_t.c.interactions),
        _many(_t.c.interactions < 0),
    )
    .where(*_HERE, one_of(_t.c.network, "apart"))
    .group_by(_t.c.network)
    .order_by(_t.c.network)
)
_who_apart = (
    _WHO.add_columns(_t.c.network)
    .where(one_of(_t.c.network, "apart"))
    .group_by(_t.c.network)
    .subquery()
)
_REACH_APART = sa.select(
    _who_apart.c.network,
    sa.func.count(),
    _many(_who_apart.c.followers < 0),
    _all_of(_who_apart.c.followers),
).group_by(_who_apart.c.network)
_ALL_OF_THEM = sa.select(sa.func.count(), _many(_who.c.followers < 0), _all_of(_who.c.followers))
# whose posts the wall showed: nobody carries it with what was kept off
_carrying = _WHO.where(_WAS_SHOWN).subquery()
_CARRIED = (
    sa.select(_carrying)
    .order_by(_carrying.c.followers.desc(), _carrying.c.posts.desc(), _carrying.c.author)
    .limit(_b("limit"))
)
_stepped = (
    sa.select((_t.c.at_ms // _b("step", type_=sa.BigInteger())).label("step"), _t.c.shown_ms)
    .where(*_HERE)
    .subquery()
)
_STEPS = (
    sa.select(_stepped.c.step, sa.func.count(), _many(_stepped.c.shown_ms > 0))
    .group_by(_stepped.c.step)
    .order_by(_stepped.c.step)
)
_TAGS = sa.select(_t.c.tags, sa.func.count()).where(*_HERE, _t.c.tags != "").group_by(_t.c.tags)
_WAITED = sa.select(_DELAY.label("delay")).where(*_HERE, _TIMED)
_find_waited = Find(_WAITED, "wall", "from_ms", "to_ms")
_waited = _WAITED.subquery()
_split = (
    sa.select(sa.func.unnest(sa.func.string_to_array(_t.c.tags, " ")).label("tag"))
    .where(*_HERE, _t.c.tags != "")
    .subquery()
)
# PostgreSQL is read on the event loop: what Python would sort and split there, it does itself
_POSTGRESQL = {
    "ranks": sa.select(
        sa.func.count(),
        *(sa.func.percentile_disc(share).within_group(_waited.c.delay) for share in (0.5, 0.95)),
    ),
    "tags": sa.select(_split.c.tag, sa.func.count()).group_by(_split.c.tag),
}
_TEXTS = sa.select(t.post.c.key, t.post.c.body).where(
    t.post.c.org == _b("org"), one_of(t.post.c.key, "keys")
)
_NAMES = sa.select(t.author.c.key, t.author.c.body).where(
    t.author.c.org == _b("org"), one_of(t.author.c.key, "keys")
)
_AUTHOR = msgspec.json.Decoder(Author).decode


def _rows_by(number: sa.ColumnElement[int], *where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    columns = (_t.c.post, _t.c.at_ms, _t.c.network, _t.c.author, _t.c.written_ms)
    below = sa.or_(number < _b("number"), sa.and_(number == _b("number"), _t.c.post > _b("name")))
    return (
        sa.select(*columns, _t.c.interactions, _t.c.shown_ms, number)
        .where(*_HERE, *where, below)
        .order_by(number.desc(), _t.c.post)
        .limit(_b("limit"))
    )


_BY_ARRIVAL = _rows_by(_t.c.at_ms)
_BY_INTERACTIONS = _rows_by(_t.c.interactions)
_BY_INTERACTIONS_TOGETHER = _rows_by(_t.c.interactions, _TOGETHER)
_BY_SHOWN = _rows_by(_t.c.shown_ms, _WAS_SHOWN)
_BY_DELAY = _rows_by(_DELAY, _TIMED)
_BY: dict[By, sa.Select[Any]] = {
    "arrival": _BY_ARRIVAL,
    "interactions": _BY_INTERACTIONS,
    "answered": _rows_by(_t.c.interactions, _WAS_SHOWN),
    "shown": _BY_SHOWN,
    "delay": _BY_DELAY,
}
_FIRST = (2**62, "")


def sums(
    conn: sa.Connection, wall: str, period: Period, org: str, apart: Sequence[str] = ()
) -> Sums:
    """Everything from one read transaction; the figures of the networks `apart` by themselves."""
    asked = {"wall": wall, "from_ms": period.from_ms, "to_ms": period.to_ms}
    one = conn.execute(_SUMS, asked).one()
    posts, shown, unsigned, acts, acts_unknown, first, last = map(_whole, one)
    carried = conn.execute(_CARRIED, {**asked, "limit": TOP}).all()
    authors, authors_unknown, reach = map(_whole, conn.execute(_ALL_OF_THEM, asked).one())
    timed, p50_ms, p95_ms = _ranks(conn, asked)
    step_ms = step_of(first, last)
    alone = _alone(conn, asked, apart) if apart else ()
    for each in alone:
        acts, acts_unknown = acts - each.interactions, acts_unknown - each.interactions_unknown
        authors_unknown, reach = authors_unknown - each.authors_unknown, reach - each.reach
    return Sums(
        posts, shown, unsigned, acts, acts_unknown, authors, authors_unknown, reach,
        timed, p50_ms, p95_ms,
        step_ms, _steps(conn, asked, step_ms), tags(conn, wall, period),
        _named(conn, carried, org), _top(conn, wall, period, org), alone,
    )  # fmt: skip


def _alone(conn: sa.Connection, asked: dict[str, Any], apart: Sequence[str]) -> tuple[Apart, ...]:
    """Of each network that has posts here."""
    wanted = {**asked, "apart": list(apart)}
    reach = {
        row[0]: [_whole(each) for each in row[1:]] for row in conn.execute(_REACH_APART, wanted)
    }
    return tuple(
        Apart(network, *map(_whole, counts), *reach.get(network, (0, 0, 0)))
        for network, *counts in conn.execute(_APART, wanted)
    )


def _whole(value: Any) -> int:
    """Of a sum, which one store gives as a decimal, or of nothing at all."""
    return int(value or 0)


def step_of(first_ms: int, last_ms: int) -> int:
    """The shortest step that draws the time between in `STEPS` at most."""
    span = last_ms - first_ms
    return next((each for each in STEPS_MS if span < each * (STEPS - 1)), STEPS_MS[-1])


def _steps(
    conn: sa.Connection, asked: dict[str, Any], step_ms: int
) -> tuple[tuple[int, int, int], ...]:
    """Without a gap: a step in which nothing came has its zeros. Only the last `STEPS`."""
    found = {
        _whole(at): (_whole(n), _whole(shown))
        for at, n, shown in conn.execute(_STEPS, {**asked, "step": step_ms})
    }
    if not found:
        return ()
    newest = max(found)
    line = range(max(min(found), newest - STEPS + 1), newest + 1)
    return tuple((at * step_ms, *found.get(at, (0, 0))) for at in line)


def _ranks(conn: sa.Connection, asked: dict[str, Any]) -> tuple[int, int | None, int | None]:
    """How many delays there are, and those that half and 95 of 100 do not exceed."""
    if conn.dialect.name == "postgresql":
        timed, half, most = conn.execute(_POSTGRESQL["ranks"], asked).one()
        return timed, half, most
    rows = _find_waited(conn, asked["wall"], asked["from_ms"], asked["to_ms"])
    waited = sorted(row[0] for row in rows)
    return len(waited), nearest(waited, 0.5), nearest(waited, 0.95)


def nearest(ordered: Sequence[int], share: float) -> int | None:
    """By the nearest rank: `share` of them are no larger; None of nothing."""
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)] if ordered else None


def tags(conn: sa.Connection, wall: str, period: Period) -> tuple[tuple[str, int], ...]:
    """Hashtags, and how many posts have each; the most used first."""
    asked = {"wall": wall, "from_ms": period.from_ms, "to_ms": period.to_ms}
    found: Counter[str] = Counter()
    of_store = _POSTGRESQL["tags"] if conn.dialect.name == "postgresql" else _TAGS
    for together, n in conn.execute(of_store, asked):
        for tag in together.split():
            found[tag] += n
    return tuple(sorted(found.items(), key=lambda pair: (-pair[1], pair[0])))


def people(
    conn: sa.Connection,
    wall: str,
    period: Period,
    after: After,
    limit: int,
    org: str,
    without: Sequence[str] = (),
) -> Sequence[Grouped]:
    """Who posted, the most followed first; those whose followers nobody told come last. Nobody of
    the networks `without`.
    """
    number, name = after or _FIRST
    asked = {"wall": wall, "from_ms": period.from_ms, "to_ms": period.to_ms, "limit": limit}
    asked |= {"number": number, "name": name}
    wanted = {**asked, "apart": list(without)} if without else asked
    rows = conn.execute(_PEOPLE_TOGETHER if without else _PEOPLE, wanted).all()
    return _named(conn, rows, org)


def _named(conn: sa.Connection, rows: Sequence[Any], org: str) -> tuple[Grouped, ...]:
    wanted = {"org": org, "keys": [row[0] for row in rows]}
    named = {key: _AUTHOR(text) for key, text in conn.execute(_NAMES, wanted)}
    return tuple(
        Grouped(key, key.partition(":")[0], posts, followers, *_called(named.get(key)))
        for key, posts, followers in rows
    )


def counted(
    conn: sa.Connection,
    wall: str,
    period: Period,
    by: By,
    after: After,
    limit: int,
    org: str,
    without: Sequence[str] = (),
) -> Sequence[Counted]:
    """The posts that a figure counts, with the largest number first; by interactions, none of the
    networks `without`.
    """
    number, name = after or _FIRST
    asked = {"wall": wall, "from_ms": period.from_ms, "to_ms": period.to_ms, "limit": limit}
    asked |= {"number": number, "name": name}
    some = bool(without) and by == "interactions"
    wanted = {**asked, "apart": list(without)} if some else asked
    rows = conn.execute(_BY_INTERACTIONS_TOGETHER if some else _BY[by], wanted).all()
    named = {"org": org, "keys": [row[0] for row in rows]}
    posts = {key: post_of_body(text) for key, text in conn.execute(_TEXTS, named)}
    return tuple(_worded(Counted(*row), posts.get(row[0])) for row in rows)


def _worded(one: Counted, post: Post | None) -> Counted:
    """With its words, unless they were erased since this read began."""
    if post is None:
        return one
    name, handle = _called(post.author)
    source = post.provenance.source
    return msgspec.structs.replace(one, text=post.text, name=name, handle=handle, source=source)


def _top(conn: sa.Connection, wall: str, period: Period, org: str) -> tuple[Counted, ...]:
    """Those of the wall that people did most with."""
    found = counted(conn, wall, period, "answered", None, TOP, org)
    return tuple(each for each in found if each.interactions > 0)


def _called(author: Author | None) -> tuple[str, str]:
    return (author.name, author.handle) if author is not None else ("", "")
