"""What the network lets us ask in a day, counted by ourselves.

10,000 units, and 100 searches beside them; renewed at midnight in California; a request that is
refused costs too. https://developers.google.com/youtube/v3/determine_quota_cost (read 2026-11)
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import msgspec

from parvis.core.errors import Later
from parvis.core.ports import Clock, Memory

SEARCHES = 100
DAY_MS = 86_400_000
_NAME = "units"


class Spent(Later):
    """The day's allowance is spent: nothing is asked until it is renewed."""


class Day(msgspec.Struct, frozen=True):
    """What was spent until `until_ms`; `stopped` and `unsearched`: the network says it is over."""

    until_ms: int
    units: int = 0
    searches: int = 0
    stopped: bool = False
    unsearched: bool = False


class Units:
    """One source's allowance, kept in its memory: a restart gives nothing back."""

    def __init__(self, memory: Memory, clock: Clock, a_day: int) -> None:
        self._memory = memory
        self._clock = clock
        self._one = asyncio.Lock()
        self.a_day = a_day

    async def take(self, cost: int, keep: int = 0) -> None:
        """Count a request before it is made; raises `Spent` when fewer than `keep` units would be
        left.
        """
        async with self._one:
            day = await self.today()
            if day.stopped or day.units + cost > self.a_day - keep:
                raise self._spent(day, "units")
            await self._keep(msgspec.structs.replace(day, units=day.units + cost))

    async def take_search(self) -> None:
        """The same for a search, which costs no units."""
        async with self._one:
            day = await self.today()
            if day.unsearched or day.searches >= SEARCHES:
                raise self._spent(day, "searches")
            await self._keep(msgspec.structs.replace(day, searches=day.searches + 1))

    async def refused(self, *, search: bool) -> Spent:
        """The network says that it is spent, whatever we counted: others may use the same key."""
        async with self._one:
            day = await self.today()
            over = {"unsearched": True} if search else {"stopped": True}
            await self._keep(msgspec.structs.replace(day, **over))
            return self._spent(day, "searches" if search else "units")

    async def says(self) -> str:
        """What is left and when it is renewed, one sentence."""
        day = await self.today()
        units = 0 if day.stopped else max(self.a_day - day.units, 0)
        searches = 0 if day.unsearched else SEARCHES - day.searches
        return (
            f"{units:,} of {self.a_day:,} units and {searches} of {SEARCHES} searches are left"
            f" until {_moment(day.until_ms)}."
        )

    async def left(self) -> tuple[int, float]:
        """Units that are left, and the seconds until they are renewed."""
        day = await self.today()
        return max(self.a_day - day.units, 0), (day.until_ms - self._clock()) / 1000

    async def search_every_s(self, at_least_s: float) -> float:
        """Seconds between two searches, so that those of today last."""
        day = await self.today()
        left = max(SEARCHES - day.searches, 1)
        return max(at_least_s, (day.until_ms - self._clock()) / 1000 / left)

    async def today(self) -> Day:
        """What was spent since it was renewed."""
        now_ms = self._clock()
        kept = await self._memory.recall(_NAME)
        try:
            day = msgspec.json.decode(kept, type=Day) if kept else Day(0)
        except msgspec.DecodeError:
            day = Day(0)
        # beyond a day: the clock was set back
        if not now_ms < day.until_ms <= now_ms + DAY_MS + 3_600_000:
            day = Day(renewed_ms(now_ms))
        return day

    async def _keep(self, day: Day) -> None:
        await self._memory.remember(_NAME, msgspec.json.encode(day).decode())

    def _spent(self, day: Day, what: str) -> Spent:
        says = (
            f"YouTube's {what} of today are spent; nothing is asked until they are renewed at"
            f" {_moment(day.until_ms)}."
        )
        return Spent(says, (day.until_ms - self._clock()) / 1000 + 1)


def renewed_ms(now_ms: int) -> int:
    """The next midnight in California."""
    now = datetime.fromtimestamp(now_ms / 1000, UTC)
    here = now + timedelta(hours=_hours(now))
    midnight = datetime(here.year, here.month, here.day, tzinfo=UTC) + timedelta(days=1)
    for hours in (-7, -8):
        at = midnight - timedelta(hours=hours)
        if _hours(at) == hours:
            break
    return round(at.timestamp() * 1000)


def _hours(at: datetime) -> int:
    """California's hours from UTC: summer from the second Sunday of March to the first of November,
    2 a.m. (Energy Policy Act of 2005); not every machine has the table of time zones.
    """
    begins = _sunday(at.year, 3, 2) + timedelta(hours=10)
    ends = _sunday(at.year, 11, 1) + timedelta(hours=9)
    return -7 if begins <= at < ends else -8


def _sunday(year: int, month: int, which: int) -> datetime:
    first = datetime(year, month, 1, tzinfo=UTC)
    return first + timedelta(days=(6 - first.weekday()) % 7 + 7 * (which - 1))


def _moment(at_ms: int) -> str:
    at = datetime.fromtimestamp(at_ms / 1000, UTC)
    return f"{at:%Y-%m-%d %H:%M} UTC (midnight in California)"
