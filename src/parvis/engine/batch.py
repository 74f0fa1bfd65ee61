"""A batch of writes becomes one transaction, the same way on both stores.

The heads of the walls that are touched are locked first, in order: whoever holds a wall's head is
the only one to number its events and to change its placements, so numbers follow commit order
wall by wall. Expectations are checked against what was read under the lock plus what the batch
itself has changed; a write that fails leaves nothing in the batch.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from parvis.core.errors import Conflict, Refused
from parvis.core.event import Event, Interaction, post_of
from parvis.core.wall import Wall
from parvis.engine import tables as t
from parvis.engine.change import (
    Change,
    Decide,
    DropCard,
    DropFormat,
    PutCard,
    PutFormat,
    PutFormatState,
    PutPlacement,
    PutPost,
    PutSource,
    PutWall,
    Reopen,
    Write,
    Written,
)
from parvis.engine.codec import UNREADABLE, body, seqs_of_body, wall_of_body
from parvis.engine.desk import claims
from parvis.engine.dialect import Find, one_each, one_of
from parvis.engine.rows import Claim
from parvis.engine.staging import STAGE, Spot, Staging

_HEADS = (
    sa.select(t.wall_head.c.wall, t.wall_head.c.org, t.wall_head.c.seq, t.wall_head.c.next_order)
    .where(one_of(t.wall_head.c.wall, "walls"))
    .order_by(t.wall_head.c.wall)
    .with_for_update()
)
_KEYS = sa.select(t.write_key.c.key, t.write_key.c.seqs).where(one_of(t.write_key.c.key, "keys"))
_SPOTS = sa.select(t.placement).where(
    t.placement.c.wall == sa.bindparam("wall"), one_of(t.placement.c.post, "posts")
)
_REVS = sa.select(t.format_state.c.format, t.format_state.c.rev).where(
    t.format_state.c.wall == sa.bindparam("wall"), one_of(t.format_state.c.format, "formats")
)
_ORDERS = sa.select(t.card.c.post, t.card.c.order).where(
    t.card.c.wall == sa.bindparam("wall"), one_of(t.card.c.post, "posts")
)
_find_heads = Find(_HEADS, "walls")
_find_keys = Find(
    _KEYS,
    "keys",
    postgresql=one_each((t.write_key.c.key, t.write_key.c.seqs), t.write_key.c.key, "keys"),
)
_find_spots = Find(
    _SPOTS,
    "wall",
    "posts",
    postgresql=one_each(
        tuple(t.placement.c),
        t.placement.c.post,
        "posts",
        t.placement.c.wall == sa.bindparam("wall"),
    ),
)
_find_revs = Find(_REVS, "wall", "formats")
_find_orders = Find(_ORDERS, "wall", "posts")
_find_walls = Find(
    sa.select(t.wall.c.id, t.wall.c.body).where(one_of(t.wall.c.id, "walls")), "walls"
)
_PLACED = (PutPlacement, Decide, Reopen)
_CONDITIONAL: frozenset[type[Any]] = frozenset((*_PLACED, PutFormatState, DropFormat, PutWall))


class Head:
    """A wall's counters while its lock is held."""

    __slots__ = ("next_order", "org", "seq", "touched")

    def __init__(self, org: str, seq: int, next_order: int) -> None:
        self.org, self.seq, self.next_order = org, seq, next_order
        self.touched = False

    def place(self) -> int:
        """The wall's next place in order."""
        order = self.next_order
        self.next_order += 1
        self.touched = True
        return order


def digest(key: str) -> str:
    """How an idempotency key is kept: hashed, since it may name what is erased later."""
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()


def kind_of(event: Event) -> str:
    """The event's tag on the feed."""
    return str(type(event).__struct_config__.tag)


def about(event: Event) -> str:
    """The key under which the event is found and erased."""
    return event.about if isinstance(event, Interaction) else post_of(event)


_WALL_OF: dict[type[Any], Callable[[Any], str | None]] = {
    PutWall: lambda change: change.wall.id,
    PutSource: lambda change: change.source.wall,
    PutFormat: lambda change: change.format.wall,
}


def wall_of(change: Change) -> str | None:
    """The wall whose lock the change needs."""
    special = _WALL_OF.get(type(change))
    return special(change) if special else getattr(change, "wall", None)


