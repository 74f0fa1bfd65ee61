"""What this process serves and how it is, for whoever stands before it and starts or changes it."""

from __future__ import annotations

from parvis.core.wall import SourceSpec
from parvis.engine import Health
from parvis.web.api.types import Served, ServedSource, ServedWall
from parvis.web.room import Room


async def served(room: Room) -> Served:
    """Every wall with its sources; those that were not heard since they were opened say nothing."""
    walls = []
    for wall in await room.engine.walls():
        specs = [spec for spec in await room.engine.sources(wall.id) if spec.enabled]
        healths = {each.source: each for each in await room.engine.health(wall.id)}
        sources = tuple(_source(room, spec, healths.get(spec.id)) for spec in specs)
        walls.append(ServedWall(wall.id, sources))
    return Served(room.reach.address, room.public_url, tuple(walls), room.reach.certificate())


def _source(room: Room, spec: SourceSpec, health: Health | None) -> ServedSource:
    doors = _doors(room, spec.id)
    if health is None or room.collector.is_asking(spec.id):
        return ServedSource(spec.id, spec.plugin, doors=doors)
    return ServedSource(
        spec.id, spec.plugin, health.healthy, health.says, health.nearest, health.since_ms, doors
    )


def _doors(room: Room, id_: str) -> tuple[str, ...]:
    """Doors of a source that waits to be called; those of others are for their networks alone, or
    for the page that visitors write on.
    """
    source = room.collector.source(id_)
    if source is None or source.streams or source.polls or source.invitation("en") is not None:
        return ()
    return tuple(f"/in/{id_}/{door.name}" for door in source.doors() if "POST" in door.methods)
