"""Fresh snapshots, read from the store once per change of the wall however many screens ask."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import msgspec

from parvis.core.errors import Later
from parvis.core.wire import Message, Reset, Snapshot, apply
from parvis.engine import Engine
from parvis.web.away import Away
from parvis.web.covers import Covers

HELD = 256


@dataclass(frozen=True, slots=True)
class Held:
    """A snapshot and its JSON."""

    snapshot: Snapshot
    body: bytes


class Snapshots:
    """Holds the newest snapshot of each wall that was asked for. What the live feed says is applied
    to it, so that a page made while the store is away shows nothing that was taken off since.
    """

    def __init__(
        self, engine: Engine, away: Away | None = None, covers: Covers | None = None
    ) -> None:
        self._engine = engine
        self._away = away or Away()
        self._covers = covers or Covers()
        self._held: OrderedDict[str, Held] = OrderedDict()
        self._lately: OrderedDict[str, Snapshot] = OrderedDict()
        self._reading: dict[str, asyncio.Task[Held | None]] = {}

    async def of(self, wall: str) -> Held | None:
        """The wall as a fresh screen gets it; None when there is no such wall. While the store is
        away: as this process knows it, and `Later` when it never knew it.
        """
        held = await self._away.ask(partial(self._fresh, wall), partial(self._from_memory, wall))
        return self._covered(held) if held is not None else None

    def told(self, wall: str, after: int, told: Sequence[tuple[int, Message]], head: int) -> None:
        """The feed said this of what happened after `after`, up to `head`."""
        lately = self._lately.get(wall)
        if lately is None or lately.seq >= head:
            return
        if lately.seq < after or any(isinstance(message, Reset) for _seq, message in told):
            del self._lately[wall]  # it misses something: better none than one that shows it
            return
        for seq, message in told:
            if seq > lately.seq:
                lately = apply(lately, message, seq)
        self._lately[wall] = msgspec.structs.replace(lately, seq=head)

    def _covered(self, held: Held) -> Held:
        snapshot = held.snapshot
        face = self._covers.over(snapshot.wall, snapshot.seq)
        if face is snapshot.wall:
            return held
        covered = msgspec.structs.replace(snapshot, wall=face)
        return Held(covered, msgspec.json.encode(covered))

    async def _fresh(self, wall: str) -> Held | None:
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

    def _from_memory(self, wall: str, why: Later) -> Held | None:
        lately = self._lately.get(wall)
        if lately is None:
            raise why
        held = self._held.get(wall)
        if held is None or held.snapshot is not lately:
            held = self._held[wall] = Held(lately, msgspec.json.encode(lately))
        return held

    async def _read(self, wall: str) -> Held | None:
        snapshot = await self._engine.snapshot_of_wall(wall)
        if snapshot is None:
            self._held.pop(wall, None)
            self._lately.pop(wall, None)
            return None
        held = Held(snapshot, msgspec.json.encode(snapshot))
        before = self._held.get(wall)
        if before is None or before.snapshot.seq <= snapshot.seq:
            self._held[wall] = held
            self._held.move_to_end(wall)
        lately = self._lately.get(wall)
        if lately is None or lately.seq <= snapshot.seq:
            self._lately[wall] = snapshot
        for kept in (self._held, self._lately):
            while len(kept) > HELD:
                kept.popitem(last=False)
        return held
