"""A ceiling of cost: counted before, given back after, kept over restarts, and said."""

from __future__ import annotations

import logging

import pytest

from parvis.core.errors import Later
from parvis.plug.meter import MICRO, Meter
from parvis.plug.testkit import DictMemory, ManualClock

NOV_25_MS = 1_795_600_000_000
PRICES = {"post": 0.005, "author": 0.01}


def meter(memory: DictMemory | None = None, clock: ManualClock | None = None) -> Meter:
    return Meter(
        memory or DictMemory(),
        clock or ManualClock(NOV_25_MS),
        network="X",
        prices=PRICES,
        ceiling=10.0,
    )


async def test_what_is_held_is_spent_until_it_is_settled() -> None:
    ours = meter()
    assert ours.cost({"post": 100, "author": 100}) == 1_500_000
    hold = await ours.hold(4 * MICRO)
    assert await ours.left() == 6 * MICRO
    await hold.settle(MICRO)
    assert await ours.left() == 9 * MICRO
    await hold.settle()
    assert await ours.left() == 9 * MICRO, "settling again changes nothing"


async def test_a_restart_forgets_nothing_and_a_crash_costs_what_was_held() -> None:
    memory = DictMemory()
    await meter(memory).hold(4 * MICRO)
    again = meter(memory)
    assert await again.left() == 6 * MICRO
    with pytest.raises(Later, match="raise the setting ceiling"):
        await again.hold(6 * MICRO + 1)


async def test_two_that_are_open_at_once_know_of_each_other() -> None:
    memory = DictMemory()
    one, two = meter(memory), meter(memory)
    hold = await one.hold(4 * MICRO)
    await two.hold(4 * MICRO)
    await hold.settle(MICRO)
    assert await two.left() == 5 * MICRO


async def test_a_part_is_kept_for_others() -> None:
    ours = meter()
    with pytest.raises(Later, match=r"\$1\.00 are kept"):
        await ours.hold(9 * MICRO + 1, spare=MICRO)
    await ours.hold(9 * MICRO, spare=MICRO)
    await ours.hold(MICRO)
    assert await ours.left() == 0


async def test_it_says_when_it_is_near_and_logs_that_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ours = meter()
    with caplog.at_level(logging.WARNING, "parvis.plug"):
        await ours.hold(8 * MICRO - 1)
        assert ours.says == "" and not caplog.records
        await ours.hold(1)
        await ours.hold(MICRO)
    assert ours.says == ("Reading X may have cost $9.00 of the $10.00 allowed in November 2026.")
    assert [record.message for record in caplog.records] == ["meter.near"]


async def test_when_no_more_is_read_one_sentence_says_why_and_until_when() -> None:
    ours = meter()
    await ours.hold(10 * MICRO)
    with pytest.raises(Later) as told:
        await ours.hold(1)
    assert str(told.value) == (
        "Reading X may have cost $10.00 of the $10.00 allowed in November 2026, so nothing more is"
        " read until the next month begins (UTC); raise the setting ceiling to go on."
    )
    assert 0 < told.value.retry_after_s <= 3600


async def test_a_new_month_begins_and_a_clock_that_is_set_back_begins_none() -> None:
    clock = ManualClock(NOV_25_MS)
    memory = DictMemory()
    ours = meter(memory, clock)
    await ours.hold(10 * MICRO)
    clock.advance(-40 * 86_400)
    assert await ours.left() == 0 and await meter(memory, clock).left() == 0
    clock.advance(50 * 86_400)
    assert await ours.left() == 10 * MICRO


async def test_what_was_held_last_month_counts_there_and_what_is_read_now_counts_now() -> None:
    clock = ManualClock(NOV_25_MS)
    ours = meter(clock=clock)
    hold = await ours.hold(4 * MICRO)
    clock.advance(10 * 86_400)
    await hold.use(MICRO)
    assert await ours.left() == 9 * MICRO
    await hold.settle()
    assert await ours.left() == 9 * MICRO, "November is not given back to December"


async def test_a_hold_is_filled_up_while_it_fits() -> None:
    ours = meter()
    hold = await ours.hold(2 * MICRO)
    await hold.use(MICRO)
    assert await hold.fill(2 * MICRO, spare=MICRO) and hold.rest == 2 * MICRO
    assert await ours.left() == 7 * MICRO
    assert not await hold.fill(9 * MICRO, spare=MICRO) and hold.rest == 2 * MICRO
    await hold.use(3 * MICRO)
    assert (hold.rest, await ours.left()) == (0, 6 * MICRO), "more than was held is counted too"


async def test_a_memory_that_cannot_be_read_is_an_empty_one() -> None:
    ours = meter(DictMemory({"meter": "?"}))
    assert await ours.left() == 10 * MICRO
