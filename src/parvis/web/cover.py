"""Press panic; also while the store cannot write: then held in this process, and stored later."""

from __future__ import annotations

import asyncio
import logging
from functools import partial

from parvis.core.errors import Later
from parvis.core.ports import Clock
from parvis.core.wire import WallFace
from parvis.flow import panic
from parvis.flow.road import Road
from parvis.web.away import Away
from parvis.web.covers import Covers

log = logging.getLogger("parvis.web")

WITHIN_S = 1.5
"""How long a press waits for the store."""
AGAIN_S = (0.5, 1.0, 2.0)


class Panics:
    """Presses panic on the walls of one process."""

    def __init__(
        self, road: Road, clock: Clock, covers: Covers, away: Away, *, within_s: float = WITHIN_S
    ) -> None:
        self._road = road
        self._clock = clock
        self._covers = covers
        self._away = away
        self._within_s = within_s
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def press(self, face: WallFace, on: bool, *, by: str) -> int | None:
        """Cover the wall's screens, or uncover them. The sequence that says so; None when this
        process alone knows yet.
        """
        wall = face.wall
        if wall not in self._tasks and self._away.here:
            try:
                async with asyncio.timeout(self._within_s):
                    pressed = await panic.press(self._road, self._clock, wall, on, by=by)
            except (Later, OSError) as error:
                log.warning("panic.held", extra={"wall": wall, "error": type(error).__name__})
            else:
                self._covers.stored(wall, pressed.seq)
                return pressed.seq
        self._covers.press(face, on, by, self._clock())
        if wall not in self._tasks:
            task = asyncio.create_task(self._store(wall), name=f"panic {wall}")
            self._tasks[wall] = task
            task.add_done_callback(lambda _: self._tasks.pop(wall, None))
        return None

    def stop(self) -> None:
        """No more tries."""
        for task in list(self._tasks.values()):
            task.cancel()

    async def _store(self, wall: str) -> None:
        """Until the store has what was pressed last."""
        attempt = 0
        while (cover := self._covers.pending(wall)) is not None:
            try:
                async with asyncio.timeout(self._within_s * 4):
                    since = partial(int, cover.since_ms)
                    pressed = await panic.press(self._road, since, wall, cover.on, by=cover.by)
            except Exception as error:  # whatever it is: what was pressed is not forgotten
                if not isinstance(error, Later | OSError):
                    log.error("panic.failed", exc_info=error, extra={"wall": wall})
                await asyncio.sleep(AGAIN_S[min(attempt, len(AGAIN_S) - 1)])
                attempt += 1
                continue
            if self._covers.pending(wall) is cover:  # else pressed again meanwhile
                self._covers.stored(wall, pressed.seq)
                log.info("panic.stored", extra={"wall": wall})
