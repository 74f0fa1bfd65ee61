"""What a paid network costs this month, and a ceiling that is never crossed.

Money is counted in whole millionths of a dollar. What a read may cost at most is counted before it
is made (`hold`), and what it did not cost is given back after (`settle`): a crash in between costs
a little of the ceiling, never of the purse.
"""

from __future__ import annotations

import asyncio
import logging
from calendar import month_name
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

import msgspec

from parvis.core.errors import Later
from parvis.core.ports import Clock, Memory

MICRO: Final = 1_000_000
"""Counts to a dollar."""
NEAR: Final = 0.8
ASK_AGAIN_S: Final = 3600.0
"""A month may begin, and another source that is open beside this one may give something back."""

_NAME: Final = "meter"
_log = logging.getLogger("parvis.plug")


class Spent(msgspec.Struct, frozen=True):
    """What was counted in `month` (`2026-11`, UTC)."""

    month: str = ""
    micro: int = 0


class Meter:
    """One source's. `prices` are of one read of each kind, in dollars; a `ceiling` of 0 lets
    nothing through.
    """

    def __init__(
        self,
        memory: Memory,
        clock: Clock,
        *,
        network: str,
        prices: Mapping[str, float],
        ceiling: float,
    ) -> None:
        self._memory = memory
        self._clock = clock
        self._network = network
        self._prices = {kind: round(price * MICRO) for kind, price in prices.items()}
        self._lock = asyncio.Lock()
        self._spent = Spent()
        self.ceiling = round(ceiling * MICRO)

    def cost(self, reads: Mapping[str, int]) -> int:
        """Of so many reads of each kind."""
        return sum(self._prices[kind] * many for kind, many in reads.items())

    async def hold(self, micro: int, *, spare: int = 0) -> Hold:
        """Counts so much as spent, for now; raises `Later`, saying why, where less than that and
        `spare` is left.
        """
        if not await self.take(micro, spare=spare):
            raise Later(self._no_more(spare), ASK_AGAIN_S)
        return Hold(self, self._spent.month, micro)

    async def left(self) -> int:
        """What may still be spent this month."""
        async with self._lock:
            self._spent = await self._now()
            return max(self.ceiling - self._spent.micro, 0)

    @property
    def says(self) -> str:
        """One sentence when four fifths are spent, by what was counted last; else ''."""
        spent = self._spent
        if not self.ceiling or spent.micro < NEAR * self.ceiling:
            return ""
        return f"{self._so_far(spent)}."

    @property
    def month(self) -> str:
        """The month that is now, or a later one that was counted in: a clock that was set back
        begins no new month.
        """
        return max(_month(self._clock()), self._spent.month)

    async def take(self, micro: int, *, spare: int = 0, must: bool = False) -> bool:
        """Counts so much as spent; False, and nothing is counted, where it does not fit. `must`: it
        was spent already.
        """
        async with self._lock:
            self._spent = spent = await self._now()
            if not must and spent.micro + micro + spare > self.ceiling:
                return False
            await self._keep(Spent(spent.month, spent.micro + micro))
            return True

    async def give_back(self, micro: int, month: str) -> None:
        """So much of what was counted in that month was not spent; nothing once it is over."""
        async with self._lock:
            spent = await self._now()
            if micro and spent.month == month:
                await self._keep(Spent(month, max(spent.micro - micro, 0)))

    async def _now(self) -> Spent:
        """What the memory says: another one that is open on the same source may have changed it."""
        try:
            kept = msgspec.json.decode(await self._memory.recall(_NAME) or "{}", type=Spent)
        except msgspec.DecodeError:
            kept = Spent()
        month = max(self.month, kept.month)
        return kept if kept.month == month else Spent(month)

    async def _keep(self, spent: Spent) -> None:
        await self._memory.remember(_NAME, msgspec.json.encode(spent).decode())
        if self._spent.micro < NEAR * self.ceiling <= spent.micro:
            _log.warning("meter.near", extra={"network": self._network, "month": spent.month})
        self._spent = spent

    def _so_far(self, spent: Spent) -> str:
        return (
            f"Reading {self._network} may have cost {_dollars(spent.micro)} of the"
            f" {_dollars(self.ceiling)} allowed in {_spoken(spent.month)}"
        )

    def _no_more(self, spare: int) -> str:
        kept = f" ({_dollars(spare)} are kept to ask after what is on show)" if spare else ""
        return (
            f"{self._so_far(self._spent)}{kept}, so nothing more is read until the next month"
            " begins (UTC); raise the setting ceiling to go on."
        )


class Hold:
    """So much of the ceiling, set aside in a month; `rest` is not used yet."""

    def __init__(self, meter: Meter, month: str, micro: int) -> None:
        self._meter = meter
        self._in: str = month
        self.rest = micro

    async def use(self, micro: int) -> None:
        """So much was read; what goes beyond the hold is counted too, for it is spent."""
        self._turn()
        over = max(micro - self.rest, 0)
        self.rest -= micro - over
        if over:
            await self._meter.take(over, must=True)

    async def fill(self, to: int, *, spare: int = 0) -> bool:
        """Sets aside more until `to` is held; False where that does not fit."""
        self._turn()
        if (more := to - self.rest) > 0:
            if not await self._meter.take(more, spare=spare):
                return False
            self.rest = to
        return True

    async def settle(self, micro: int = 0) -> None:
        """So much of it was read since; the rest is given back. Doing it again changes nothing."""
        await self.use(micro)
        rest, self.rest = self.rest, 0
        await self._meter.give_back(rest, self._in)

    def _turn(self) -> None:
        """What was held in a month that is over stays there: what is read now counts now."""
        if self._meter.month != self._in:
            self._in, self.rest = self._meter.month, 0


def _month(now_ms: int) -> str:
    return datetime.fromtimestamp(now_ms / 1000, UTC).strftime("%Y-%m")


def _spoken(month: str) -> str:
    year, _, number = month.partition("-")
    return f"{month_name[int(number)]} {year}" if number else "this month"


def _dollars(micro: int) -> str:
    return f"${micro / MICRO:,.2f}"
