"""How often a polled network is asked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis.plug.budget import allowance
from parvis.plug.pace import PATIENCE_S, next_wait_s, spread_s

NOW_MS = 1_785_648_240_000


@given(st.floats(1, 1000), st.lists(st.booleans(), min_size=1, max_size=20))
def test_news_brings_it_back_and_silence_slows_it_within_bounds(
    fastest_s: float, looks: list[bool]
) -> None:
    wait_s = fastest_s
    for news in looks:
        before, wait_s = wait_s, next_wait_s(wait_s, fastest_s, news=news)
        assert fastest_s <= wait_s <= 3 * fastest_s
        assert wait_s == fastest_s if news else wait_s >= before


def test_silence_slows_by_half_each_time() -> None:
    waits = [0.0]
    for _ in range(4):
        waits.append(next_wait_s(waits[-1], 10, news=False))
    assert waits[1:] == [15, 22.5, 30, 30]


def headers(remaining: int, reset_s: float) -> dict[str, str]:
    return {"x-ratelimit-remaining": str(remaining), "x-ratelimit-reset": f"{reset_s:g}"}


def test_a_scarce_allowance_is_spread_over_its_window() -> None:
    assert spread_s(5, headers(10, 100), 2, NOW_MS) == 20
    assert spread_s(5, headers(0, 100), 1, NOW_MS) == 100
    assert spread_s(30, headers(10, 100), 2, NOW_MS) == 30
    assert spread_s(5, headers(60, 10_000), 2, NOW_MS) == 5
    assert spread_s(5, headers(1, 3000), 1, NOW_MS) == PATIENCE_S
    assert spread_s(5, {}, 9, NOW_MS) == 5


@pytest.mark.parametrize(
    ("told", "left"),
    [
        ({"x-rate-limit-remaining": "7", "x-rate-limit-reset": "1785648300"}, (7, 60)),
        ({"x-ratelimit-remaining": "7", "x-ratelimit-reset": "2026-08-02T05:25:00Z"}, (7, 60)),
        ({"x-ratelimit-remaining": "7.5", "x-ratelimit-reset": "60"}, (7.5, 60)),
        ({"x-ratelimit-remaining": "x", "x-ratelimit-reset": "60"}, None),
        ({"x-ratelimit-remaining": "7"}, None),
        ({}, None),
    ],
)
def test_the_allowance_is_read_in_every_dialect(
    told: dict[str, str], left: tuple[float, float] | None
) -> None:
    assert allowance(told, NOW_MS / 1000) == left


def test_their_clock_is_believed_for_their_times() -> None:
    date = datetime.fromtimestamp(1_785_648_290, UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    told = {"x-ratelimit-remaining": "1", "x-ratelimit-reset": "1785648300", "date": date}
    assert allowance(told, NOW_MS / 1000) == (1, 10)
