"""Reads of the feed: facts in order, and the journey of one post."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from parvis.core.event import (
    CardGone,
    CardShown,
    Event,
    Fact,
    PicksChanged,
    PostDecided,
    PostEdited,
    PostRefused,
    PostSeen,
    RightChanged,
)
from parvis.engine import tables as t
from parvis.engine.codec import event_of_body
from parvis.engine.rows import Step

_b = sa.bindparam
_f, _d = t.feed, t.decision

_AFTER = (
    sa.select(_f.c.seq, _f.c.at_ms, _f.c.body)
    .where(_f.c.wall == _b("wall"), _f.c.seq > _b("after"))
    .order_by(_f.c.seq)
    .limit(_b("limit"))
)
_JOURNEY = (
    sa.select(_f.c.at_ms, _f.c.wall, _f.c.seq, _f.c.kind, _f.c.body)
    .where(_f.c.org == _b("org"), _f.c.post == _b("post"))
    .order_by(_f.c.wall, _f.c.seq)
)
_WHO = sa.select(_d.c.id, _d.c.by, _d.c.why).where(_d.c.org == _b("org"), _d.c.post == _b("post"))


def facts_after(conn: sa.Connection, wall: str, after: int, limit: int) -> Sequence[Fact]:
    """Oldest first."""
    rows = conn.execute(_AFTER, {"wall": wall, "after": after, "limit": limit})
    return [Fact(wall, seq, at_ms, event_of_body(text)) for seq, at_ms, text in rows]


def journey(conn: sa.Connection, post: str, org: str) -> Sequence[Step]:
    """Oldest first; on one wall the sequence decides, even when the clock stepped back."""
    asked = {"post": post, "org": org}
    said = {id_: (by, why) for id_, by, why in conn.execute(_WHO, asked)}
    steps: list[tuple[int, str, int, Step]] = []
    latest: dict[str, int] = {}
    for at_ms, wall, seq, kind, text in conn.execute(_JOURNEY, asked):
        latest[wall] = at = max(latest.get(wall, 0), at_ms)
        step = step_of(at_ms, wall, seq, kind, event_of_body(text), said)
        steps.append((at, wall, seq, step))
    return [step for *_, step in sorted(steps, key=lambda item: item[:3])]


def step_of(
    at_ms: int, wall: str, seq: int, kind: str, event: Event, said: dict[str, tuple[str, str]]
) -> Step:
    """One line of the feed as a step; `said` has who and why of each decision."""
    return Step(at_ms, wall, seq, kind, **_told(event, said))


def _told(event: Event, said: dict[str, tuple[str, str]]) -> dict[str, Any]:
    if isinstance(event, PostDecided):
        by, why = said.get(event.decision, ("", ""))
        return {"by": by, "why": why, "state": event.state}
    if isinstance(event, PostSeen | PostEdited):
        return {"by": f"source:{event.source}"}
    if isinstance(event, PostRefused):
        return {"by": f"source:{event.source}", "why": event.because}
    if isinstance(event, RightChanged):
        return {"why": event.basis, "state": "granted" if event.granted else "ended"}
    if isinstance(event, CardShown | CardGone):
        return {"state": "shown" if isinstance(event, CardShown) else "gone"}
    if isinstance(event, PicksChanged):
        return {"why": event.what, "state": "on" if event.on else "off"}
    return {}
