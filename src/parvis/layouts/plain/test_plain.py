"""The plain layout's server half; what it looks like is tested in a browser (tests/e2e)."""

from __future__ import annotations

import re

import pytest

from parvis.layouts.plain import FIRST, open_layout
from parvis.plug.testkit.contract import LayoutContract
from parvis.plug.testkit.fakes import folder_of


class TestPlainContract(LayoutContract):
    folder = __file__


@pytest.mark.parametrize(("capacity", "cards"), [(0, 0), (3, 3), (50, FIRST), (-1, 0)])
def test_it_inlines_what_the_largest_screen_shows(capacity: int, cards: int) -> None:
    assert open_layout().first(capacity) == cards


def test_no_shape_has_more_places_than_cards_are_inlined() -> None:
    text = (folder_of(__file__) / "cells.ts").read_text(encoding="utf-8")
    assert {int(most) for most in re.findall(r"Math\.min\((\d+),", text)} == {FIRST}
