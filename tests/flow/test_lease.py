"""Leases whatever the clock does."""

from __future__ import annotations

import pytest

from parvis.flow.lease import APART, LEASE_S, Leases
from tests.flow.conftest import Venue

HOUR_MS = 3_600_000


@pytest.mark.parametrize("how", ["offered", "given back", "passed on", "held by one that died"])
async def test_no_key_waits_for_a_clock_that_was_set_back(venue: Venue, how: str) -> None:
    gone, here = (Leases(venue.engine, "sources", name) for name in ("gone", "here"))
    await gone.offer("hook", "main")
    if how != "offered":
        assert await gone.claim() == ["hook"]
    if how == "given back":
        await gone.give_back("hook")
    if how == "passed on":
        await gone.pass_on("hook", "It could not be opened.")
    venue.clock.now_ms -= 2 * HOUR_MS
    assert await here.claim() == ["hook"]


async def test_a_node_whose_clock_is_a_little_behind_takes_nothing_away(venue: Venue) -> None:
    there, here = (Leases(venue.engine, "sources", name) for name in ("there", "here"))
    await there.offer("hook", "main")
    assert await there.claim() == ["hook"]
    venue.clock.now_ms -= round((APART - 1.5) * LEASE_S * 1000)
    assert await here.claim() == []
    assert await there.renew() == []
