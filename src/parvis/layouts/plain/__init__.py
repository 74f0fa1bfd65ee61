"""The plain layout: slabs in fixed places, the oldest covered by the newest."""

from __future__ import annotations

from parvis.plug.layout import Layout

FIRST = 11
"""The most slabs that any shape of screen has (`cells.ts`); the style sheet hides the rest."""


def open_layout() -> Layout:
    """The layout."""
    return Plain()


class Plain(Layout):
    """Needs nothing prepared but the first cards."""

    element = "parvis-layout-plain"

    def first(self, capacity: int) -> int:
        """As many as the largest shape has places."""
        return max(0, min(capacity, FIRST))
