"""Fresh snapshots, read from the store once per change of the wall however many screens ask."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

import msgspec

from parvis.core.wire import Snapshot
from parvis.engine import Engine

HELD = 256


@dataclass(frozen=True, slots=True)
class Held:
    """A snapshot and its JSON."""

    snapshot: Snapshot
    body: bytes


class Snapshots:
    """Holds the newest snapshot of each wall that was asked for."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._held: OrderedDict[str, Held] = OrderedDict()
        self._reading: dict[str, asyncio.Task[Held | None]] = {}

    async def of(self, wall: str) -> Held | None:
        """The wall as a fresh screen gets it; None when there is no such wall."""
        head = await self._engine.head(wall)
        held = self._held.get(wall)
        if held is not None and held.snapshot.seq >= head > 0:
            self._held.move_to_end(wall)
            return held
        # A read that began before `head` was known might lack it: only later askers may share.
        task = self._reading.get(f"{wall} {head}")
        if task is None:
            task = asyncio.create_task(self._read(wall), name=f"snapshot {wall}")
            self._reading[f"{wall} {head}"] = task
            task.add_done_callback(lambda _: self._reading.pop(f"{wall} {head}", None))
        return await asyncio.shield(task)

    async def _read(self, wall: str) -> Held | None:
        snapshot = await self._engine.snapshot_of_wall(wall)
        if snapshot is None:
            self._held.pop(wall, None)
            return None
        held = Held(snapshot, msgspec.json.encode(snapshot))
        before = self._held.get(wall)
        if before is None or before.snapshot.seq <= snapshot.seq:
            self._held[wall] = held
            self._held.move_to_end(wall)
        while len(self._held) > HELD:
            self._held.popitem(last=False)
        return held
