"""Leased work: a job is due, leased, then done, tried again, or dead.

An expired lease belongs to whoever claims next. Whoever wakes after that holds a stale token, and
is refused. A job that stops its worker every time dies after `max_attempts` as well.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import sqlalchemy as sa

from parvis.engine import tables as t
from parvis.engine.rows import Job

_b = sa.bindparam
_j = t.job

NEVER_MS = 2**62

STOPPED = "Its worker stopped before it was done, every time."

_EXPIRED = (
    sa.select(_j.c.id)
    .where(
        _j.c.queue == _b("on_queue"),
        _j.c.state == "running",
        sa.or_(_j.c.lease_until_ms <= _b("now_ms"), _j.c.lease_until_ms > _b("beyond_ms")),
    )
    .with_for_update(skip_locked=True)
)
_GIVEN_UP = {
    "state": sa.case((_j.c.attempts >= _j.c.max_attempts, "dead"), else_="waiting"),
    "because": sa.case((_j.c.attempts >= _j.c.max_attempts, STOPPED), else_=_j.c.because),
    "token": "",
    "worker": "",
}
_RECLAIM = sa.update(_j).where(_j.c.id.in_(_EXPIRED)).values(_GIVEN_UP)
_ABANDONED = sa.update(_j).where(_j.c.state == "running").values(_GIVEN_UP)
_DUE = (
    sa.select(_j.c.id)
    .where(
        _j.c.queue == _b("on_queue"),
        _j.c.state == "waiting",
        sa.or_(_j.c.run_at_ms <= _b("now_ms"), _j.c.run_at_ms > _b("beyond_ms")),
    )
    .order_by(_j.c.priority, _j.c.run_at_ms, _j.c.id)
    .limit(_b("how_many"))
    .with_for_update(skip_locked=True)
)
_COLUMNS = (
    _j.c.id,
    _j.c.queue,
    _j.c.key,
    _j.c.payload,
    _j.c.attempts,
    _j.c.token,
    _j.c.max_attempts,
    _j.c.because,
)
_CLAIM = (
    sa.update(_j)
    .where(_j.c.id.in_(_DUE))
    .values(
        state="running",
        token=_b("new_token"),
        worker=_b("by_worker"),
        lease_until_ms=_b("until_ms"),
        attempts=_j.c.attempts + 1,
    )
    .returning(*_COLUMNS, _j.c.priority, _j.c.run_at_ms)
)
_HELD = sa.and_(_j.c.id == _b("job_id"), _j.c.state == "running", _j.c.token == _b("held_token"))
_RENEW = sa.update(_j).where(_HELD).values(lease_until_ms=_b("until_ms"))
_DONE = sa.delete(_j).where(_HELD)
_GIVE_BACK = (
    sa.update(_j)
    .where(_HELD)
    .values(
        state=sa.case((_j.c.attempts >= _j.c.max_attempts, "dead"), else_="waiting"),
        run_at_ms=_b("at_ms"),
        because=_b("why"),
        token="",
        worker="",
    )
)
_BURY = sa.update(_j).where(_HELD).values(state="dead", because=_b("why"), token="", worker="")
_DEAD = (
    sa.select(*_COLUMNS)
    .where(_j.c.queue == _b("on_queue"), _j.c.state == "dead")
    .order_by(_j.c.run_at_ms, _j.c.id)
)


def release_all(conn: sa.Connection) -> None:
    """Give back what earlier workers held; for an owner that knows that none of them lives."""
    conn.execute(_ABANDONED)


def claim(
    conn: sa.Connection,
    queue: str,
    worker: str,
    limit: int,
    lease_ms: int,
    now_ms: int,
    beyond_ms: int,
) -> Sequence[Job]:
    """Lease what is due, most urgent first (a smaller `priority` is more urgent). What is set for a
    time after `beyond_ms` was set by a clock that has stepped back since: it is due.
    """
    asked_at = {"on_queue": queue, "now_ms": now_ms, "beyond_ms": beyond_ms}
    conn.execute(_RECLAIM, asked_at)
    asked = {
        **asked_at,
        "how_many": limit,
        "new_token": uuid.uuid4().hex,
        "by_worker": worker,
        "until_ms": now_ms + lease_ms,
    }
    rows = conn.execute(_CLAIM, asked).all()
    ordered = sorted(rows, key=lambda row: (row.priority, row.run_at_ms, row.id))
    return [Job(*row[: len(_COLUMNS)]) for row in ordered]


def _held(job: Job) -> dict[str, int | str]:
    return {"job_id": job.id, "held_token": job.token}


def renew(conn: sa.Connection, job: Job, until_ms: int) -> bool:
    """A longer lease."""
    return conn.execute(_RENEW, {**_held(job), "until_ms": until_ms}).rowcount == 1


def done(conn: sa.Connection, job: Job) -> bool:
    """Finished work is deleted: the table holds only what is left to do, and the dead."""
    return conn.execute(_DONE, _held(job)).rowcount == 1


def retry(conn: sa.Connection, job: Job, at_ms: int, because: str) -> bool:
    """Again at `at_ms`, or dead."""
    asked = {**_held(job), "at_ms": at_ms, "why": because}
    return conn.execute(_GIVE_BACK, asked).rowcount == 1


def dead(conn: sa.Connection, job: Job, because: str) -> bool:
    """No more."""
    return conn.execute(_BURY, {**_held(job), "why": because}).rowcount == 1


def dead_jobs(conn: sa.Connection, queue: str) -> Sequence[Job]:
    """Oldest first."""
    return [Job(*row) for row in conn.execute(_DEAD, {"on_queue": queue})]
