"""Press panic; also while the store cannot write: then held in this process and in a file of its
data folder, and stored later.
"""

from __future__ import annotations

import asyncio
import logging
from functools import partial

import msgspec

from parvis.core.errors import Later
from parvis.core.ports import Clock
from parvis.core.wire import WallFace, face_of
from parvis.flow import panic
from parvis.flow.road import Road
from parvis.web.away import Away
from parvis.web.covers import Covers
from parvis.web.presses import Pressed, Presses

log = logging.getLogger("parvis.web")

WITHIN_S = 1.5
"""How long a press waits for the store."""
AGAIN_S = (0.5, 1.0, 2.0)


class Panics:
    """Presses panic on the walls of one process."""

    def __init__(
        self,
        road: Road,
        clock: Clock,
        covers: Covers,
        away: Away,
        presses: Presses,
        *,
        within_s: float = WITHIN_S,
    ) -> None:
        self._road = road
        self._clock = clock
        self._covers = covers
        self._away = away
        self._presses = presses
        self._writing = asyncio.Lock()
        self._keeping: set[asyncio.Task[None]] = set()
        self._unkept = False
        self._within_s = within_s
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def press(self, face: WallFace, on: bool, *, by: str) -> int | None:
        """Cover the wall's screens, or uncover them. The sequence that says so; None when this
        process alone knows yet.
        """
        wall = face.wall
        if self._covers.pending(wall) is None and self._away.here:
            try:
                async with asyncio.timeout(self._within_s):
                    pressed = await panic.press(self._road, self._clock, wall, on, by=by)
            except (Later, OSError) as error:
                log.warning("panic.held", extra={"wall": wall, "error": type(error).__name__})
            else:
                self._covers.stored(wall, pressed.seq)
                return pressed.seq
        self._covers.press(face, on, by, self._clock())
        self._begin(wall)
        keeping = asyncio.create_task(self._keep(), name=f"keep panic {wall}")
        self._keeping.add(keeping)
        keeping.add_done_callback(self._keeping.discard)
        await asyncio.wait((keeping,), timeout=self._within_s)  # a disk may hang too
        return None

    async def take_up(self) -> None:
        """What was pressed before a restart and never stored, unless somebody pressed later."""
        try:
            kept = await asyncio.to_thread(self._presses.read)
        except (OSError, msgspec.DecodeError) as error:
            log.error("panic.unread", extra={"error": type(error).__name__})
            return
        walls = {row.id: row for row in await self._road.engine.walls()} if kept else {}
        for wall, was in kept.items():
            row = walls.get(wall)
            if row is None or _is_older(was, await panic.state(self._road.engine, wall)):
                continue
            log.info("panic.taken_up", extra={"wall": wall})
            self._covers.press(face_of(row), was.on, was.by, was.since_ms)
            self._begin(wall)
        if kept:
            await self._keep()

    def _begin(self, wall: str) -> None:
        task = self._tasks.get(wall)
        if task is None or task.done():
            self._tasks[wall] = asyncio.create_task(self._store(wall), name=f"panic {wall}")

    async def _keep(self) -> None:
        """On disk, for a restart; told once when that cannot be, as on a disk that is full."""
        async with self._writing:
            waiting = self._covers.waiting()
            presses = {
                wall: Pressed(cover.on, cover.by, cover.since_ms) for wall, cover in waiting.items()
            }
            try:
                await asyncio.to_thread(self._presses.write, presses)
            except OSError as error:
                if not self._unkept:
                    log.warning("panic.unkept", extra={"error": type(error).__name__})
                self._unkept = True
            else:
                if self._unkept:
                    log.info("panic.kept")
                self._unkept = False

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
                await self._keep()


def _is_older(was: Pressed, now: panic.Panic) -> bool:
    """Whether the store says what was pressed later, or the same already."""
    return now.since_ms > was.since_ms or (now.since_ms == was.since_ms and now.on == was.on)
