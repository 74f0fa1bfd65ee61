"""A part of a bench: it gives rows, and says how long it takes."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from parvis.run.bench.row import Row

Tell = Callable[[float], None]
"""Told how much of the step is behind, 0 to 1."""


class Step(msgspec.Struct, frozen=True):
    """Some rows: `names` are said to be absent when `measure` finds no peer or no tool."""

    names: tuple[str, ...]
    unit: str
    against: str
    seconds: float
    measure: Callable[[int, Tell], list[Row]]
