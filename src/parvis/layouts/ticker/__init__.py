"""The ticker layout: the brand and whole posts in a line."""

from __future__ import annotations

from parvis.plug.layout import Layout

FIRST = 12
"""The most posts that any shape of screen shows at once."""


def open_layout() -> Layout:
    """The layout."""
    return Ticker()


class Ticker(Layout):
    """Needs nothing prepared but the first cards."""

    element = "parvis-layout-ticker"

    def first(self, capacity: int) -> int:
        """As many as the largest shape has places."""
        return max(0, min(capacity, FIRST))
