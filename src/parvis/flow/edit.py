"""Edit: change a wall as one read it, or be told who was faster."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from parvis.core.errors import Conflict, Refused
from parvis.core.event import CardShown, WallChanged
from parvis.core.ports import Clock
from parvis.core.wall import Wall
from parvis.engine import Engine, Write
from parvis.engine.change import Change, PutWall, Remember, Told
from parvis.flow.road import Road

SCOPE = "edited"
TRIES = 20


class Mark(msgspec.Struct, frozen=True):
    """How often a wall's settings were changed, and by whom last; panic does not count."""

    rev: int = 0
    by: str = ""
    at_ms: int = 0


class Faster(Conflict):
    """Somebody else changed the wall since it was read; `mark` says who and when."""

    def __init__(self, mark: Mark) -> None:
        super().__init__("The wall changed meanwhile: read it again and try again.")
        self.mark = mark


async def mark_of(engine: Engine, wall: str) -> Mark:
    """The wall's mark."""
    kept = await engine.recall(SCOPE, wall)
    return msgspec.json.decode(kept, type=Mark) if kept else Mark()


def marked(wall: str, mark: Mark) -> Remember:
    """Keep it."""
    return Remember(SCOPE, wall, msgspec.json.encode(mark).decode())


async def edit(
    road: Road,
    clock: Clock,
    wall: str,
    rev: int | None,
    make: Callable[[Wall], Wall],
    *,
    by: str,
    also: tuple[Change, ...] = (),
) -> Mark:
    """Change the wall, and `also` with it; raises `Faster` when it is no longer at `rev`. Where
    nothing changes, nothing is written.
    """
    engine = road.engine
    for _ in range(TRIES):
        async with road.lane(wall):
            row, mark = await engine.wall(wall), await mark_of(engine, wall)
            if row is None:
                raise Refused(f"There is no wall {wall}.")
            if rev is not None and mark.rev != rev:
                raise Faster(mark)
            new = make(row)
            if new == row:
                return mark
            now_ms = clock()
            then = Mark(mark.rev + 1, by, now_ms)
            risen = await risen_of(engine, row, new)
            told = [Told(wall, WallChanged(wall)), *(Told(wall, CardShown(k)) for k in risen)]
            changes = (PutWall(new, row), marked(wall, then), *also)
            write = Write(changes, tuple(told), at_ms=now_ms)
            try:
                await engine.write(write)
            except Conflict:
                continue  # panic was pressed on another node, or somebody was faster there
            return then
    raise Conflict("The wall kept changing; try again.")


async def risen_of(engine: Engine, old: Wall, new: Wall) -> list[str]:
    """The posts whose cards a larger capacity lets in."""
    snapshot = await engine.snapshot_of_wall(old.id)
    if snapshot is None or new.capacity <= old.capacity or len(snapshot.cards) < old.capacity:
        return []
    found: list[str] = []
    below = snapshot.cards[-1].order if snapshot.cards else 2**62
    while len(found) < new.capacity - old.capacity:
        card = await engine.next_card(old.id, below)
        if card is None:
            break
        found.append(card.post)
        below = card.order
    return found
