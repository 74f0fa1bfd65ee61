"""Undo: a person's last gesture taken back, or done again; what can be no longer says why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from parvis.core.errors import Conflict, Refused
from parvis.core.verdict import State
from parvis.engine import Act, Engine, Write
from parvis.engine.change import Change, MarkAct
from parvis.flow.road import Road
from parvis.flow.ruling import RULES

UNDONE = "Taken back."
KEPT = 200


class Undone(msgspec.Struct, frozen=True):
    """The acts that were taken back or done again, and a sentence for each that could not be."""

    acts: tuple[Act, ...] = ()
    says: tuple[str, ...] = ()


class Hands(Protocol):
    """What undo needs of the desk: its acts again, each marked in the same write."""

    @property
    def engine(self) -> Engine:
        """The store."""
        ...

    @property
    def road(self) -> Road:
        """The road whose lanes are held."""
        ...

    async def pin_as(self, wall: str, post: str, on: bool, act: Change) -> None:
        """Pin, or unpin."""
        ...

    async def feature_as(self, wall: str, post: str, seconds: int, act: Change) -> int:
        """Give the light for so long, or take it away (0)."""
        ...

    async def rule_as(
        self, wall: str, kind: str, value: str, act: Change, *, by: str, on: bool
    ) -> None:
        """Put a rule on the wall's lists, or take it off."""
        ...

    async def since(self, wall: str, post: str) -> str:
        """What was done to the post meanwhile, in a sentence."""
        ...


async def undo(desk: Hands, wall: str, *, by: str, of: str = "") -> Undone:
    """Take back the person's last gesture, or the one named `of`: twice is once."""
    acts = await desk.engine.acts(wall, by, KEPT)
    name = of or next((act.together for act in acts if act.state == "done"), "")
    gesture = [act for act in acts if act.together == name]
    if not gesture:
        raise Refused("There is nothing to undo.")
    return await _all(desk, wall, [a for a in gesture if a.state == "done"], by, back=True)


async def redo(desk: Hands, wall: str, *, by: str, of: str = "") -> Undone:
    """Do again what was taken back last, or the gesture named `of`: twice is once."""
    acts = await desk.engine.acts(wall, by, KEPT)
    undone = [act for act in acts if act.state == "undone"]
    name = of or (undone[-1].together if undone else "")
    gesture = [act for act in reversed(acts) if act.together == name and act.state != "past"]
    if not gesture:
        raise Refused("There is nothing to do again.")
    return await _all(desk, wall, [a for a in gesture if a.state == "undone"], by, back=False)


async def _all(desk: Hands, wall: str, acts: Sequence[Act], by: str, *, back: bool) -> Undone:
    done: list[Act] = []
    says: list[str] = []
    for act in acts:
        try:
            rev = await _turn(desk, wall, act, by, back)
        except (Refused, Conflict) as error:
            says.append(str(error))
            past = MarkAct(wall, by, act.n, "past", act.rev)
            await desk.engine.write(Write((past,)))
        else:
            state = "undone" if back else "done"
            done.append(msgspec.structs.replace(act, state=state, rev=rev))
    return Undone(tuple(done), tuple(says))


async def _turn(desk: Hands, wall: str, act: Act, by: str, back: bool) -> int:
    """One act taken back or done again, marked in the same write; the revision after it."""
    state = "undone" if back else "done"
    mark = MarkAct(wall, by, act.n, state, act.rev)
    if act.kind == "pin":
        await desk.pin_as(wall, act.post, (act.after == "on") != back, mark)
        return act.rev
    if act.kind == "feature":
        await desk.feature_as(wall, act.post, 0 if back else int(act.after), mark)
        return act.rev
    if act.kind in RULES:
        await desk.rule_as(wall, act.kind, act.after, mark, by=by, on=not back)
        return act.rev
    target = act.before if back else act.after
    name, _, bare = target.partition(":")
    async with desk.road.lane(wall):
        known, placement = await desk.road.placed(wall, act.post)
        if placement.rev != act.rev:
            raise Conflict(await desk.since(wall, act.post))
        to = msgspec.convert("pending" if name == "new" else name, State)
        why = UNDONE if back else ""
        _, write = await desk.road.write_of(
            known.post, placement, to, by=by, why=why, code="undo", without_media=bool(bare)
        )
        rev = placement.rev + 1
        await desk.engine.write(also(write, MarkAct(wall, by, act.n, state, rev)))
        return rev


def also(write: Write, *more: Change) -> Write:
    """The write with these changes too."""
    return msgspec.structs.replace(write, changes=(*write.changes, *more))
