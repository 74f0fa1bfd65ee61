"""The one thread that writes: it takes what has queued up, commits it together, and answers."""

from __future__ import annotations

import asyncio
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from itertools import accumulate, islice
from typing import Any

import sqlalchemy as sa

from parvis.core.ports import Clock
from parvis.engine.bell import Bell
from parvis.engine.change import PutPost, Write
from parvis.engine.commit import commit, runs, told_walls
from parvis.engine.embedded.ballast import Ballast
from parvis.engine.embedded.database import full, is_damaged, is_full, passing
from parvis.engine.erase import alone, forget_keys
from parvis.engine.store import KEYS_KEPT_MS

log = logging.getLogger(__name__)

BATCH = 50
IDLE_S = 60.0
WIPE_AGAIN_S = 0.2
FORGOTTEN_AT_ONCE = 1000

Act = Callable[[sa.Connection], Any]
Asked = tuple[Sequence[Write] | Act, "asyncio.Future[Any]"]
"""Writes, at most a batch, answered with an outcome for each; or an act in its own transaction."""


class Writer:
    """Batches form by themselves: whatever arrives while one is synced makes the next."""

    def __init__(
        self,
        engine: sa.Engine,
        clock: Clock,
        bell: Bell,
        loop: asyncio.AbstractEventLoop,
        ballast: Ballast,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._bell = bell
        self._loop = loop
        self._ballast = ballast
        self._tick: list[Asked] = []
        self._asked: queue.SimpleQueue[list[Asked] | None] = queue.SimpleQueue()
        self._rest: list[Asked] = []
        self._broken = False
        self._wipe = False
        self._thread = threading.Thread(target=self._run, name="parvis-writer", daemon=True)
        self._thread.start()

    def ask(self, what: Sequence[Write] | Act) -> asyncio.Future[Any]:
        """Queue it; the future resolves once it is on disk."""
        future: asyncio.Future[Any] = self._loop.create_future()
        if not self._tick:  # one hand-over for all that is asked in a turn of the loop
            self._loop.call_soon(self.hand_over)
        self._tick.append((what, future))
        return future

    def hand_over(self) -> None:
        """Give the thread what was asked (on the loop)."""
        if self._tick:
            self._asked.put(self._tick)
            self._tick = []

    def stop(self) -> None:
        """Finish what was handed over, then return (blocking)."""
        self._asked.put(None)
        self._thread.join()

    def _run(self) -> None:
        with self._engine.connect() as conn:
            last = False
            while not last:
                batch, last = self._next()
                if batch:
                    self._serve(conn, batch)
                else:
                    self._tidy(conn)
                if self._wipe and not self._rest and self._asked.empty():
                    self._wipe = not _checkpoint(conn)
            _checkpoint(conn)

    def _next(self) -> tuple[list[Asked], bool]:
        """What is queued, at most a batch; nothing after a while without work."""
        asked, self._rest = self._rest, []
        last = False
        try:
            while sum(map(_weight, asked)) < BATCH and not last:
                more = self._asked.get_nowait() if asked else self._asked.get(timeout=self._wait_s)
                last = more is None
                asked += more or ()
        except queue.Empty:
            pass
        fits = sum(heavy <= BATCH for heavy in accumulate(map(_weight, asked)))
        self._rest = asked[fits:]
        if last and self._rest:
            self._asked.put(None)
            last = False
        return asked[:fits], last

    @property
    def _wait_s(self) -> float:
        return WIPE_AGAIN_S if self._wipe else IDLE_S

    def _serve(self, conn: sa.Connection, batch: list[Asked]) -> None:
        answers: list[Any] = []
        waiting: list[Asked] = []
        for each in batch:
            if callable(each[0]):
                answers += self._commit_groups(conn, waiting)
                waiting = []
                answers.append(self._act(conn, each[0]))
            else:
                waiting.append(each)
        answers += self._commit_groups(conn, waiting)
        told = set[str]().union(*(told_walls(each) for each in answers if isinstance(each, list)))
        futures = [future for _, future in batch]
        self._loop.call_soon_threadsafe(_answer, futures, answers, self._bell, told)

    def _commit_groups(self, conn: sa.Connection, groups: Sequence[Asked]) -> list[list[Any]]:
        """All of their writes together; the outcomes of each group."""
        writes = [write for what, _ in groups if not callable(what) for write in what]
        outcomes = iter(self._commit(conn, writes))
        return [list(islice(outcomes, _weight(each))) for each in groups]

    def _commit(self, conn: sa.Connection, writes: Sequence[Write]) -> list[Any]:
        outcomes: list[Any] = []
        for run in runs(writes):
            outcomes += self._commit_run(conn, run)
            self._wipe = self._wipe or alone(run[0])
        return outcomes

    def _commit_run(self, conn: sa.Connection, writes: Sequence[Write]) -> list[Any]:
        """All of them; while the disk is full, what people do and nothing that arrives."""
        if not self._ballast.is_missed():
            return self._try_run(conn, writes)
        done = iter(self._try_run(conn, [write for write in writes if not _brings(write)]))
        return [full() if _brings(write) else next(done) for write in writes]

    def _try_run(self, conn: sa.Connection, writes: Sequence[Write]) -> list[Any]:
        try:
            with conn.begin():
                outcomes = commit(conn, writes, self._clock())
        except Exception as error:
            later = self._understood(error)
            if later is not None:
                if not all(map(_brings, writes)) and self._makes_room(error):
                    return self._commit_run(conn, writes)
                return [later] * len(writes)
            if len(writes) == 1:
                return [error]
            # one of them did it: let it fail alone
            return [self._commit_run(conn, [write])[0] for write in writes]
        self._healed()
        return list(outcomes)

    def _act(self, conn: sa.Connection, act: Act) -> Any:
        try:
            with conn.begin():
                return act(conn)
        except Exception as error:
            later = self._understood(error)
            if later is not None and self._makes_room(error):
                return self._act(conn, act)
            return later or error

    def _makes_room(self, error: Exception) -> bool:
        return is_full(getattr(error, "orig", error)) and self._ballast.give()

    def _understood(self, error: Exception) -> Exception | None:
        """What the caller is told when the store as a whole cannot write now; logged once."""
        cause = getattr(error, "orig", error)
        told = passing(error)
        if told is not None and not self._broken and (is_full(cause) or is_damaged(cause)):
            log.error("store.full" if is_full(cause) else "store.damaged")
            self._broken = True
        return told

    def _healed(self) -> None:
        if self._broken and not self._ballast.given:
            log.info("store.healed")
            self._broken = False

    def _tidy(self, conn: sa.Connection) -> None:
        before_ms = self._clock() - KEYS_KEPT_MS
        self._act(conn, lambda c: forget_keys(c, before_ms, FORGOTTEN_AT_ONCE))


def _checkpoint(conn: sa.Connection) -> bool:
    """Empty the log into the file, so that what was erased is nowhere; False if busy."""
    try:
        raw: Any = conn.connection.driver_connection
        row = raw.execute("pragma wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError:
        return False
    return bool(row[0] == 0)


def _brings(write: Write) -> bool:
    """Whether something arrives with it, which its sender tells again or keeps."""
    return any(isinstance(change, PutPost) for change in write.changes)


def _weight(asked: Asked) -> int:
    return 1 if callable(asked[0]) else len(asked[0])


def _answer(
    futures: Sequence[asyncio.Future[Any]], answers: Sequence[Any], bell: Bell, told: set[str]
) -> None:
    for future, answer in zip(futures, answers, strict=True):
        if future.done():
            continue
        if isinstance(answer, Exception):
            future.set_exception(answer)
        else:
            future.set_result(answer)
    bell.ring(told)
