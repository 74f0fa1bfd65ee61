"""The engine on PostgreSQL: the same statements, run by SQLAlchemy's asyncio on asyncpg."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from parvis.core.errors import Later, Refused
from parvis.core.ports import Clock
from parvis.engine.blobs import FolderBlobs
from parvis.engine.change import Write
from parvis.engine.cluster.database import parsed, reading, transact, unopenable, writing
from parvis.engine.cluster.lanes import Lanes
from parvis.engine.cluster.wake import Wake
from parvis.engine.commit import Outcome
from parvis.engine.erase import forget_keys
from parvis.engine.migrate import NEWEST, revision_of, upgrade
from parvis.engine.store import KEYS_KEPT_MS, Store, wall_clock
from parvis.engine.team_store import Ask, P, T

LOOK_AGAIN_S = 2.0
TIDY_S = 3600.0
FORGOTTEN_AT_ONCE = 1000
MIGRATION_LOCK = 0x70617276


class Cluster(Store):
    """See `parvis.engine.Engine`; opened by `open_cluster`."""

    def __init__(
        self, engine: AsyncEngine, reader: AsyncEngine, clock: Clock, blobs_dir: Path
    ) -> None:
        super().__init__(clock, look_again_s=LOOK_AGAIN_S)
        self.blobs = FolderBlobs(blobs_dir)
        self._engine = engine
        self._reading = reader
        self._wake = Wake(engine, self.bell)
        self._lanes = Lanes(engine, clock, self.bell, self._wake)
        self._wake.start()
        self._tidying = asyncio.create_task(self._tidy(), name="store tidy")
        self._closed = False

    async def write_all(self, writes: Sequence[Write]) -> Sequence[Outcome]:
        """See `Engine.write_all`."""
        self._refuse_closed()
        return await self._lanes.write_all(writes)

    async def _act(self, ask: Ask[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        self._refuse_closed()
        return await transact(self._engine, ask, *args, **kwargs)

    async def _read(self, ask: Ask[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        self._refuse_closed()
        return await transact(self._reading, ask, *args, **kwargs)

    async def _tidy(self) -> None:
        while True:
            await asyncio.sleep(TIDY_S)
            before_ms = self.clock() - KEYS_KEPT_MS
            with contextlib.suppress(Later):
                while await self._act(forget_keys, before_ms, FORGOTTEN_AT_ONCE):
                    pass

    def _refuse_closed(self) -> None:
        if self._closed:
            raise Later("The store is closed: parvis is stopping.", 1.0)

    async def close(self) -> None:
        """See `Engine.close`."""
        if self._closed:
            return
        self._closed = True
        await self._lanes.finish()
        await self._wake.stop()
        self._tidying.cancel()
        await asyncio.gather(self._tidying, return_exceptions=True)
        await self._engine.dispose()
        await self._reading.dispose()
        self.bell.ring_all()


async def open_cluster(
    address: str, *, clock: Clock = wall_clock, blobs_dir: Path | None = None
) -> Cluster:
    """Open the database at `address` and bring its schema up to date, one node at a time.

    Raises `Refused` or `Later` in one sentence.
    """
    url = parsed(address)
    if blobs_dir is None:
        raise Refused("With PostgreSQL, media need a folder of their own: give one with --data.")
    engine = writing(url)
    try:
        async with engine.begin() as conn:
            await conn.run_sync(_migrate, url.render_as_string(hide_password=True))
    except BaseException as error:
        await engine.dispose()
        if isinstance(error, Refused | Later) or not isinstance(error, Exception):
            raise
        raise (unopenable(error, url) or error) from error
    return Cluster(engine, reading(url), clock, blobs_dir)


def _migrate(conn: sa.Connection, where: str) -> None:
    conn.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATION_LOCK)))
    if revision_of(conn) != NEWEST:
        upgrade(conn, where)
