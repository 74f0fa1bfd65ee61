"""How the SQLite file is opened: one engine to write, one to read."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from parvis.core.errors import Later

BUSY_MS = 5000
FULL_S = 5.0
DAMAGED_S = 30.0


def write_engine(file: Path, *, guard: bool) -> sa.Engine:
    """WAL, synced at every commit; a transaction takes the write lock when it begins.

    A deferred transaction that has read would be refused at its first write, whatever the time-out.
    """
    return _engine(
        file,
        begin="BEGIN IMMEDIATE",
        # fullfsync: on macOS a plain fsync leaves the data in the drive's own cache
        pragmas=("journal_mode=WAL", "synchronous=FULL", "fullfsync=ON", "secure_delete=ON"),
        guard=guard,
    )


def read_engine(file: Path, *, guard: bool) -> sa.Engine:
    """Never writes; a transaction reads one state of the file."""
    return _engine(file, begin="BEGIN", pragmas=("query_only=ON",), guard=guard)


def _engine(file: Path, *, begin: str, pragmas: tuple[str, ...], guard: bool) -> sa.Engine:
    engine = sa.create_engine(
        f"sqlite:///{file}", poolclass=NullPool, connect_args={"check_same_thread": False}
    )

    @sa.event.listens_for(engine, "connect")
    def _connected(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself
        for pragma in (f"busy_timeout={BUSY_MS}", "cache_size=-16384", *pragmas):
            connection.execute(f"pragma {pragma}").close()

    @sa.event.listens_for(engine, "begin")
    def _begun(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)

    if guard:
        sa.event.listen(engine, "before_cursor_execute", _refuse_on_loop)
    return engine


def _refuse_on_loop(*_: Any) -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise RuntimeError("a synchronous store call on the event loop's thread")


def is_full(error: BaseException) -> bool:
    """Whether the disk, or the quota, has no room."""
    text = str(error).lower()
    return "disk is full" in text or "database or disk" in text


def full() -> Later:
    """What a caller is told of a disk without room."""
    return Later("The store's disk is full: free some space; nothing kept is lost.", FULL_S)


def is_damaged(error: BaseException) -> bool:
    """Whether the file is no store any more, whatever is asked of it."""
    text = str(error).lower()
    return "malformed" in text or "not a database" in text


def passing(error: BaseException) -> Later | None:
    """What a caller is told while the store as a whole cannot be read or written; None for an
    error that is the asker's own.

    Also a damaged file ends nothing by itself: screens go on showing what they have.
    """
    cause = getattr(error, "orig", error)
    if not isinstance(cause, sqlite3.DatabaseError):
        return None
    if is_full(cause):
        return full()
    if is_damaged(cause):
        return Later("The store's file is damaged: stop parvis and restore a backup.", DAMAGED_S)
    if any(says in str(cause) for says in ("locked", "disk I/O", "unable to open")):
        return Later(f"The store does not answer now ({cause}); try again.", 1.0)
    return None
