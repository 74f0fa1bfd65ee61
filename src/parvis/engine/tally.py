"""How the rows that figures are made of are kept, in the transaction that changes what they count.

A post that is withdrawn leaves the figures at once, one that is edited corrects them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

import sqlalchemy as sa

from parvis.core.metric import OWN, Facts, facts_of
from parvis.core.post import Post
from parvis.core.wire import Card
from parvis.engine import tables as t
from parvis.engine.codec import post_of_body
from parvis.engine.dialect import Drop, Find, Set, one_each, one_of

Row = tuple[Any, ...]
_t = t.tally
_FACTS = Set(_t, to=("followers", "interactions", "tags"), by=("post", "org"))
_SHOWN = Set(
    _t, to=("shown_ms",), by=("wall", "post"), only=_t.c.shown_ms == sa.literal_column("0")
)
_DROP = Drop(_t, by=("wall", "post"))
_COLUMNS = (_t.c.post, _t.c.followers, _t.c.interactions, _t.c.tags)
_ORG = _t.c.org == sa.bindparam("org")
_stand = Find(
    sa.select(*_COLUMNS).where(_ORG, one_of(_t.c.post, "keys")),
    "org",
    "keys",
    postgresql=one_each(_COLUMNS, _t.c.post, "keys", _ORG, most=100_000),
)
_BODIES = sa.select(t.post.c.key, t.post.c.body).where(
    t.post.c.org == sa.bindparam("org"), one_of(t.post.c.key, "keys")
)


class Place(Protocol):
    """A placement, as far as figures need it."""

    org: str
    wall: str
    post: str
    state: str
    received_at_ms: int
    author: str
    was: str | None


class Tallying:
    """What a batch does to the rows of figures."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[Post, Facts]] = {}
        self._shown: dict[tuple[str, str], int] = {}
        self._gone: set[tuple[str, str]] = set()
        self._new: set[tuple[str, str]] = set()

    def know(self, org: str, post: Post) -> None:
        """The post as it is now."""
        self._known[org, post.key] = (post, facts_of(post))

    def show(self, wall: str, card: Card) -> None:
        """The card is on the wall; only the first time counts."""
        if card.network != OWN:
            self._shown.setdefault((wall, card.post), card.shown_at_ms)

    def rows(self, conn: sa.Connection, places: Iterable[Place]) -> list[Row]:
        """Rows for posts that are new on their wall."""
        new: list[Place] = []
        for place in places:
            if place.state == "withdrawn":
                if place.was not in ("", "withdrawn"):
                    self._gone.add((place.wall, place.post))
            elif place.was == "":
                new.append(place)
        known = {**self._stored(conn, new), **self._known}
        rows: list[Row] = []
        for place in new:
            found = known.get((place.org, place.post))
            if found is not None and found[0].network != OWN:
                at = (place.wall, place.post)
                self._new.add(at)
                rows.append(row_of(place, *found, self._shown.get(at, 0)))
        return sorted(rows, key=lambda row: row[1:4])

    def _stored(
        self, conn: sa.Connection, new: Iterable[Place]
    ) -> dict[tuple[str, str], tuple[Post, Facts]]:
        """Posts that this batch only places."""
        missing: dict[str, list[str]] = {}
        for place in new:
            if (place.org, place.post) not in self._known:
                missing.setdefault(place.org, []).append(place.post)
        found: dict[tuple[str, str], tuple[Post, Facts]] = {}
        for org, keys in missing.items():
            for key, text in conn.execute(_BODIES, {"org": org, "keys": keys}):
                post = post_of_body(text)
                found[org, key] = (post, facts_of(post))
        return found

    def settle(self, conn: sa.Connection) -> None:
        """Change what stands: on every wall of a post that was put, in one order."""
        told = sorted(self._corrected(conn), key=lambda row: (row[4], row[3]))
        _FACTS(conn, told)
        first = sorted(at for at in self._shown if at not in self._new)
        _SHOWN(conn, [(self._shown[at], *at) for at in first])
        _DROP(conn, sorted(self._gone))

    def _corrected(self, conn: sa.Connection) -> Iterable[Row]:
        """Facts that stand otherwise: most posts are new, and have none that could."""
        by_org: dict[str, list[str]] = {}
        for org, key in self._known:
            by_org.setdefault(org, []).append(key)
        for org, keys in by_org.items():
            for key in {row[0] for row in _stand(conn, org, keys) if self._differ(org, *row)}:
                facts = self._known[org, key][1]
                yield (facts.followers, facts.interactions, facts.tags, key, org)

    def _differ(self, org: str, key: str, *stands: object) -> bool:
        facts = self._known[org, key][1]
        return stands != (facts.followers, facts.interactions, facts.tags)


def row_of(place: Place, post: Post, facts: Facts, shown_ms: int) -> Row:
    """The columns."""
    return (
        place.org,
        place.wall,
        place.received_at_ms,
        place.post,
        place.author,
        post.network,
        post.created_at_ms,
        facts.followers,
        facts.interactions,
        facts.tags,
        shown_ms,
    )
