"""The rhythm of the wall, played by the clock."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from tests.unit.frontend.node import asked

RING = [[1, 3], [0, 2], [1, 3], [2, 0]]
TURN_MS, HOLD_MS, RHYTHM_MS, YOUNG_MS = 1000, 7000, 2400, 3000


def play(
    cells: list[list[int]],
    posts: int,
    asks: int,
    until: int = 600_000,
    pinned: tuple[str, ...] = (),
) -> Any:
    cards = [{"post": f"p{at}"} for at in range(posts)]
    given = {"cells": cells, "cards": cards, "hold": HOLD_MS, "until": until, "pinned": pinned}
    return asked("turns.mjs", {**given, "asks": [f"p{at}" for at in range(asks)]})


def test_a_burst_is_shown_in_its_order_and_each_at_reading_pace() -> None:
    played = play(RING, 60, 60)
    fresh = [post for _, _, post, _ in played["told"][:60]]
    assert fresh == [f"p{at}" for at in range(60)]
    turns = [start for start, _, _, turn in played["told"] if turn]
    assert all(later - start >= TURN_MS + RHYTHM_MS for start, later in pairwise(turns))
    assert played["left"] == 0


def test_no_slab_is_covered_before_it_could_be_read() -> None:
    since: dict[int, int] = {}
    for start, cell, _, turn in play(RING, 60, 60)["told"]:
        if turn:
            assert start - since[cell] >= TURN_MS + HOLD_MS
        since[cell] = start


def test_no_turn_next_to_a_young_slab() -> None:
    born: dict[int, int] = {}
    for start, cell, _, turn in play(RING, 60, 60)["told"]:
        if turn:
            assert all(start - born[near] >= YOUNG_MS for near in RING[cell] if near in born)
        born[cell] = start + TURN_MS


def test_the_oldest_slab_goes_first() -> None:
    cells = [cell for _, cell, _, turn in play(RING, 40, 40)["told"] if turn]
    for first in range(0, len(cells) - 4, 4):
        assert sorted(cells[first : first + 4]) == [0, 1, 2, 3]


def test_when_nothing_new_waits_what_was_not_seen_for_longest_comes_round() -> None:
    told = play(RING, 9, 0)["told"]
    shown = [post for _, _, post, _ in told]
    assert set(shown[:9]) == {f"p{at}" for at in range(9)}
    turns = [start for start, _, _, turn in told if turn]
    assert all(later - start >= TURN_MS + 8000 for start, later in pairwise(turns))


def test_a_wall_with_fewer_posts_than_places_rests() -> None:
    assert [post for _, _, post, _ in play(RING, 3, 0)["told"]] == ["p0", "p1", "p2"]


def test_what_is_pinned_stays_where_it_stands() -> None:
    told = play(RING, 12, 12, pinned=("p1", "p2"))["told"]
    places = {post: cell for _, cell, post, turn in told if not turn}
    over = [cell for _, cell, _, turn in told if turn]
    assert len(over) > 6
    assert places["p1"] not in over and places["p2"] not in over


def test_pins_never_hold_more_than_half_of_the_wall() -> None:
    pinned = ("p0", "p1", "p2", "p3")  # the last pinned first
    over = {cell for _, cell, _, turn in play(RING, 12, 12, pinned=pinned)["told"] if turn}
    assert over == {2, 3}
    alone = play([[]], 4, 4, pinned=("p0",))["told"]
    assert [post for _, _, post, _ in alone[:4]] == ["p0", "p1", "p2", "p3"]
