"""The rows of a batch, table by table, before they are sent.

A row changed twice is sent once, as it was left last. Deletions go before insertions: a deletion
takes back what the batch had put before it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import msgspec
import sqlalchemy as sa

from parvis.engine import tables as t
from parvis.engine.change import (
    Bury,
    Change,
    DisownBlob,
    DropBridge,
    DropCard,
    DropFormat,
    DropSource,
    EndRights,
    Enqueue,
    Feature,
    MarkAct,
    MoveBridge,
    MoveCursor,
    OwnBlob,
    Pin,
    PutAct,
    PutBridge,
    PutBridgeHealth,
    PutCard,
    PutFormat,
    PutFormatState,
    PutHealth,
    PutPost,
    PutRight,
    PutSource,
    PutWall,
    Remember,
    SetAside,
)
from parvis.engine.codec import body
from parvis.engine.desk import settle_acts
from parvis.engine.dialect import Drop, Put, put_all
from parvis.engine.tally import Tallying

Row = tuple[Any, ...]


class HasOrg(Protocol):
    """A wall's head, as far as rows need it."""

    org: str

    def place(self) -> int:
        """The wall's next place in order."""
        ...


Heads = Mapping[str, HasOrg]


class Spot(msgspec.Struct):
    """A row of `placement`; `was` is the state that the counters know ('' for a new row)."""

    org: str
    wall: str
    post: str
    source: str
    state: str
    order: int
    rev: int
    received_at_ms: int
    author: str
    by_person: bool
    decision: str
    was: str | None = None

    def __post_init__(self) -> None:
        if self.was is None:
            self.was = self.state

    def row(self) -> Row:
        """The columns."""
        return (
            self.org,
            self.wall,
            self.post,
            self.source,
            self.state,
            self.order,
            self.rev,
            self.received_at_ms,
            self.author,
            self.by_person,
            self.decision,
        )


def _since(table: sa.Table, new: Any) -> dict[str, Any]:
    same = table.c.healthy == new.healthy
    told = {name: new[name] for name in ("wall", "healthy", "says", "nearest") if name in new}
    return {**told, "since_ms": sa.case((same, table.c.since_ms), else_=new.since_ms)}


class Stage:
    """The statements, compiled once."""

    wall = Put(t.wall)
    new_head = Put(t.wall_head, update=())
    head = Put(t.wall_head, update=("seq", "next_order"))
    source = Put(t.source)
    cursor = Put(t.source_cursor)
    arrival = Put(
        t.source_arrival,
        where=lambda old, new: new.last_post_ms > old.c.last_post_ms,
    )
    health = Put(t.source_health, changing=_since, at_once=False)
    bridge = Put(t.bridge)
    bridge_cursor = Put(t.bridge_cursor, where=lambda old, new: new.seq > old.c.seq)
    bridge_health = Put(t.bridge_health, changing=_since, at_once=False)
    bridge_aside = Put(t.bridge_aside)
    format = Put(t.format)
    state = Put(t.format_state)
    post = Put(t.post)
    author = Put(t.author, where=lambda old, new: new.body != old.c.body)
    placement = Put(t.placement, update=("state", "rev", "by_person", "decision"))
    count = Put(t.placement_count, changing=lambda old, new: {"n": old.c.n + new.n})
    decision = Put(t.decision, plain=True)
    right = Put(t.rights, plain=True)
    card = Put(t.card)
    feed = Put(t.feed, plain=True)
    write_key = Put(t.write_key, plain=True)
    tombstone = Put(t.tombstone, update=())
    blob = Put(t.blob)
    memory = Put(t.memory)
    tally = Put(t.tally, conflict=("post", "wall"), update=())
    pinned = Put(t.pinned, update=())
    featured = Put(t.featured)
    act = Put(t.act)
    job = Put(
        t.job,
        conflict=("queue", "key"),
        where=lambda old, _: old.c.state == sa.literal_column("'dead'"),
    )


STAGE = Stage

