"""NOTIFY and LISTEN between nodes: a wake-up and no more, since rows are always read by sequence.

It is sent after the commit and coalesced: inside the transaction it would make all commits of the
database wait for one lock. What is lost on the way, the follower's own look finds.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from parvis.engine.bell import Bell

log = logging.getLogger(__name__)

CHANNEL = "parvis_told"
PAYLOAD_BYTES = 7000
AGAIN_S = 2.0
_NOTIFY = sa.text(
    # it says nothing that must survive, so nobody waits for the disk
    "with at_once as materialized (select set_config('synchronous_commit', 'off', true))"
    " select pg_notify(:channel, wall) from at_once, unnest(cast(:walls as text[])) as wall"
)


class Wake:
    """Tells other nodes which walls moved, and hears it from them."""

    def __init__(self, engine: AsyncEngine, bell: Bell) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._bell = bell
        self._walls: set[str] = set()
        self._moved = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to speak and to listen."""
        self._tasks = [
            asyncio.create_task(self._speak(), name="wake speak"),
            asyncio.create_task(self._listen(), name="wake listen"),
        ]

    async def stop(self) -> None:
        """End both."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def tell(self, walls: Iterable[str]) -> None:
        """These walls moved."""
        self._walls.update(wall for wall in walls if len(wall.encode()) < PAYLOAD_BYTES)
        if self._walls:
            self._moved.set()

    async def _speak(self) -> None:
        while True:
            await self._moved.wait()
            self._moved.clear()
            walls, self._walls = self._walls, set()
            # a wake-up that cannot be sent is not missed: see above
            with contextlib.suppress(Exception):
                async with self._engine.connect() as conn:
                    await conn.execute(_NOTIFY, {"channel": CHANNEL, "walls": sorted(walls)})

    async def _listen(self) -> None:
        deaf = False
        while True:
            try:
                async with self._engine.connect() as conn:
                    lost = await self._attach(conn)
                    if deaf:
                        log.info("wake.healed")
                    deaf = False
                    self._bell.ring_all()
                    try:
                        await lost.wait()
                    finally:
                        await conn.invalidate()
            except Exception as error:
                if not deaf:
                    log.warning("wake.broken", extra={"error": type(error).__name__})
                deaf = True
            await asyncio.sleep(AGAIN_S)

    async def _attach(self, conn: AsyncConnection) -> asyncio.Event:
        """Listen on this connection; the event is set when the server lets it go."""
        lost = asyncio.Event()
        raw: Any = (await conn.get_raw_connection()).driver_connection
        raw.add_termination_listener(lambda *_: lost.set())
        await raw.add_listener(CHANNEL, self._heard)
        return lost

    def _heard(self, *said: Any) -> None:
        self._bell.ring([said[-1]])
