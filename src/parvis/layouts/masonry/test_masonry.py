"""The masonry's plans keep the book's rules; what it looks like is tested in a browser."""

from __future__ import annotations

import itertools
import math

import msgspec
import pytest

from parvis.core.look import THEMES
from parvis.layouts.masonry import FIRST, open_layout
from parvis.plug.testkit.contract import LayoutContract
from parvis.plug.testkit.fakes import folder_of

Box = tuple[float, float, float, float, int]
PLANS = msgspec.json.decode((folder_of(__file__) / "plans.json").read_bytes())
PARTS = 0.45, 2.59
"""The shapes that a part of a screen can have and be too small for the plans of a whole one."""
NAMES = [f"{plan['name']} {plan.get('theme', '')}" for plan in PLANS]


class TestMasonryContract(LayoutContract):
    folder = __file__


@pytest.mark.parametrize(("capacity", "cards"), [(0, 0), (3, 3), (50, FIRST), (-1, 0)])
def test_it_inlines_what_the_largest_screen_shows(capacity: int, cards: int) -> None:
    assert open_layout().first(capacity) == cards


def places(plan: dict[str, object]) -> list[Box]:
    found = [*plan["cells"], plan.get("brand"), plan.get("mini")]  # type: ignore[misc]
    return [tuple(place[:5]) for place in found if place]


def share_an_edge(one: Box, other: Box) -> bool:
    across = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    down = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    return (across == 0 and down > 0) or (down == 0 and across > 0)


@pytest.mark.parametrize("plan", PLANS, ids=NAMES)
def test_a_plan_covers_its_box_without_hole_or_overlap(plan: dict[str, int]) -> None:
    seen = [[0] * plan["columns"] for _ in range(plan["rows"])]
    for left, top, width, height, _ in places(plan):  # type: ignore[arg-type]
        for x in range(int(left), int(left + width)):
            for y in range(int(top), int(top + height)):
                seen[y][x] += 1
    assert set(itertools.chain(*seen)) == {1}


@pytest.mark.parametrize("plan", PLANS, ids=NAMES)
def test_two_fields_of_one_colour_never_share_an_edge(plan: dict[str, object]) -> None:
    for one, other in itertools.combinations(places(plan), 2):
        assert one[4] != other[4] or not share_an_edge(one, other), (one, other)


@pytest.mark.parametrize("plan", PLANS, ids=NAMES)
def test_never_four_equal_slabs_in_a_row(plan: dict[str, object]) -> None:
    sizes: dict[tuple[float, float, float], int] = {}
    for _, top, width, height, _ in places(plan):
        sizes[top, width, height] = sizes.get((top, width, height), 0) + 1
    assert max(sizes.values()) < 4


def test_there_is_one_plan_for_every_box_and_theme() -> None:
    for theme, hundredth in itertools.product({theme for theme, _ in THEMES}, range(5, 4000)):
        ratio = hundredth / 100
        shaped = [plan for plan in PLANS if plan["least"] <= ratio < plan["below"]]
        suited = [plan for plan in shaped if plan.get("theme", theme) == theme]
        assert len([plan for plan in suited if "under" not in plan]) == 1, ratio
        if PARTS[0] <= ratio <= PARTS[1]:
            assert len([plan for plan in suited if "under" in plan]) == 1, ratio
            assert "under" in suited[0], "the first that fits is taken"


def test_on_a_part_of_a_screen_no_slab_is_too_narrow_for_its_label() -> None:
    """Posts beside a poll: 54 % of the width, or on upright screens 56 % of the height."""
    for hundredth in range(60, 150):
        ratio = hundredth / 100
        short = min(1.0, ratio)
        part = (54 * ratio, 100.0) if ratio >= 1.25 else (100 * ratio, 56.0)
        width, height = part[0] / short, part[1] / short
        shaped = [plan for plan in PLANS if plan["least"] <= width / height < plan["below"]]
        plan = next(one for one in shaped if min(width, height) < one.get("under", math.inf))
        for place in places(plan):
            assert place[2] * width / plan["columns"] >= 29, (ratio, place)
            assert place[3] * height / plan["rows"] >= 21, (ratio, place)


def test_the_server_writes_the_places_of_whole_screens_only() -> None:
    whole = [plan["name"] for plan in PLANS if "under" not in plan]
    assert [plan.name for plan in open_layout().plans()] == whole


def test_about_half_of_a_wide_wall_is_pictures() -> None:
    for plan in PLANS:
        kinds = [cell[5] for cell in plan["cells"]]
        assert 0.4 <= kinds.count("p") / len(kinds) <= 0.7
        assert len(kinds) <= FIRST
