"""A wall, its hub and a place to listen at: what the tests of /live/{wall} stand on."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from parvis.web.live.hub import Hub
from tests.live_listener import Way, listening
from tests.memory_wall import MemoryWall
from tests.snapshots import Stream


@contextlib.asynccontextmanager
async def house(
    way: Way, wall: MemoryWall | None = None, **more: Any
) -> AsyncIterator[tuple[MemoryWall, Hub, str]]:
    """A wall, its hub, and where it listens."""
    wall = wall or MemoryWall()
    admit = {key: more.pop(key) for key in ("admit", "state") if key in more}
    hub = Hub(wall.engine(), **more)
    async with listening(hub, way, **admit) as address:
        yield wall, hub, address


async def seqs(stream: Stream, until_seq: int) -> list[int]:
    """The ids up to one."""
    found: list[int] = []
    while not found or found[-1] < until_seq:
        event = await stream.event()
        assert "id" in event, event
        found.append(int(event["id"]))
    return found