_DROPS = {
    table.name: Drop(table, by=by)
    for table, by in (
        (t.source, ("id",)),
        (t.source_cursor, ("source",)),
        (t.source_arrival, ("source",)),
        (t.source_health, ("source",)),
        (t.bridge, ("id",)),
        (t.bridge_cursor, ("bridge",)),
        (t.bridge_health, ("bridge",)),
        (t.bridge_aside, ("bridge",)),
        (t.format, ("wall", "id")),
        (t.format_state, ("wall", "format")),
        (t.card, ("wall", "post")),
        (t.blob, ("sha256", "post")),
        (t.pinned, ("wall", "post")),
        (t.featured, ("wall", "post")),
    )
}

_END = (
    sa.update(t.rights)
    .where(
        t.rights.c.wall == sa.bindparam("on_wall"),
        t.rights.c.post == sa.bindparam("of_post"),
        t.rights.c.ended_at_ms == 0,
    )
    .values(ended_at_ms=sa.bindparam("at_ms"))
)


class Staging:
    """Rows to put and to drop."""

    def __init__(self) -> None:
        self.spots: dict[tuple[str, str], Spot] = {}
        self.decisions: list[Row] = []
        self._posts: dict[tuple[str, str], Row] = {}
        self._authors: dict[tuple[str, str], Row] = {}
        self._cards: dict[tuple[str, str], Row] = {}
        self._puts: dict[Put, dict[Any, Row]] = {}
        self._drops: dict[str, set[Row]] = {}
        self._rights: list[Row] = []
        self._ended: dict[tuple[str, str], int] = {}
        self._marks: list[MarkAct] = []
        self._tally = Tallying()

    def add(self, change: Change, heads: Heads) -> None:
        """Stage one change."""
        add = _ADD.get(type(change))
        if add is not None:
            add(self, change, heads)

    def card(self, change: PutCard, order: int, org: str) -> None:
        """Stage a card in its place."""
        card = change.card
        if card.order != order:
            card = msgspec.structs.replace(card, order=order)
        self._cards[change.wall, card.post] = (org, change.wall, card.post, order, body(card))
        self._tally.show(change.wall, card)

    def put(self, what: Put, key: Any, row: Row) -> None:
        """Stage a row under its key."""
        self._puts.setdefault(what, {})[key] = row

    def drop(self, table: sa.Table, key: Row, *taken_back: Put) -> None:
        """Stage a deletion; rows that the batch had put under the key are taken back."""
        self._drops.setdefault(table.name, set()).add(key)
        for what in taken_back:
            staged = self._puts.get(what, {})
            for known in [k for k in staged if k[: len(key)] == key]:
                del staged[known]

    def add_post(self, change: PutPost) -> None:
        """Stage a post and its author."""
        post, org = change.post, change.org
        author = post.author
        self._posts[org, post.key] = (
            org,
            post.key,
            author.key if author else "",
            change.fingerprint,
            post.created_at_ms,
            post.received_at_ms,
            body(post),
        )
        self._tally.know(org, post)
        if author is not None:
            self._authors[org, author.key] = (org, author.key, body(author))

    def add_right(self, change: PutRight) -> None:
        """Stage a right."""
        right = change.right
        row = (change.org, change.wall, change.post, 0, right.until_ms, body(right))
        self._rights.append(row)

    def end_rights(self, change: EndRights) -> None:
        """Stage the end of the live rights, stored or staged."""
        at = (change.wall, change.post)
        self._ended[at] = change.at_ms
        self._rights = [
            (*row[:3], change.at_ms, *row[4:]) if row[1:3] == at and row[3] == 0 else row
            for row in self._rights
        ]

    def drop_card(self, change: DropCard) -> None:
        """Stage a card's deletion."""
        self._cards.pop((change.wall, change.post), None)
        at = (change.wall, change.post)
        self._drops.setdefault("card", set()).add(at)
        self.drop(t.pinned, at, STAGE.pinned)
        self._drops.setdefault("featured", set()).add(at)
        light = self._puts.get(STAGE.featured, {})
        if change.wall in light and light[change.wall][2] == change.post:
            del light[change.wall]

    def act(self, change: PutAct, org: str, n: int) -> None:
        """Stage what a person did, under its number."""
        c = change
        row = (org, c.wall, c.by, n, c.at_ms, c.together, "done", c.kind, c.post)
        self.put(STAGE.act, (c.wall, c.by, n), (*row, c.before, c.after, c.rev))

    def flush(self, conn: sa.Connection, last: Sequence[tuple[Put, list[Row]]] = ()) -> None:
        """Send everything, deletions first, then `last`."""
        for name, drop in _DROPS.items():
            if name in self._drops:
                drop(conn, sorted(self._drops[name]))
        if self._ended:
            ended = sorted(self._ended.items())
            rows = [{"on_wall": w, "of_post": p, "at_ms": at} for (w, p), at in ended]
            conn.execute(_END, rows)
        settle_acts(conn, self._marks, {key[:2] for key in self._puts.get(STAGE.act, {})})
        puts: list[tuple[Put, list[Row]]] = [
            (STAGE.post, _sorted(self._posts)),
            (STAGE.author, _sorted(self._authors)),
            *self._spot_rows(),
            (STAGE.decision, self.decisions),
            (STAGE.right, self._rights),
            (STAGE.card, _sorted(self._cards)),
            (STAGE.tally, self._tally.rows(conn, self.spots.values())),
        ]
        puts += [
            (put, _sorted(self._puts[put]))
            for put in sorted(self._puts, key=lambda p: p.table.name)
        ]
        put_all(conn, [*puts, *last])
        # last, so that whoever changes a post's rows holds the post itself already
        self._tally.settle(conn)

    def _spot_rows(self) -> list[tuple[Put, list[Row]]]:
        moved: dict[tuple[str, str], int] = {}
        arrived: dict[tuple[str, str], int] = {}
        orgs: dict[str, str] = {}
        for spot in self.spots.values():
            if spot.was == spot.state:
                continue
            orgs[spot.wall] = spot.org
            moved[spot.wall, spot.state] = moved.get((spot.wall, spot.state), 0) + 1
            if spot.was:
                moved[spot.wall, spot.was] = moved.get((spot.wall, spot.was), 0) - 1
            else:
                at = (spot.source, spot.org)
                arrived[at] = max(arrived.get(at, 0), spot.received_at_ms)
        return [
            (STAGE.placement, [self.spots[at].row() for at in sorted(self.spots)]),
            (STAGE.count, [(orgs[w], w, s, n) for (w, s), n in sorted(moved.items()) if n]),
            (STAGE.arrival, [(org, source, at) for (source, org), at in sorted(arrived.items())]),
        ]


