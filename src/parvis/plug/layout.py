"""A layout: how cards stand on a wall. Its browser half is `wall.ts` beside it; the server half
says what it needs.

An extension's `__init__.py` exposes `open_layout() -> Layout`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod


class Layout(ABC):
    """The server's part of a layout."""

    element: str
    """The custom element that the browser half registers."""

    @abstractmethod
    def first(self, capacity: int) -> int:
        """How many cards the server inlines in the page, so that the first frame is complete."""
