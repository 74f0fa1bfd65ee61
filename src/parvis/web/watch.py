"""What the studio watches: one state for each wall, built once however many look, at most twice a
second, and only while somebody looks.

A reader holds no queue: it is given the newest state when it is ready for one, so that a slow one
skips what lies between.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

from parvis.core.errors import Later

log = logging.getLogger("parvis.watch")

LOOK_S = 0.5
BEAT_S = 15.0
MAX_READERS = 100
"""Of one wall."""

Build = Callable[[str], Awaitable[bytes | None]]
"""The state of a wall as JSON; None when there is no such wall any more."""


class Watch:
    """One wall that somebody looks at."""

    def __init__(self, wall: str, build: Build, look_s: float) -> None:
        self.wall = wall
        self.readers = 0
        self.state = b""
        self.over = False
        self._build = build
        self._look_s = look_s
        self._news = asyncio.Event()
        self._task = asyncio.create_task(self._run(), name=f"watch {wall}")

    async def next(self, seen: bytes) -> bytes:
        """The newest state once it is not `seen` any more."""
        while self.state in (seen, b"") and not self.over:
            await self._news.wait()
        return self.state

    def stop(self) -> None:
        """No more; whoever waits is let go."""
        self.over = True
        self._task.cancel()
        self._news.set()

    async def _run(self) -> None:
        broken = False
        while True:
            try:
                state = await self._build(self.wall)
                if state is None:
                    self.over = True
                    self._news.set()
                    return
                if broken:
                    log.info("watch.healed", extra={"wall": self.wall})
                broken = False
            except (Later, OSError) as error:
                if not broken:
                    log.warning(
                        "watch.broken", extra={"wall": self.wall, "error": type(error).__name__}
                    )
                broken, state = True, self.state
            if state != self.state:
                self.state = state
                news, self._news = self._news, asyncio.Event()
                news.set()
            await asyncio.sleep(self._look_s)


class Watches:
    """All walls that somebody looks at."""

    def __init__(self, *, look_s: float = LOOK_S, beat_s: float = BEAT_S) -> None:
        self._look_s = look_s
        self._beat_s = beat_s
        self._walls: dict[str, Watch] = {}
        self._stopped = False

    def __len__(self) -> int:
        return sum(watch.readers for watch in self._walls.values())

    def full(self, wall: str) -> bool:
        """Whether the wall takes no further reader."""
        watch = self._walls.get(wall)
        return self._stopped or (watch is not None and watch.readers >= MAX_READERS)

    async def follow(
        self, wall: str, build: Build, allowed: Callable[[], Awaitable[bool]]
    ) -> AsyncIterator[bytes]:
        """Server-sent events; ends when the house stops or the reader is no longer allowed."""
        watch = self._walls.get(wall)
        if watch is None or watch.over:
            watch = self._walls[wall] = Watch(wall, build, self._look_s)
        watch.readers += 1
        seen = b""
        try:
            while not watch.over:
                try:
                    async with asyncio.timeout(self._beat_s):
                        seen = await watch.next(seen)
                except TimeoutError:
                    event = b": \n\n"
                else:
                    event = b"data: " + seen + b"\n\n"
                # each time: on a busy wall no beat ever comes, and who was removed must not read on
                if watch.over or not await allowed():
                    return
                yield event
        finally:
            watch.readers -= 1
            if not watch.readers:
                watch.stop()
                if self._walls.get(wall) is watch:
                    del self._walls[wall]

    def stop(self) -> None:
        """End every stream."""
        self._stopped = True
        for watch in list(self._walls.values()):
            with contextlib.suppress(RuntimeError):
                watch.stop()
