"""What a key may ask in a day: units, and searches in a bucket of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

COSTS = {"liveChat/messages": 5}
"""All others cost one."""


def _pacific() -> tzinfo:
    try:
        return ZoneInfo("America/Los_Angeles")
    except ZoneInfoNotFoundError:  # a machine without the table: good enough for a simulator
        return timezone(timedelta(hours=-8))


PACIFIC = _pacific()


@dataclass
class Quota:
    """Renewed at midnight in California. A request that is refused costs as much."""

    clock_ms: Callable[[], int]
    units: int = 10_000
    searches: int = 100
    spent: int = 0
    searched: int = 0
    _day: date = field(init=False)

    def __post_init__(self) -> None:
        self._day = self._today()

    def takes(self, resource: str) -> bool:
        """Count a request; False when it is one too many."""
        today = self._today()
        if today != self._day:
            self._day, self.spent, self.searched = today, 0, 0
        if resource == "search":
            self.searched += 1
            return self.searched <= self.searches
        self.spent += COSTS.get(resource, 1)
        return self.spent <= self.units

    def _today(self) -> date:
        return datetime.fromtimestamp(self.clock_ms() / 1000, UTC).astimezone(PACIFIC).date()