def _sorted(rows: Mapping[Any, Row]) -> list[Row]:
    return [rows[key] for key in sorted(rows)] if len(rows) > 1 else list(rows.values())


def _put_wall(to: Staging, c: PutWall, heads: Heads) -> None:
    to.put(STAGE.wall, (c.wall.id,), (c.wall.org, c.wall.id, body(c.wall)))
    heads[c.wall.id].org = c.wall.org


def _put_source(to: Staging, c: PutSource, _: Heads) -> None:
    s = c.source
    # how it was under other settings says nothing of these, nor since when
    to.drop(t.source_health, (s.id,), STAGE.health)
    to.put(STAGE.source, (s.id,), (s.org, s.id, s.wall, body(s)))


def _drop_source(to: Staging, c: DropSource, _: Heads) -> None:
    to.drop(t.source, (c.source,), STAGE.source)
    to.drop(t.source_cursor, (c.source,), STAGE.cursor)
    to.drop(t.source_arrival, (c.source,))
    to.drop(t.source_health, (c.source,), STAGE.health)


def _put_bridge(to: Staging, c: PutBridge, _: Heads) -> None:
    b = c.bridge
    to.put(STAGE.bridge, (b.id,), (b.org, b.id, b.wall, body(b)))


def _drop_bridge(to: Staging, c: DropBridge, _: Heads) -> None:
    to.drop(t.bridge, (c.bridge,), STAGE.bridge)
    to.drop(t.bridge_cursor, (c.bridge,), STAGE.bridge_cursor)
    to.drop(t.bridge_health, (c.bridge,), STAGE.bridge_health)
    to.drop(t.bridge_aside, (c.bridge,), STAGE.bridge_aside)


