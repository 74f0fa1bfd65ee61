"""One function puts a batch of writes into a transaction, on both stores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
import sqlalchemy as sa

from parvis.engine.batch import Batch
from parvis.engine.change import DropWall, ErasePost, Told, Write, Written
from parvis.engine.erase import alone, blank, drop_wall, erase_post, erased_keys, walls_of_posts

Outcome = Written | Exception


def commit(conn: sa.Connection, writes: Sequence[Write], now_ms: int) -> list[Outcome]:
    """Apply `writes` in order inside the transaction that `conn` has begun.

    One outcome per write: what it did, or the exception its caller gets (then nothing of it is
    applied). A write that is `alone` must come as the only one; it raises instead.
    """
    if len(writes) == 1 and alone(writes[0]):
        return [_commit_alone(conn, writes[0], now_ms)]
    batch = Batch(conn, writes, now_ms)
    outcomes = [batch.take(write) for write in writes]
    batch.flush()
    return outcomes


def one(outcomes: Sequence[Outcome]) -> Written:
    """The outcome of a single write; raises what its caller gets."""
    (outcome,) = outcomes
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def told_walls(outcomes: Sequence[object]) -> set[str]:
    """The walls whose feed has something new."""
    told: set[str] = set()
    for outcome in outcomes:
        if isinstance(outcome, Written) and not outcome.again:
            told.update(outcome.seqs)
    return told


def runs(writes: Sequence[Write]) -> Iterator[Sequence[Write]]:
    """The writes in order, cut so that what must be alone is alone."""
    start = 0
    for at, write in enumerate(writes):
        if alone(write):
            if start < at:
                yield writes[start:at]
            yield writes[at : at + 1]
            start = at + 1
    if start < len(writes):
        yield writes[start:]


def _commit_alone(conn: sa.Connection, write: Write, now_ms: int) -> Outcome:
    """The changes one after the other; raises what its caller gets, for the transaction to undo."""
    erased = erased_keys(write)
    batch = Batch(conn, [write], now_ms, also=walls_of_posts(conn, erased))
    while late := walls_of_posts(conn, erased).keys() - batch.locked:
        batch.lock(dict.fromkeys(late, ""))  # placed while we waited for the locks
    told = tuple(_blanked(event, erased) for event in write.events)
    events = Write(changes=(), events=told, key=write.key, at_ms=write.at_ms)
    if batch.knows(write.key):
        return batch.take(events)
    for change in write.changes:
        if isinstance(change, ErasePost):
            erase_post(conn, change)
        elif isinstance(change, DropWall):
            drop_wall(conn, change.wall)
        else:
            _apply(conn, Write((change,), at_ms=write.at_ms), now_ms)
    return _apply(conn, events, now_ms)


def _apply(conn: sa.Connection, write: Write, now_ms: int) -> Written:
    step = Batch(conn, [write], now_ms)
    outcome = step.take(write)
    if isinstance(outcome, Exception):
        raise outcome
    step.flush()
    return outcome


def _blanked(told: Told, erased: dict[tuple[str, str], str]) -> Told:
    """The event as it may stand in the journal beside an erasure."""
    event = msgspec.to_builtins(told.event)
    for (_, key), hash in erased.items():
        event = blank(event, key, hash)
    return Told(told.wall, msgspec.convert(event, type(told.event)))
