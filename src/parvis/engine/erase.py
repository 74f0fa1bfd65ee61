"""What reaches across tables: erasing a post everywhere, removing a wall.

Such a write is a transaction of its own (`alone`), applied change by change.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
import sqlalchemy as sa

from parvis.engine import tables as t
from parvis.engine.change import DropWall, ErasePost, Write
from parvis.engine.codec import body
from parvis.engine.dialect import one_of
from parvis.engine.staging import STAGE

_b = sa.bindparam
_ALONE: frozenset[type[Any]] = frozenset((ErasePost, DropWall))


def alone(write: Write) -> bool:
    """Whether the write needs a transaction of its own."""
    return not _ALONE.isdisjoint(map(type, write.changes))


def erased_keys(write: Write) -> dict[tuple[str, str], str]:
    """(organisation, post) → hash, for what this write erases."""
    return {(c.org, c.post): c.hash for c in write.changes if isinstance(c, ErasePost)}


def _walls_of(table: sa.Table) -> sa.Select[Any]:
    found = sa.select(table.c.wall, table.c.org)
    return found.where(table.c.org == _b("org"), table.c.post == _b("key"))


_WALLS = sa.union(_walls_of(t.placement), _walls_of(t.feed), _walls_of(t.card))


def walls_of_posts(conn: sa.Connection, keys: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The walls on which something of these posts stands, with their organisation."""
    walls: dict[str, str] = {}
    for org, key in keys:
        for wall, owner in conn.execute(_WALLS, {"org": org, "key": key}):
            walls[wall] = owner
    return walls


def blank(value: Any, key: str, hash: str) -> Any:
    """`value` (plain JSON) with every string that is the key replaced."""
    if isinstance(value, str):
        return hash if value == key else value
    if isinstance(value, list):
        return [blank(item, key, hash) for item in value]
    if isinstance(value, dict):
        return {blank(k, key, hash): blank(v, key, hash) for k, v in value.items()}
    return value


def erase_post(conn: sa.Connection, change: ErasePost) -> None:
    """Leave of the post that something was there, never what it was."""
    org, key, hash = change.org, change.post, change.hash
    _erase_content(conn, org, key)
    _blank_placements(conn, org, key, hash)
    _blank_journal(conn, org, key, hash)
    job = t.job
    conn.execute(sa.delete(job).where(job.c.org == org, job.c.key == key))
    STAGE.tombstone(conn, [(org, hash)])


def _erase_content(conn: sa.Connection, org: str, key: str) -> None:
    post, author, card = t.post, t.author, t.card
    mine = sa.and_(post.c.org == org, post.c.key == key)
    who = conn.execute(sa.select(post.c.author).where(mine)).scalar_one_or_none()
    conn.execute(sa.delete(post).where(mine))
    for table in (card, t.pinned, t.featured, t.claim, t.act, t.blob, t.tally):
        conn.execute(sa.delete(table).where(table.c.org == org, table.c.post == key))
    if who:
        others = sa.exists().where(post.c.org == org, post.c.author == who)
        gone = sa.delete(author).where(author.c.org == org, author.c.key == who, ~others)
        conn.execute(gone)


def _blank_placements(conn: sa.Connection, org: str, key: str, hash: str) -> None:
    p = t.placement
    conn.execute(_less(org, hash))
    conn.execute(sa.delete(p).where(p.c.org == org, p.c.post == hash))
    here = sa.and_(p.c.org == org, p.c.post == key)
    moved: list[tuple[Any, ...]] = []
    for wall, state in conn.execute(sa.select(p.c.wall, p.c.state).where(here)).all():
        if state != "withdrawn":
            moved += [(org, wall, state, -1), (org, wall, "withdrawn", 1)]
    changes = {"post": hash, "author": "", "state": "withdrawn", "rev": p.c.rev + 1}
    conn.execute(sa.update(p).where(here).values(changes))
    STAGE.count(conn, moved)


def _less(org: str, hash: str) -> sa.Update:
    """The counters without a placement that an earlier erasure of the same post left."""
    p, n = t.placement, t.placement_count
    old = sa.exists().where(
        p.c.org == org, p.c.post == hash, p.c.wall == n.c.wall, p.c.state == n.c.state
    )
    return sa.update(n).where(old).values(n=n.c.n - 1)


