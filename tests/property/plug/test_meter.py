"""Whatever is read, restarted, crashed and turned: the ceiling is never crossed."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from parvis.core.errors import Later
from parvis.plug.meter import MICRO, Hold, Meter
from parvis.plug.testkit import DictMemory, ManualClock

CEILING = 5 * MICRO


class Step(NamedTuple):
    what: str
    amount: int
    share: float


STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from(("read", "read", "stream", "fill", "use", "crash", "restart", "night")),
        st.integers(0, 3 * MICRO),
        st.floats(0, 1),
    ),
    max_size=40,
)


@given(steps=STEPS, spare=st.integers(0, MICRO))
def test_the_ceiling_of_a_month_is_never_crossed(steps: list[Step], spare: int) -> None:
    bills = asyncio.run(_lived(steps, spare))
    assert all(bill <= CEILING for bill in bills.values()), bills


async def _lived(steps: list[Step], spare: int) -> dict[str, int]:
    """What a network would bill, month by month, to somebody who reads what is set aside alone."""
    memory, clock = DictMemory(), ManualClock()
    meters = [_meter(memory, clock), _meter(memory, clock)]
    open_: list[Hold] = []
    bills: dict[str, int] = {}
    for number, (what, amount, share) in enumerate(steps):
        meter = meters[number % 2]
        try:
            if what == "read":
                hold = await meter.hold(amount, spare=spare)
                _bill(bills, meter.month, cost := int(amount * share))
                await hold.settle(cost)
            elif what == "stream":
                open_.append(await meter.hold(amount))
            elif what in ("fill", "use") and open_:
                filled = await open_[-1].fill(amount, spare=spare)
                if what == "use" and filled:
                    _bill(bills, meter.month, cost := int(open_[-1].rest * share))
                    await open_[-1].use(cost)
            elif what == "crash":
                open_.clear()
                meters = [_meter(memory, clock), _meter(memory, clock)]
            elif what == "restart":
                for hold in open_:
                    await hold.settle()
                open_.clear()
            elif what == "night":
                clock.advance(86_400 * 9)
        except Later:
            continue
    left = await meters[0].left()
    assert left + bills.get(meters[0].month, 0) <= CEILING, "it never gives back what was billed"
    return bills


def _meter(memory: DictMemory, clock: ManualClock) -> Meter:
    return Meter(memory, clock, network="X", prices={"post": 0.005}, ceiling=CEILING / MICRO)


def _bill(bills: dict[str, int], month: str, cost: int) -> None:
    bills[month] = bills.get(month, 0) + cost
