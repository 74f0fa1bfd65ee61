"""What happens in the demo, and when: a plan without an end, from dice. Pure."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec

from parvis.run.demo.cast import Bag

FILE = Path(__file__).with_name("programme.toml")
Pause = Annotated[float, msgspec.Meta(ge=0, le=60)]


class Turn(msgspec.Struct, frozen=True, array_like=True):
    """`after_s` after the one before, this happens; `what` is an act, `act:language` for some."""

    after_s: Pause
    what: str


class Programme(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """As `programme.toml` has it."""

    before: tuple[str, ...]
    opening: tuple[Turn, ...]
    everyday: tuple[str, ...]
    pause_s: tuple[Pause, Pause]
    scene_every: tuple[int, int]
    scenes: tuple[tuple[str, ...], ...]


def read_programme() -> Programme:
    """The programme of the demo."""
    return msgspec.convert(tomllib.loads(FILE.read_text(encoding="utf-8")), Programme)


def turns(programme: Programme, rng: random.Random) -> Iterator[Turn]:
    """The opening, then on and on."""
    yield from programme.opening
    days, scenes = Bag(range(len(programme.everyday)), rng), Bag(programme.scenes, rng)
    while True:
        for _ in range(rng.randint(*programme.scene_every)):
            yield Turn(rng.uniform(*programme.pause_s), programme.everyday[days.draw()])
        for act in scenes.draw():
            yield Turn(rng.uniform(*programme.pause_s), act)
