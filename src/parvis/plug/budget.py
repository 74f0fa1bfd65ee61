"""How much we may still ask of a network, read from its answers; every dialect in one object.

X: `x-rate-limit-reset` in epoch seconds. Mastodon: `x-ratelimit-reset` as ISO-8601. Reddit: seconds
left, with a fraction remaining. Meta: percentages as JSON. LinkedIn: nothing. Anyone:
`Retry-After`, seconds or an HTTP date.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, cast

import msgspec

CAP_S = 3600.0
META_FULL = 95.0
META_PAUSE_S = 300.0

_PREFIXES = ("x-rate-limit-", "x-ratelimit-", "ratelimit-")
_META = ("x-app-usage", "x-business-use-case-usage", "x-page-usage")
_PERCENTAGES = ("call_count", "total_time", "total_cputime")


class RateBudget:
    """What is left. `requests` in any `window_s` is our own limit (0: none); `cap_s` bounds every
    wait.
    """

    def __init__(self, requests: int = 0, window_s: float = 0.0, *, cap_s: float = CAP_S) -> None:
        self._requests = requests
        self._window_s = window_s
        self._cap_s = cap_s
        self._spent: deque[float] = deque()
        self._not_before = 0.0
        self._left: float | None = None
        self._reset_at = 0.0
        self._now = 0.0

    def wait_s(self, now_s: float) -> float:
        """Seconds to wait before the next request, 0 up to the cap. `now_s`: since 1970 UTC."""
        self._follow(now_s)
        wait = self._not_before - now_s
        if self._left is not None and self._left < 1:
            wait = max(wait, self._reset_at - now_s)
        if self._requests and len(self._spent) >= self._requests:
            wait = max(wait, self._spent[-self._requests] + self._window_s - now_s)
        return min(max(wait, 0.0), self._cap_s)

    def spend(self, now_s: float) -> None:
        """A request is about to be made."""
        self._follow(now_s)
        if self._left is not None:
            self._left -= 1
        if self._requests:
            self._spent.append(now_s)

    def learn(self, headers: Mapping[str, str], now_s: float, status: int = 200) -> None:
        """Takes in an answer's headers (lower-case names); what makes no sense is ignored."""
        self._follow(now_s)
        # Their clock and ours may differ: times they give are read against the time they say it is.
        their_now = _date_s(headers.get("date", "")) or now_s
        reset_in = self._learn_limits(headers, now_s, their_now)
        pause = max(_meta_pauses(headers), default=0.0)
        if status in (429, 503):
            asked = retry_after_s(headers, now_s)
            # a network that says that more is left refuses something else (X: a second stream)
            told = (reset_in or 0.0) if status == 429 and not self._has_more(headers, now_s) else 0
            pause = max(pause, asked if asked else told)
        if pause > 0:
            self._not_before = max(self._not_before, now_s + min(pause, self._cap_s))

    @staticmethod
    def _has_more(headers: Mapping[str, str], now_s: float) -> bool:
        left, _ = _limits(headers, now_s)
        return left is not None and left >= 1

    def _learn_limits(
        self, headers: Mapping[str, str], now_s: float, their_now: float
    ) -> float | None:
        left, reset_in = _limits(headers, their_now)
        if left is not None and reset_in is not None:
            self._left = left
            self._reset_at = now_s + min(reset_in, self._cap_s)
        return reset_in

    def _follow(self, now_s: float) -> None:
        if now_s < self._now:  # our clock was set back: what we wait for moves with it
            back = self._now - now_s
            self._not_before -= back
            self._reset_at -= back
            self._spent = deque(at - back for at in self._spent)
        self._now = now_s
        if self._left is not None and now_s >= self._reset_at:
            self._left = None
        while self._spent and self._spent[0] + self._window_s <= now_s:
            self._spent.popleft()


def allowance(headers: Mapping[str, str], now_s: float) -> tuple[float, float] | None:
    """Requests that an answer's headers (lower-case names) still allow, and the seconds until the
    network counts anew; None where it does not say.
    """
    left, reset_in = _limits(headers, _date_s(headers.get("date", "")) or now_s)
    return None if left is None or reset_in is None else (left, reset_in)


def _limits(headers: Mapping[str, str], their_now: float) -> tuple[float | None, float | None]:
    for prefix in _PREFIXES:
        reset_in = _reset_in(headers.get(prefix + "reset", ""), their_now)
        if reset_in is not None:
            return _number(headers.get(prefix + "remaining", "")), reset_in
    return None, None


def retry_after_s(headers: Mapping[str, str], now_s: float) -> float:
    """Seconds that `Retry-After` asks to wait (a number or an HTTP date), or 0."""
    text = headers.get("retry-after", "").strip()
    seconds = _number(text)
    if seconds is None:
        at = _date_s(text)
        seconds = at - (_date_s(headers.get("date", "")) or now_s) if at else 0.0
    return min(max(seconds, 0.0), CAP_S)


def _reset_in(text: str, now_s: float) -> float | None:
    number = _number(text)
    if number is None:
        at = _iso_s(text)
        return None if at is None else max(at - now_s, 0.0)
    if number >= 1e12:
        number /= 1000  # epoch in milliseconds
    if number >= 1e9:
        return max(number - now_s, 0.0)
    return number


def _number(text: str) -> float | None:
    if len(text) > 40:
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None


def _iso_s(text: str) -> float | None:
    try:
        at = datetime.fromisoformat(text.strip()[:40])
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def _date_s(text: str) -> float:
    try:
        at = parsedate_to_datetime(text[:60])
        return max((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp(), 0.0)
    except (ValueError, TypeError, IndexError, OverflowError):
        return 0.0


def _meta_pauses(headers: Mapping[str, str]) -> Iterator[float]:
    for name in _META:
        text = headers.get(name, "")
        if not text or len(text) > 20_000:
            continue
        try:
            usage: Any = msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError):
            continue
        for each in _usages(usage):
            used = max((_amount(each.get(key)) for key in _PERCENTAGES), default=0.0)
            minutes = _amount(each.get("estimated_time_to_regain_access"))
            if minutes or used >= META_FULL:
                yield minutes * 60 or META_PAUSE_S


def _usages(usage: Any) -> Iterator[dict[str, Any]]:
    if isinstance(usage, dict):
        by_account = cast("dict[str, Any]", usage)
        yield by_account
        for usages in by_account.values():  # business use cases: {account: [usage, …]}
            if isinstance(usages, list):
                for each in cast("Iterable[object]", usages):
                    if isinstance(each, dict):
                        yield cast("dict[str, Any]", each)


def _amount(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return 0.0
    return max(float(value), 0.0)
