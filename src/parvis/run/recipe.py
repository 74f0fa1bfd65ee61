"""Recipes: event files that come with parvis, for `up --recipe`. A wall that is there already is
never declared again: what somebody changed stays.
"""

from __future__ import annotations

from pathlib import Path

from parvis.core.errors import Refused
from parvis.run.event_file import read_event
from parvis.run.wire_up import House

FOLDER = Path(__file__).with_name("recipes")


def recipes() -> list[str]:
    """Their names."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def read_recipe(name: str) -> str:
    """The event file of a recipe; raises `Refused` naming those that there are."""
    names = recipes()
    if name not in names:
        raise Refused(f"There is no recipe {name!r}; there are {', '.join(names)}.")
    return (FOLDER / f"{name}.toml").read_text(encoding="utf-8")


def where_of(name: str) -> str:
    """How messages call it."""
    return f"the recipe {name}"


async def introduce(house: House, text: str, where: str) -> str:
    """Declare the file's wall; the id of the wall that was there already, which stays as it is, or
    ''.
    """
    for declared in read_event(text, house.known, where):
        if await house.engine.wall(declared.wall.id) is not None:
            return declared.wall.id
    await house.declaring.apply(text, False, where)
    return ""


def stays(wall: str, where: str) -> str:
    """What is said when nothing is declared."""
    return f"{where}: the wall {wall} is there already and stays as it is"
