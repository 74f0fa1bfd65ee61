"""The embedded engine: one folder, one process, SQLite with one writer thread and a few readers."""

from __future__ import annotations

import asyncio
import functools
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa

from parvis.core.errors import Later, Refused
from parvis.core.ports import Clock
from parvis.engine import work
from parvis.engine.blobs import FolderBlobs
from parvis.engine.change import Write
from parvis.engine.commit import Outcome
from parvis.engine.embedded.ballast import Ballast
from parvis.engine.embedded.database import is_damaged, passing, read_engine, write_engine
from parvis.engine.embedded.owner import Owner
from parvis.engine.embedded.writer import BATCH, Writer
from parvis.engine.migrate import migrate
from parvis.engine.store import Store, wall_clock
from parvis.engine.team_store import Ask, P, T

FILE = "parvis.sqlite3"
READERS = 4

R = TypeVar("R")


class Embedded(Store):
    """See `parvis.engine.Engine`; opened by `open_embedded`."""

    def __init__(
        self, folder: Path, owner: Owner, clock: Clock, blobs_dir: Path | None, *, guard: bool
    ) -> None:
        super().__init__(clock, look_again_s=None)
        file = folder / FILE
        self.blobs = FolderBlobs(blobs_dir or folder / "blobs")
        self._owner = owner
        self._writing = write_engine(file, guard=guard)
        self._reading = read_engine(file, guard=guard)
        loop = asyncio.get_running_loop()
        self._writer = Writer(self._writing, clock, self.bell, loop, Ballast(folder))
        self._mine = threading.local()
        self._connections: list[sa.Connection] = []
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="parvis-reader")
        self._closed = False

    async def write_all(self, writes: Sequence[Write]) -> Sequence[Outcome]:
        """See `Engine.write_all`."""
        self._refuse_closed()
        asked = [self._writer.ask(writes[at : at + BATCH]) for at in range(0, len(writes), BATCH)]
        return [outcome for each in asked for outcome in await each]

    async def _act(self, ask: Ask[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        self._refuse_closed()
        done: T = await self._writer.ask(lambda conn: ask(conn, *args, **kwargs))
        return done

    async def _read(self, ask: Ask[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        self._refuse_closed()
        loop = asyncio.get_running_loop()
        call = functools.partial(self._read_here, lambda conn: ask(conn, *args, **kwargs))
        return await loop.run_in_executor(self._readers, call)

    def _read_here(self, ask: Callable[[sa.Connection], R]) -> R:
        try:
            conn: sa.Connection | None = getattr(self._mine, "conn", None)
            if conn is None:
                conn = self._mine.conn = self._reading.connect()
                self._connections.append(conn)
            with conn.begin():
                return ask(conn)
        except sa.exc.DBAPIError as error:
            raise passing(error) or error from error

    def _refuse_closed(self) -> None:
        if self._closed:
            raise Later("The store is closed: parvis is stopping.", 1.0)

    async def close(self) -> None:
        """See `Engine.close`."""
        if self._closed:
            return
        self._closed = True
        self._writer.hand_over()
        await asyncio.to_thread(self._finish)
        self.bell.ring_all()

    def _finish(self) -> None:
        self._readers.shutdown(wait=True)
        for conn in self._connections:
            conn.close()
        self._writer.stop()
        self._writing.dispose()
        self._reading.dispose()
        self._owner.release()


async def open_embedded(
    folder: Path, *, clock: Clock = wall_clock, blobs_dir: Path | None = None
) -> Embedded:
    """Own `folder` (made when missing) and bring its store up to date.

    Raises `Refused` when another process owns it, when it cannot be written, or when a newer
    release has written it.
    """
    guard = os.environ.get("PARVIS_DEBUG") == "1"
    owner = await asyncio.to_thread(_prepare, folder)
    try:
        engine = Embedded(folder, owner, clock, blobs_dir, guard=guard)
        await engine._act(work.release_all)  # the folder was nobody's: whoever held a lease is dead
        return engine
    except BaseException as error:
        owner.release()
        raise _plain(error, folder) from error


def _prepare(folder: Path) -> Owner:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        owner = Owner(folder)
    except OSError as error:
        raise Refused(
            f"The data folder {folder} cannot be used ({error.strerror}): "
            "give a folder that can be written with --data."
        ) from error
    Ballast(folder).make()
    engine = write_engine(folder / FILE, guard=False)
    try:
        migrate(engine, str(folder))
    except BaseException as error:
        owner.release()
        raise _plain(error, folder) from error
    finally:
        engine.dispose()
    return owner


def _plain(error: BaseException, folder: Path) -> BaseException:
    cause: Any = getattr(error, "orig", error)
    spoilt = (
        "unable to open",
        "already exists",
        "is damaged",
    )
    if is_damaged(cause) or any(says in str(cause) for says in spoilt):
        return Refused(
            f"{folder / FILE} is damaged or no store of parvis: "
            "restore a backup, or give another folder with --data."
        )
    return error