class Batch:
    """What a transaction will change, gathered write by write, then flushed table by table."""

    def __init__(
        self,
        conn: sa.Connection,
        writes: Sequence[Write],
        now_ms: int,
        also: Mapping[str, str] | None = None,
    ) -> None:
        self._conn = conn
        self._now_ms = now_ms
        self._heads: dict[str, Head] = {}
        self._spots: dict[tuple[str, str], Spot] = {}
        self._orders: dict[tuple[str, str], int] = {}
        self._revs: dict[tuple[str, str], int] = {}
        self._walls: dict[str, Wall] = {}
        self._claims: dict[tuple[str, str], Claim] = {}
        self._keys: dict[str, dict[str, int]] = {}
        self._digests: dict[str, str] = {}
        self._told: list[tuple[Any, ...]] = []
        self._new_keys: list[tuple[Any, ...]] = []
        self.staging = Staging()
        self._load(writes, dict(also or {}))

    @property
    def locked(self) -> set[str]:
        """The walls whose heads are held."""
        return set(self._heads)

    def knows(self, key: str) -> bool:
        """Whether a write with this key was applied before."""
        return bool(key) and digest(key) in self._keys

    def _load(self, writes: Sequence[Write], walls: dict[str, str]) -> None:
        posts: dict[str, set[str]] = {}
        formats: dict[str, set[str]] = {}
        cards: dict[str, set[str]] = {}
        held: dict[str, set[str]] = {}
        rows: set[str] = set()
        for write in writes:
            if write.key:
                self._digests[write.key] = digest(write.key)
            for told in write.events:
                walls.setdefault(told.wall, "")
            for change in write.changes:
                if type(change) is PutPost or (wall := wall_of(change)) is None:
                    continue
                walls[wall] = walls.get(wall) or _org_of(change)
                if isinstance(change, _PLACED):
                    posts.setdefault(wall, set()).add(change.post)
                    if isinstance(change, Decide) and change.hand:
                        held.setdefault(wall, set()).add(change.post)
                elif isinstance(change, PutCard):
                    cards.setdefault(wall, set()).add(change.card.post)
                elif isinstance(change, PutWall):
                    if change.was is not None or change.new:
                        rows.add(wall)
                elif isinstance(change, PutFormatState):
                    formats.setdefault(wall, set()).add(change.format)
        if walls:
            self.lock(walls)
        conn = self._conn
        if self._digests:
            for key, seqs in _find_keys(conn, list(self._digests.values())):
                self._keys[key] = seqs_of_body(seqs)
        for wall, wanted in posts.items():
            for row in _find_spots(conn, wall, sorted(wanted)):
                spot = Spot(*row)
                self._spots[wall, spot.post] = spot
        for wall, wanted in held.items():  # under the lock that whoever claims waits for
            for post, claim in claims(conn, wall, sorted(wanted), self._now_ms).items():
                self._claims[wall, post] = claim
        for wall, wanted in cards.items():
            for post, order in _find_orders(conn, wall, sorted(wanted)):
                self._orders[wall, post] = order
        if rows:
            for wall, text in _find_walls(conn, sorted(rows)):
                with contextlib.suppress(*UNREADABLE):  # a spoilt row may be declared anew
                    self._walls[wall] = wall_of_body(text)
        for wall, wanted in formats.items():
            for name, rev in _find_revs(conn, wall, sorted(wanted)):
                self._revs[wall, name] = rev

    def lock(self, walls: dict[str, str]) -> None:
        """Hold the heads of these walls (id → organisation), in order of their ids."""
        names = sorted(walls)
        rows = _find_heads(self._conn, names)
        if len(rows) < len(names):
            known = {row[0] for row in rows}
            missing = [(walls[w] or "main", w, 0, 1) for w in names if w not in known]
            STAGE.new_head(self._conn, missing)
            rows = _find_heads(self._conn, names)
        for wall, org, seq, order in rows:
            self._heads[wall] = Head(org, seq, order)

    def take(self, write: Write) -> Written | Exception:
        """Add one write; on an exception nothing of it is in the batch."""
        key = self._digests[write.key] if write.key else ""
        if key and key in self._keys:
            return Written(dict(self._keys[key]), again=True)
        staging = self.staging
        if not _CONDITIONAL.isdisjoint(map(type, write.changes)):
            try:
                spots, revs, decisions = self._expect(write.changes)
            except (Refused, Conflict) as error:
                return error
            self._spots.update(spots)
            self._revs.update(revs)
            staging.spots.update(spots)
            staging.decisions += decisions
        for change in write.changes:
            if isinstance(change, PutCard):
                order = self._card_order(change.wall, change.card.post)
                staging.card(change, order, self._heads[change.wall].org)
            else:
                if isinstance(change, PutWall):
                    self._walls[change.wall.id] = change.wall
                if isinstance(change, DropCard):
                    self._orders.pop((change.wall, change.post), None)
                staging.add(change, self._heads)
        seqs = self._number(write) if write.events else {}
        if key:
            self._keys[key] = seqs
            self._new_keys.append(("main", key, write.at_ms or self._now_ms, body(seqs)))
        return Written(dict(seqs))

    def _card_order(self, wall: str, post: str) -> int:
        """A card keeps its place while it stands; a new one comes before all others."""
        order = self._orders.get((wall, post))
        if order is None:
            order = self._orders[wall, post] = self._heads[wall].place()
        return order

    def _expect(
        self, changes: Iterable[Change]
    ) -> tuple[dict[tuple[str, str], Spot], dict[tuple[str, str], int], list[tuple[Any, ...]]]:
        """What the write makes of placements and format states; raises before anything is kept."""
        spots: dict[tuple[str, str], Spot] = {}
        revs: dict[tuple[str, str], int] = {}
        decisions: list[tuple[Any, ...]] = []
        for change in changes:
            if isinstance(change, PutPlacement):
                at = (change.wall, change.post)
                if at not in spots and at not in self._spots:
                    spots[at] = self._place(change)
            elif isinstance(change, Decide):
                at = (change.wall, change.post)
                spot = _decided(spots.get(at) or self._spots.get(at), change)
                claim = self._claims.get(at)
                if claim is not None and change.hand and claim.by != change.hand:
                    raise Conflict(f"{claim.name} has this post in hand; wait or ask them.")
                spots[at] = spot
                decisions.append(_decision_row(change, spot.rev))
            elif isinstance(change, Reopen):
                at = (change.wall, change.post)
                old = spots.get(at) or self._spots.get(at)
                if old is not None and old.state != "withdrawn":
                    spots[at] = msgspec.structs.replace(old, state="new", rev=old.rev + 1)
            elif isinstance(change, PutFormatState):
                at = (change.wall, change.format)
                rev = revs.get(at, self._revs.get(at, 0))
                if rev != change.rev:
                    raise Conflict(
                        f"The state of {change.format} on {change.wall} changed meanwhile: "
                        "read it again and try again."
                    )
                revs[at] = rev + 1
            elif isinstance(change, PutWall):
                asks = change.new or change.was is not None
                if asks and self._walls.get(change.wall.id) != change.was:
                    raise Conflict(
                        f"The wall {change.wall.id} changed meanwhile: read it again and try again."
                    )
            elif isinstance(change, DropFormat):
                revs[change.wall, change.format] = 0
        return spots, revs, decisions

    def _place(self, change: PutPlacement) -> Spot:
        return Spot(
            org=change.org,
            wall=change.wall,
            post=change.post,
            source=change.source,
            state="new",
            order=self._heads[change.wall].place(),
            rev=0,
            received_at_ms=change.received_at_ms,
            author=change.author,
            by_person=False,
            decision="",
            was="",
        )

    def _number(self, write: Write) -> dict[str, int]:
        seqs: dict[str, int] = {}
        at_ms = write.at_ms or self._now_ms
        for told in write.events:
            head = self._heads[told.wall]
            head.seq += 1
            head.touched = True
            event = told.event
            self._told.append(
                (head.org, told.wall, head.seq, at_ms, kind_of(event), about(event), body(event))
            )
            seqs[told.wall] = head.seq
        return seqs

    def flush(self) -> None:
        """Send it all, in one fixed order of tables and rows (two nodes must not cross)."""
        heads = [
            (head.org, wall, head.seq, head.next_order)
            for wall, head in self._heads.items()
            if head.touched
        ]
        self.staging.flush(
            self._conn,
            [(STAGE.feed, self._told), (STAGE.write_key, self._new_keys), (STAGE.head, heads)],
        )


def _org_of(change: Change) -> str:
    if isinstance(change, PutWall):
        return change.wall.org
    if isinstance(change, PutSource):
        return change.source.org
    if isinstance(change, PutFormat):
        return change.format.org
    return getattr(change, "org", "")


def _decided(spot: Spot | None, change: Decide) -> Spot:
    if spot is None:
        raise Refused(f"{change.post} does not stand on the wall {change.wall}.")
    if spot.state == "withdrawn":
        raise Refused(f"{change.post} was withdrawn from {change.wall}, which is final.")
    if spot.rev != change.rev:
        raise Conflict(
            f"{change.post} on {change.wall} changed meanwhile: read it again and decide again."
        )
    decision = change.decision
    return msgspec.structs.replace(
        spot,
        state=decision.state,
        rev=spot.rev + 1,
        by_person=spot.by_person or decision.by.startswith("person:"),
        decision=change.id,
    )


def _decision_row(change: Decide, rev: int) -> tuple[Any, ...]:
    said = change.decision
    return (
        change.org,
        change.id,
        change.wall,
        change.post,
        rev,
        said.state,
        said.by,
        said.why,
        body(said),
    )
