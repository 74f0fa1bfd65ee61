"""Panic while the store is away or full: each screen is covered at once; it is stored later."""

from __future__ import annotations

import asyncio
import logging
from functools import partial

import pytest

from parvis.core.wire import Snapshot
from tests.fault.web.conftest import Shaky
from tests.live_listener import listening
from tests.snapshots import Player, looks
from tests.street import Street
from tests.studio import Desk, colleague, value
from tests.waiting import until

WALL = "/api/walls/square"
AWAY = pytest.mark.parametrize("reads", [True, False], ids=["away", "full"])


async def fresh(street: Street) -> Snapshot:
    held = await street.house.room.snapshots.of("square")
    assert held is not None
    return held.snapshot


async def screen(street: Street, address: str) -> Player:
    async def load() -> Snapshot:
        return await fresh(street)

    return await Player(address, "square", load).start()


async def agree(street: Street, *screens: Player) -> None:
    """Every screen shows what a fresh page shows."""

    async def so() -> bool:
        wanted = looks(await fresh(street))
        return all(looks(each.snapshot) == wanted for each in screens)

    await until(so)


def covered(one: Player) -> bool:
    return one.snapshot is not None and one.snapshot.wall.panic


@AWAY
async def test_panic_covers_every_screen_at_once_and_is_stored_later(
    shaky: Shaky, reads: bool, caplog: pytest.LogCaptureFixture
) -> None:
    street = shaky.street
    key = await street.tell("1", "A post that must go from the screens, and that at once.")
    caplog.set_level(logging.INFO, "parvis.web")
    async with listening(street.house.hub) as address:
        there, cut = await screen(street, address), await screen(street, address)
        await cut.cut()
        shaky.breaks(reads=reads)
        said = value(await street.post(f"{WALL}/panic", {"on": True}), 202)
        assert said == {"seq": 0, "stored": False}
        await until(lambda: covered(there))
        await cut.connect()  # resumes where it was
        await until(lambda: covered(cut))
        page = await street.ask("/w/square")
        assert b'"panic":true' in page.body
        assert b'<div class="cell"' not in page.body
        new = await screen(street, address)
        assert covered(new)
        state = value(await street.get(f"{WALL}/panic", key=True))
        assert (state["on"], state["stored"], state["by"]) == (True, False, "person:owner")
        await agree(street, there, cut, new)
        await shaky.heals()
        await until(lambda: _is_stored(street, True))
        state = value(await street.get(f"{WALL}/panic", key=True))
        assert (state["on"], state["stored"]) == (True, True) and state["seq"] > 0
        seq = state["seq"]
        await until(lambda: there.applied[-1:] == [seq])
        await agree(street, there, cut, new)
        assert there.applied == sorted(set(there.applied))
        assert value(await street.post(f"{WALL}/panic", {"on": False}))["stored"] is True
        await until(lambda: not any(map(covered, (there, cut, new))))
        await agree(street, there, cut, new)
        assert key in [card.post for card in (await fresh(street)).cards]
        for each in (there, cut, new):
            await each.cut()
    said_of_it = [each.message for each in caplog.records if each.message.startswith("panic.")]
    assert said_of_it in (["panic.held", "panic.stored"], ["panic.stored"])


@AWAY
async def test_uncovering_works_without_the_store_too(shaky: Shaky, reads: bool) -> None:
    street = shaky.street
    await street.post(f"{WALL}/panic", {"on": True})
    async with listening(street.house.hub) as address:
        there = await screen(street, address)
        assert covered(there)
        shaky.breaks(reads=reads)
        for on in (False, True, False):
            said = value(await street.post(f"{WALL}/panic", {"on": on}), 202)
            assert said["stored"] is False
            await until(partial(_shows, there, on))
        await shaky.heals()
        await until(lambda: _is_stored(street, False))
        await agree(street, there)
        assert not covered(there)
        await there.cut()


def _shows(one: Player, on: bool) -> bool:
    return covered(one) is on


async def _is_stored(street: Street, on: bool) -> bool:
    row = await street.house.engine.wall("square")
    return row is not None and row.panic is on and not street.house.room.covers.pending("square")


async def test_a_moderator_who_was_known_presses_without_the_store(shaky: Shaky) -> None:
    street = shaky.street
    ada, eve = await colleague(street, "ada", "moderator"), await colleague(street, "eve", "editor")
    for each in (ada, eve):
        assert (await each.get("/api/me")).status == 200
    await eve.post("/api/sign-out", {})
    assert (await ada.get("/api/me")).status == 200
    shaky.breaks()
    assert (await ada.post(f"{WALL}/panic", {"on": True})).status == 202
    assert (await ada.get("/api/me")).status == 503  # for panic alone
    for stranger in (Desk(street, "parvis=s-eve"), Desk(street, "parvis=made-up")):
        assert (await stranger.post(f"{WALL}/panic", {"on": False})).status == 503
    assert (await fresh(street)).wall.panic
    said = value(await street.post("/api/walls/none/panic", {"on": True}), 503)
    assert said["status"] == 503


async def test_a_store_without_room_still_knows_who_is_signed_in(shaky: Shaky) -> None:
    street = shaky.street
    ada = await colleague(street, "ada", "moderator")
    engine = street.house.engine
    later = engine.clock() + 6 * 60 * 1000  # type: ignore[attr-defined]
    engine.clock = lambda: later  # type: ignore[attr-defined]
    shaky.breaks(reads=False)
    assert (await ada.get("/api/me")).status == 200


async def test_a_store_that_hangs_delays_no_panic(
    shaky: Shaky, monkeypatch: pytest.MonkeyPatch
) -> None:
    street = shaky.street
    street.house.room.panics._within_s = 0.05

    async def hangs(*_: object, **__: object) -> None:
        await asyncio.Event().wait()

    with monkeypatch.context() as patch:
        patch.setattr(street.house.engine, "write_all", hangs)
        said = value(await street.post(f"{WALL}/panic", {"on": True}), 202)
        assert said["stored"] is False and (await fresh(street)).wall.panic
    await until(lambda: _is_stored(street, True), 10)
