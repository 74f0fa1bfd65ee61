"""Panic: cover a wall's screens, and know since when, by whom, and which of them answered."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from parvis.core.ports import Clock
from parvis.core.screen import Heard
from parvis.engine import Engine, Write
from parvis.engine.change import Remember
from parvis.flow.road import Road

SCOPE = "panic"


class Panic(msgspec.Struct, frozen=True):
    """Whether the wall is covered. `seq` is the sequence that told the screens: one whose
    `covered_seq` has reached it has answered.
    """

    on: bool
    since_ms: int = 0
    by: str = ""
    seq: int = 0


async def press(road: Road, clock: Clock, wall: str, on: bool, *, by: str) -> Panic:
    """Cover the wall's screens, or uncover them; pressed again it tells them again."""
    before = await state(road.engine, wall)
    seq = await road.panic(wall, on, by=by)
    new = Panic(on, clock(), by, seq)
    if before.on and on and before.seq:
        new = msgspec.structs.replace(before, seq=seq)
    kept = Remember(SCOPE, wall, msgspec.json.encode(new).decode())
    await road.engine.write(Write((kept,)))
    return new


async def state(engine: Engine, wall: str) -> Panic:
    """How it is; the wall's own row decides, also when what was remembered is older."""
    row = await engine.wall(wall)
    on = row is not None and row.panic
    kept = await engine.recall(SCOPE, wall)
    held = msgspec.json.decode(kept, type=Panic) if kept else Panic(False)
    return held if held.on == on else Panic(on)


def has_answered(panic: Panic, screen: Heard) -> bool:
    """Whether this screen says that it is covered since the last press."""
    return panic.on and screen.report.covered_seq >= max(panic.seq, 1)


def missing(panic: Panic, screens: Iterable[Heard]) -> list[str]:
    """Names of those that have not answered."""
    return [screen.name for screen in screens if not has_answered(panic, screen)]
