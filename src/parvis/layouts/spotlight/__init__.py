"""The spotlight layout: one post at a time fills the wall."""

from __future__ import annotations

from parvis.plug.layout import Layout, Plan, plans_beside

FIRST = 1
"""The most posts that any shape of screen shows at once."""


def open_layout() -> Layout:
    """The layout."""
    return Spotlight()


class Spotlight(Layout):
    """Needs nothing prepared but the first cards."""

    element = "parvis-layout-spotlight"

    def first(self, capacity: int) -> int:
        """As many as the largest shape has places."""
        return max(0, min(capacity, FIRST))

    def plans(self) -> tuple[Plan, ...]:
        """As the browser half has them."""
        return plans_beside(__file__)
