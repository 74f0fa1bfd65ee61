"""Declare: what must change so that a wall is what a declaration says; the second time nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from parvis.core.errors import Refused
from parvis.core.event import CardShown, FormatChanged, WallChanged
from parvis.core.look import Brand
from parvis.core.ports import Clock
from parvis.core.wall import BridgeSpec, FormatSpec, Policy, SourceSpec, Wall
from parvis.engine import Engine, Write
from parvis.engine.change import (
    Change,
    DropBridge,
    DropFormat,
    DropSource,
    MoveBridge,
    PutBridge,
    PutFormat,
    PutFormatState,
    PutSource,
    PutWall,
    Told,
)
from parvis.flow import edit
from parvis.plug.format import Format
from parvis.plug.seal import SEALED


class Plan(msgspec.Struct, frozen=True):
    """What a declaration changes: for the store, for the feed, and as sentences in its own order;
    empty when all is so already.
    """

    changes: tuple[Change, ...] = ()
    events: tuple[Told, ...] = ()
    said: tuple[str, ...] = ()


async def plan(
    engine: Engine,
    wall: Wall,
    sources: Sequence[SourceSpec],
    formats: Sequence[FormatSpec],
    formats_by_plugin: Mapping[str, Format],
    bridges: Sequence[BridgeSpec],
    *,
    clock: Clock,
) -> Plan:
    """Write nothing yet. What is no longer declared is dropped, its posts stay.

    Raises `Refused` when a format's settings are wrong or an id belongs to another wall.
    """
    changes: list[Change] = []
    events: list[Told] = []
    said: list[str] = []
    await _wall(engine, wall, changes, events, said, clock())
    await _sources(engine, wall, sources, changes, said)
    await _formats(engine, wall, formats, formats_by_plugin, changes, events, said)
    await _bridges(engine, wall, bridges, changes, said)
    return Plan(tuple(changes), tuple(events), tuple(said))


async def carry_out(engine: Engine, plans: Sequence[Plan], now_ms: int) -> None:
    """All of them in one write: every wall is as declared, or none is touched. Raises `Conflict`
    when one changed since it was planned.
    """
    changes = tuple(change for each in plans for change in each.changes)
    events = tuple(event for each in plans for event in each.events)
    if changes:
        await engine.write(Write(changes, events, at_ms=now_ms))


async def _wall(
    engine: Engine,
    wall: Wall,
    changes: list[Change],
    events: list[Told],
    said: list[str],
    now_ms: int,
) -> None:
    held = await engine.wall(wall.id)
    wanted = wall if held is None else msgspec.structs.replace(wall, panic=held.panic)
    if held == wanted:
        return
    # only as it was read: whoever pressed panic, or changed it, meanwhile is not undone
    changes.append(PutWall(wanted, was=held, new=held is None))
    events.append(Told(wall.id, WallChanged(wall.id)))
    mark = await edit.mark_of(engine, wall.id)
    changes.append(edit.marked(wall.id, edit.Mark(mark.rev + 1, "event file", now_ms)))
    if held is not None:
        risen = await edit.risen_of(engine, held, wanted)
        events.extend(Told(wall.id, CardShown(post)) for post in risen)
    said.append(f"wall {wall.id}: {_how(held, wanted)}")


async def _sources(
    engine: Engine,
    wall: Wall,
    sources: Sequence[SourceSpec],
    changes: list[Change],
    said: list[str],
) -> None:
    held = {source.id: source for source in await engine.sources(wall.id)}
    taken: dict[str, str] = {}
    for other in await engine.walls():
        if other.id != wall.id:
            taken |= {source.id: other.id for source in await engine.sources(other.id)}
    for source in sources:
        if source.id in taken:
            raise Refused(
                f"The source id {source.id} of the wall {wall.id} is already used by the wall"
                f" {taken[source.id]}; give each source an id of its own."
            )
        before_it = held.pop(source.id, None)
        wanted = _with_keys(before_it, source)
        if before_it != wanted:
            changes.append(PutSource(wanted))
            said.append(f"source {source.id}: {_how(before_it, wanted)}")
    for gone in held:
        changes.append(DropSource(gone))
        said.append(f"source {gone}: removed, its posts stay")


def _with_keys(before: SourceSpec | None, declared: SourceSpec) -> SourceSpec:
    """Keys that somebody set in the studio stay, where the declaration names none of their own."""
    if before is None or before.plugin != declared.plugin:
        return declared
    kept = {name: at for name, at in before.secrets.items() if at.startswith(SEALED)}
    return msgspec.structs.replace(declared, secrets={**kept, **declared.secrets})


async def _formats(
    engine: Engine,
    wall: Wall,
    formats: Sequence[FormatSpec],
    by_plugin: Mapping[str, Format],
    changes: list[Change],
    events: list[Told],
    said: list[str],
) -> None:
    held = {spec.id: spec for spec in await engine.formats(wall.id)}
    for spec in formats:
        before = held.pop(spec.id, None)
        format_ = by_plugin.get(spec.plugin)
        if format_ is None:
            raise Refused(
                f"There is no format called {spec.plugin} (wall {wall.id}, format {spec.id})."
            )
        kept = await engine.format_state(wall.id, spec.id) if before is not None else None
        if before == spec and kept is not None:
            continue
        if kept is None or (before is not None and before.plugin != spec.plugin):
            state, rev = format_.start(spec.settings), kept[1] if kept else 0
        else:
            state, rev = format_.settle(kept[0], spec.settings), kept[1]
        view = format_.view(state)
        changes.append(PutFormat(spec))
        changes.append(PutFormatState(wall.id, spec.id, spec.plugin, state, view, rev))
        events.append(Told(wall.id, FormatChanged(spec.id)))
        fewer = ""
        if before is not None and kept is not None:
            fewer = _fewer(by_plugin.get(before.plugin), kept[0], format_, state)
        said.append(f"format {spec.id}: {_how(before, spec)}{fewer}")
    for gone, spec in held.items():
        changes.append(DropFormat(wall.id, gone))
        events.append(Told(wall.id, FormatChanged(gone)))
        last = await engine.format_state(wall.id, gone)
        lost = _holds(by_plugin.get(spec.plugin), last[0]) if last is not None else ""
        said.append(f"format {gone}: removed" + (f", with its {lost}" if lost else ""))


async def _bridges(
    engine: Engine,
    wall: Wall,
    bridges: Sequence[BridgeSpec],
    changes: list[Change],
    said: list[str],
) -> None:
    every = await engine.every_bridge()
    held = {bridge.id: bridge for bridge in every if bridge.wall == wall.id}
    taken = {bridge.id: bridge.wall for bridge in every if bridge.wall != wall.id}
    for bridge in bridges:
        if bridge.id in taken:
            raise Refused(
                f"The bridge id {bridge.id} of the wall {wall.id} is already used by the wall"
                f" {taken[bridge.id]}; give each bridge an id of its own."
            )
        before = held.pop(bridge.id, None)
        if before == bridge:
            continue
        changes.append(PutBridge(bridge))
        if before is None:  # it tells what happens from now on
            changes.append(MoveBridge(bridge.id, await engine.head(wall.id), bridge.org))
        said.append(f"bridge {bridge.id}: {_how(before, bridge)}")
    for gone in held:
        changes.append(DropBridge(gone))
        said.append(f"bridge {gone}: removed")


def _how(before: msgspec.Struct | None, after: msgspec.Struct) -> str:
    """`made`, or `changed` with the keys that changed, as the event file calls them."""
    if before is None:
        return "made"
    return f"changed ({', '.join(_changed(before, after))})"


def _changed(before: msgspec.Struct, after: msgspec.Struct) -> list[str]:
    names: list[str] = []
    for name in after.__struct_fields__:
        was, now = getattr(before, name), getattr(after, name)
        if was == now:
            continue
        if isinstance(now, Policy | Brand):
            names += _changed(was, now)
        elif isinstance(now, dict):
            names += [key for key in {**was, **now} if was.get(key) != now.get(key)]
        else:
            names.append(name)
    return names


def _holds(format_: Format | None, state: dict[str, Any]) -> str:
    return format_.holds(state) if format_ is not None else ""


def _fewer(was: Format | None, old: dict[str, Any], format_: Format, new: dict[str, Any]) -> str:
    """What a change loses of what people gave."""
    held, stays = _holds(was, old), format_.holds(new)
    return f"; of its {held} stay {stays or 'none'}" if held and held != stays else ""
