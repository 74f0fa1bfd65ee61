"""Whatever the headers and the clock say: a wait is never negative and never above the cap."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from parvis.plug.budget import RateBudget, retry_after_s

NAMES = (
    "date",
    "retry-after",
    *(f"{prefix}{name}" for prefix in ("x-rate-limit-", "x-ratelimit-", "ratelimit-")
      for name in ("limit", "remaining", "reset", "used")),
    "x-app-usage",
    "x-business-use-case-usage",
    "x-page-usage",
)  # fmt: skip
VALUES = st.one_of(
    st.text(max_size=60),
    st.floats().map(str),
    st.integers().map(str),
    st.datetimes().map(lambda at: at.isoformat() + "Z"),
    st.datetimes().map(lambda at: at.strftime("%a, %d %b %Y %H:%M:%S GMT")),
    st.sampled_from(("nan", "inf", "-1", "1e400", "null", "[]", "[" * 5000, '{"call_count": 1e9}')),
    st.floats().map(lambda used: f'{{"call_count": {used}}}'),
    st.integers().map(lambda n: f'{{"a": [{{"estimated_time_to_regain_access": {n}}}]}}'),
)
STEPS = st.lists(
    st.tuples(
        st.floats(0, 4e9),
        st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=5),
        st.sampled_from((200, 304, 429, 500, 503)),
    ),
    max_size=8,
)


@given(
    STEPS,
    st.integers(0, 5),
    st.floats(0, 1e6, exclude_min=True),
    st.floats(0, 1e5),
    st.floats(0, 4e9),
)
def test_a_wait_is_between_nothing_and_the_cap(
    steps: list[tuple[float, dict[str, str], int]],
    requests: int,
    window_s: float,
    cap_s: float,
    end_s: float,
) -> None:
    budget = RateBudget(requests, window_s, cap_s=cap_s)
    for now_s, headers, status in steps:
        assert 0 <= budget.wait_s(now_s) <= cap_s
        budget.spend(now_s)
        budget.learn(headers, now_s, status)
        assert 0 <= budget.wait_s(now_s) <= cap_s
        assert 0 <= retry_after_s(headers, now_s) <= 3600
    assert 0 <= budget.wait_s(end_s) <= cap_s


@given(STEPS, st.floats(0, 4e9))
def test_what_was_learnt_ends_within_the_cap(
    steps: list[tuple[float, dict[str, str], int]], end_s: float
) -> None:
    budget = RateBudget(cap_s=900)
    for now_s, headers, status in steps:
        budget.learn(headers, now_s, status)
    budget.wait_s(end_s)
    assert budget.wait_s(end_s + 901) == 0


@given(st.lists(st.floats(0, 100), min_size=1, max_size=60), st.integers(1, 5))
def test_no_window_ever_holds_more_than_the_limit(pauses: list[float], requests: int) -> None:
    budget, now_s, made = RateBudget(requests, 60), 1_000.0, list[float]()
    for pause in pauses:
        now_s += pause
        if budget.wait_s(now_s) == 0:
            budget.spend(now_s)
            made.append(now_s)
    for start in made:
        assert sum(start <= at < start + 59.999 for at in made) <= requests
