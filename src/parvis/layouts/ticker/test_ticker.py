"""The ticker's server half; what it looks like is tested in a browser."""

from __future__ import annotations

import pytest

from parvis.layouts.ticker import FIRST, open_layout
from parvis.plug.testkit.contract import LayoutContract


class TestTickerContract(LayoutContract):
    folder = __file__


@pytest.mark.parametrize(("capacity", "cards"), [(0, 0), (50, FIRST), (-1, 0)])
def test_it_inlines_what_the_largest_screen_shows(capacity: int, cards: int) -> None:
    assert open_layout().first(capacity) == cards