def _blank_journal(conn: sa.Connection, org: str, key: str, hash: str) -> None:
    d, f, r = t.decision, t.feed, t.rights
    said = sa.select(d.c.id, d.c.state, d.c.why, d.c.body).where(d.c.org == org, d.c.post == key)
    for id_, state, why, text in conn.execute(said).all():
        kept = msgspec.json.decode(text)
        kept.pop("verdicts", None)
        kept["why"] = why = why if state == "withdrawn" else ""
        values = {"post": hash, "why": why, "body": body(blank(kept, key, hash))}
        conn.execute(sa.update(d).where(d.c.org == org, d.c.id == id_).values(values))
    told = sa.select(f.c.wall, f.c.seq, f.c.body).where(f.c.org == org, f.c.post == key)
    for wall, seq, text in conn.execute(told).all():
        values = {"post": hash, "body": body(blank(msgspec.json.decode(text), key, hash))}
        conn.execute(sa.update(f).where(f.c.wall == wall, f.c.seq == seq).values(values))
    given = sa.select(r.c.id, r.c.body).where(r.c.org == org, r.c.post == key)
    for number, text in conn.execute(given).all():
        values = {"post": hash, "body": body({**msgspec.json.decode(text), "proof": ""})}
        conn.execute(sa.update(r).where(r.c.id == number).values(values))


def drop_wall(conn: sa.Connection, wall: str) -> None:
    """Remove the wall's rows, and the posts and authors that stood on it alone; its head stays."""
    p, post, author, s, b = t.placement, t.post, t.author, t.source, t.bridge
    sources = sa.select(s.c.id).where(s.c.wall == wall)
    for table in (t.source_cursor, t.source_arrival):
        conn.execute(sa.delete(table).where(table.c.source.in_(sources)))
    bridges = sa.select(b.c.id).where(b.c.wall == wall)
    for table in (t.bridge_cursor, t.bridge_aside):
        conn.execute(sa.delete(table).where(table.c.bridge.in_(bridges)))
    here = p.alias()
    elsewhere = p.alias()
    lone = (
        sa.select(here.c.org, here.c.post, here.c.author)
        .where(
            here.c.wall == wall,
            ~sa.exists().where(
                elsewhere.c.org == here.c.org,
                elsewhere.c.post == here.c.post,
                elsewhere.c.wall != wall,
            ),
        )
        .order_by(here.c.post)
    )
    rows = conn.execute(lone).all()
    if rows:
        keys = sorted({(row.org, row.post) for row in rows})
        of_post = sa.and_(post.c.org == _b("on_org"), post.c.key == _b("of_key"))
        conn.execute(sa.delete(post).where(of_post), [{"on_org": o, "of_key": k} for o, k in keys])
        whos = sorted({(row.org, row.author) for row in rows if row.author})
        others = sa.exists().where(post.c.org == _b("on_org"), post.c.author == _b("of_key"))
        of_author = sa.and_(author.c.org == _b("on_org"), author.c.key == _b("of_key"), ~others)
        if whos:
            gone = sa.delete(author).where(of_author)
            conn.execute(gone, [{"on_org": o, "of_key": k} for o, k in whos])
    for table in (
        t.source,
        t.source_health,
        t.bridge,
        t.bridge_health,
        t.format,
        t.format_state,
        t.placement,
        t.placement_count,
        t.decision,
        t.rights,
        t.card,
        t.pinned,
        t.featured,
        t.claim,
        t.act,
        t.screen,
        t.tally,
        t.feed,
    ):
        conn.execute(sa.delete(table).where(table.c.wall == wall))
    conn.execute(sa.delete(t.wall).where(t.wall.c.id == wall))


_OLD = sa.delete(t.write_key).where(
    one_of(t.write_key.c.key, "keys"), t.write_key.c.at_ms < _b("before_ms")
)
_OLD_ONES = (
    sa.select(t.write_key.c.key)
    .where(t.write_key.c.at_ms < _b("before_ms"))
    .order_by(t.write_key.c.at_ms)
    .limit(_b("limit"))
)


def forget_keys(conn: sa.Connection, before_ms: int, limit: int) -> int:
    """Delete the oldest idempotency keys; how many were due."""
    keys = list(conn.execute(_OLD_ONES, {"before_ms": before_ms, "limit": limit}).scalars())
    if keys:
        conn.execute(_OLD, {"keys": keys, "before_ms": before_ms})
    return len(keys)
