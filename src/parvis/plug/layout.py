"""A layout: how cards stand on a wall. Its browser half is `wall.ts` beside it; the server half
says what it needs.

An extension's `__init__.py` exposes `open_layout() -> Layout`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path

import msgspec

Place = tuple[float, float, float, float, int, str]
"""Left, top, width, height in modules; the field; `p` for a picture's place, `w` for words'."""


class Plan(msgspec.Struct, frozen=True):
    """Where slabs stand in a box of width by height from `least` to below `below`; for `theme`
    alone when it is named. `under`: where the short side is below so many hundredths of the
    screen's, that is, on a part of a screen that posts share with something else. `unreached`:
    instead of the other plans, on a wall where no phone can take part.
    """

    name: str
    least: float
    below: float
    columns: int
    rows: int
    cells: tuple[Place, ...]
    theme: str = ""
    under: float = 0
    unreached: bool = False


def plans_beside(file: str) -> tuple[Plan, ...]:
    """The plans of whole screens in the `plans.json` beside the extension's `__file__`."""
    text = (Path(file).parent / "plans.json").read_bytes()
    plans = msgspec.json.decode(text, type=tuple[Plan, ...])
    return tuple(plan for plan in plans if not plan.under)


class Layout(ABC):
    """The server's part of a layout."""

    element: str
    """The custom element that the browser half registers."""

    @abstractmethod
    def first(self, capacity: int) -> int:
        """How many cards the server inlines in the page, so that the first frame is complete."""

    def plans(self) -> tuple[Plan, ...]:
        """Where the first cards stand before any script; none: they wait for the player."""
        return ()
