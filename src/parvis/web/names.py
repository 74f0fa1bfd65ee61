"""How people are called: decisions carry `person:` and an id, pages show a name."""

from __future__ import annotations

from collections.abc import Iterable

from parvis.core.person import OWNER
from parvis.engine import Engine
from parvis.flow.desk import NameOf

GONE = "Somebody who left"


async def names(engine: Engine, bys: Iterable[str]) -> dict[str, str]:
    """For each `by` that is a person's: their name, or that they left."""
    wanted = {by for by in bys if by.startswith("person:")}
    if not wanted:
        return {}
    known = {f"person:{person.id}": person.name for person in await engine.people()}
    known[OWNER.by] = OWNER.name
    return {by: known.get(by, GONE) for by in sorted(wanted)}


def name_of(engine: Engine) -> NameOf:
    """The name behind one `by`; what is no person's stays as it is."""

    async def find(by: str) -> str:
        return (await names(engine, [by])).get(by, by.partition(":")[2] or by)

    return find
