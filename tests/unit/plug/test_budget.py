"""Each dialect of rate limits, as the networks spell it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest

from parvis.plug.budget import CAP_S, META_PAUSE_S, RateBudget, retry_after_s

NOW = 1_790_000_000.0


def _date(at_s: float) -> str:
    return format_datetime(datetime.fromtimestamp(at_s, UTC), usegmt=True)


def _iso(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, UTC).isoformat().replace("+00:00", "Z")


X = {"x-rate-limit-limit": "50", "x-rate-limit-remaining": "0"}
MASTODON = {"x-ratelimit-limit": "300", "x-ratelimit-remaining": "0"}
REDDIT = {"x-ratelimit-used": "600", "x-ratelimit-remaining": "0.0"}


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({**X, "x-rate-limit-reset": str(int(NOW + 90))}, 90),
        ({**X, "x-rate-limit-reset": str(int((NOW + 90) * 1000))}, 90),
        ({**MASTODON, "x-ratelimit-reset": _iso(NOW + 120.787086)}, 120.787086),
        ({**REDDIT, "x-ratelimit-reset": "37"}, 37),
        ({**REDDIT, "x-ratelimit-remaining": "0.4", "x-ratelimit-reset": "37"}, 37),
        ({**REDDIT, "x-ratelimit-remaining": "1.0", "x-ratelimit-reset": "37"}, 0),
        ({"ratelimit-remaining": "0", "ratelimit-reset": "12"}, 12),
        ({}, 0),
    ],
)
def test_nothing_left_waits_for_the_reset(headers: dict[str, str], wait: float) -> None:
    budget = RateBudget()
    budget.learn(headers, NOW)
    assert budget.wait_s(NOW) == pytest.approx(wait, abs=0.001)
    assert budget.wait_s(NOW + wait + 0.001) == 0


def test_what_is_spent_counts_before_the_answer_comes() -> None:
    budget = RateBudget()
    budget.learn({**MASTODON, "x-ratelimit-remaining": "2", "x-ratelimit-reset": "60"}, NOW)
    budget.spend(NOW)
    assert budget.wait_s(NOW) == 0
    budget.spend(NOW)
    assert budget.wait_s(NOW) == 60


@pytest.mark.parametrize(
    ("name", "usage", "wait"),
    [
        ("x-app-usage", {"call_count": 28, "total_time": 94, "total_cputime": 3}, 0),
        ("x-app-usage", {"call_count": 100}, META_PAUSE_S),
        ("x-page-usage", {"call_count": 1, "total_cputime": 96.5}, META_PAUSE_S),
        (
            "x-business-use-case-usage",
            {"17841": [{"type": "instagram", "call_count": 100}]},
            META_PAUSE_S,
        ),
        (
            "x-business-use-case-usage",
            {"17841": [{"call_count": 12, "estimated_time_to_regain_access": 19}]},
            19 * 60,
        ),
        ("x-app-usage", {"call_count": "many"}, 0),
        ("x-app-usage", [1, {"call_count": 100}], 0),
    ],
)
def test_meta_tells_percentages(name: str, usage: object, wait: float) -> None:
    budget = RateBudget()
    budget.learn({name: json.dumps(usage)}, NOW)
    assert budget.wait_s(NOW) == pytest.approx(wait)


@pytest.mark.parametrize(
    ("headers", "status", "wait"),
    [
        ({"retry-after": "30"}, 429, 30),
        ({"retry-after": _date(NOW + 30)}, 429, 30),
        ({"retry-after": _date(NOW - 30)}, 429, 0),
        ({"retry-after": "30"}, 503, 30),
        ({"retry-after": "30"}, 200, 0),
        ({"retry-after": "-5"}, 429, 0),
        ({"retry-after": "soon"}, 429, 0),
        ({"retry-after": "999999999"}, 429, CAP_S),
        ({"x-ratelimit-reset": "44"}, 429, 44),
        ({"x-ratelimit-reset": "44", "x-ratelimit-remaining": "0"}, 429, 44),
        ({"x-ratelimit-reset": "44", "x-ratelimit-remaining": "3"}, 429, 0),
        ({}, 429, 0),
    ],
)
def test_a_refusal_waits_as_it_asks(headers: dict[str, str], status: int, wait: float) -> None:
    budget = RateBudget()
    budget.learn(headers, NOW, status)
    assert budget.wait_s(NOW) == pytest.approx(wait, abs=1)


@pytest.mark.parametrize("skew", [-86_400, -300, 0, 300, 86_400])
def test_their_clock_may_be_wrong(skew: float) -> None:
    theirs = NOW + skew
    for headers in (
        {**X, "x-rate-limit-reset": str(int(theirs + 90))},
        {**MASTODON, "x-ratelimit-reset": _iso(theirs + 90)},
    ):
        budget = RateBudget()
        budget.learn({**headers, "date": _date(theirs)}, NOW)
        assert budget.wait_s(NOW) == pytest.approx(90, abs=1)
    asked = {"retry-after": _date(theirs + 90), "date": _date(theirs)}
    assert retry_after_s(asked, NOW) == pytest.approx(90, abs=1)


def test_our_clock_may_be_set_back() -> None:
    budget = RateBudget(1, 60)
    budget.spend(NOW)
    budget.learn({"retry-after": "30"}, NOW, 429)
    assert budget.wait_s(NOW - 7_200) == pytest.approx(60)
    assert budget.wait_s(NOW - 7_200 + 61) == 0


def test_our_own_limit_counts_in_any_window() -> None:
    budget = RateBudget(2, 10)
    for at in (0, 6):
        assert budget.wait_s(NOW + at) == 0
        budget.spend(NOW + at)
    assert budget.wait_s(NOW + 7) == pytest.approx(3)
    assert budget.wait_s(NOW + 10) == 0
    budget.spend(NOW + 10)
    assert budget.wait_s(NOW + 11) == pytest.approx(5)