def _put_bridge_health(to: Staging, c: PutBridgeHealth, heads: Heads) -> None:
    row = (heads[c.wall].org, c.bridge, c.wall, c.healthy, c.says, c.at_ms)
    to.put(STAGE.bridge_health, (c.bridge, len(to._puts.get(STAGE.bridge_health, ()))), row)


def _put_format(to: Staging, c: PutFormat, _: Heads) -> None:
    f = c.format
    to.put(STAGE.format, (f.wall, f.id), (f.org, f.wall, f.id, f.enabled, body(f)))


def _drop_format(to: Staging, c: DropFormat, _: Heads) -> None:
    to.drop(t.format, (c.wall, c.format), STAGE.format)
    to.drop(t.format_state, (c.wall, c.format), STAGE.state)


def _put_state(to: Staging, c: PutFormatState, heads: Heads) -> None:
    org = heads[c.wall].org
    row = (org, c.wall, c.format, c.plugin, c.rev + 1, body(c.state), body(c.view))
    to.put(STAGE.state, (c.wall, c.format), row)


def _put_health(to: Staging, c: PutHealth, heads: Heads) -> None:
    # each change of health counts for `since`, so a batch keeps all of them, in order
    row = (heads[c.wall].org, c.source, c.wall, c.healthy, c.says, c.at_ms, c.nearest)
    to.put(STAGE.health, (c.source, len(to._puts.get(STAGE.health, ()))), row)


def _pin(to: Staging, c: Pin, heads: Heads) -> None:
    to.drop(t.pinned, (c.wall, c.post), STAGE.pinned)
    if c.on:
        head = heads[c.wall]
        row = (head.org, c.wall, c.post, head.place())
        to.put(STAGE.pinned, (c.wall, c.post), row)


def _feature(to: Staging, c: Feature, heads: Heads) -> None:
    to.put(STAGE.featured, c.wall, (heads[c.wall].org, c.wall, c.post, c.until_ms))


def _enqueue(to: Staging, c: Enqueue, _: Heads) -> None:
    head = (c.org, c.queue, c.key, "waiting", c.priority, c.run_at_ms)
    row = (*head, 0, "", "", 0, c.max_attempts, "", c.payload)
    to._puts.setdefault(STAGE.job, {}).setdefault((c.queue, c.key), row)


_ADD: dict[type[Any], Callable[[Staging, Any, Heads], None]] = {
    PutPost: lambda to, c, _: to.add_post(c),
    PutWall: _put_wall,
    PutSource: _put_source,
    DropSource: _drop_source,
    PutFormat: _put_format,
    DropFormat: _drop_format,
    PutFormatState: _put_state,
    PutRight: lambda to, c, _: to.add_right(c),
    EndRights: lambda to, c, _: to.end_rights(c),
    DropCard: lambda to, c, _: to.drop_card(c),
    Bury: lambda to, c, _: to.put(STAGE.tombstone, (c.org, c.hash), (c.org, c.hash)),
    OwnBlob: lambda to, c, _: to.put(
        STAGE.blob, (c.sha256, c.post), (c.org, c.sha256, c.post, c.at_ms)
    ),
    DisownBlob: lambda to, c, _: to.drop(t.blob, (c.sha256, c.post), STAGE.blob),
    MoveCursor: lambda to, c, _: to.put(STAGE.cursor, (c.source,), ("main", c.source, c.cursor)),
    PutHealth: _put_health,
    PutBridge: _put_bridge,
    DropBridge: _drop_bridge,
    MoveBridge: lambda to, c, _: to.put(STAGE.bridge_cursor, (c.bridge,), (c.org, c.bridge, c.seq)),
    SetAside: lambda to, c, _: to.put(
        STAGE.bridge_aside, (c.bridge, c.seq), (c.org, c.bridge, c.seq, c.at_ms, c.because)
    ),
    PutBridgeHealth: _put_bridge_health,
    Pin: _pin,
    Feature: _feature,
    PutAct: lambda to, c, heads: to.act(c, heads[c.wall].org, heads[c.wall].place()),
    MarkAct: lambda to, c, _: to._marks.append(c),
    Remember: lambda to, c, _: to.put(
        STAGE.memory, (c.scope, c.name), ("main", c.scope, c.name, c.value)
    ),
    Enqueue: _enqueue,
}
