"""People, sessions and links: what must happen once happens once, on both engines."""

from __future__ import annotations

import asyncio

import pytest

from parvis.core.errors import Refused
from parvis.core.person import Link, Person, Role
from parvis.engine import Engine
from parvis.plug.testkit import ManualClock
from tests.engines import Place

DAY_MS = 24 * 3600 * 1000
IDLE_MS, TOUCH_MS = 7 * DAY_MS, 300_000
SOON = 10**15


def person(id: str, role: Role = "owner", email: str = "") -> Person:
    return Person(id, id.title(), email or f"{id}@example.org", role, "en")


async def begun(engine: Engine) -> Person:
    assert await engine.offer_first("first", SOON)
    assert await engine.begin(person("ada"), "hash of ada", "first")
    found = await engine.person("ada")
    assert found is not None
    return found


async def joined(engine: Engine, id: str, role: Role) -> None:
    await engine.invite(person(id, role), f"link {id}", SOON)
    assert await engine.accept(f"hash of {id}", f"link {id}") is not None


# links --------------------------------------------------------------------------------------------
async def test_the_first_link_makes_one_owner_and_no_second(engine: Engine) -> None:
    ada = await begun(engine)
    assert (ada.role, ada.joined) == ("owner", True)
    assert not await engine.begin(person("eve"), "hash", "first")
    assert not await engine.offer_first("again", SOON)
    assert [each.id for each in await engine.people()] == ["ada"]
    assert await engine.account("ada@example.org") == (ada, "hash of ada")
    assert await engine.account("eve@example.org") is None


async def test_a_newer_first_link_takes_the_place_of_the_older(
    engine: Engine, clock: ManualClock
) -> None:
    await engine.offer_first("old", SOON)
    await engine.offer_first("new", clock() + 1000)
    assert not await engine.begin(person("eve"), "hash", "old")
    clock.now_ms += 1000
    assert not await engine.begin(person("eve"), "hash", "new")
    assert await engine.people() == []


async def test_two_who_open_the_first_link_at_once_make_one_account(engine: Engine) -> None:
    await engine.offer_first("first", SOON)
    made = await asyncio.gather(*(engine.begin(person(f"p{n}"), "hash", "first") for n in range(6)))
    assert sorted(made) == [False] * 5 + [True]
    assert len(await engine.people()) == 1


async def test_nodes_make_one_first_account(nodes: Place) -> None:
    engines = [await nodes.open() for _ in range(3)]
    await engines[0].offer_first("first", SOON)
    made = await asyncio.gather(
        *(each.begin(person(f"p{n}"), "hash", "first") for n, each in enumerate(engines))
    )
    assert sorted(made) == [False, False, True]


async def test_an_invitation_lets_in_once(engine: Engine, clock: ManualClock) -> None:
    await begun(engine)
    invited = await engine.invite(person("mo", "moderator"), "link", clock() + 1000)
    assert (invited.joined, invited.role) == (False, "moderator")
    assert await engine.account("mo@example.org") == (invited, "")
    mo = await engine.accept("hash of mo", "link")
    assert mo is not None and mo.joined
    assert await engine.password("mo") == "hash of mo"
    assert await engine.accept("other", "link") is None
    assert await engine.password("mo") == "hash of mo"
    with pytest.raises(Refused, match=r"^mo@example.org has an account already\.$"):
        await engine.invite(person("mo2", "owner", "mo@example.org"), "link2", SOON)


async def test_looking_at_a_link_uses_nothing_up(engine: Engine, clock: ManualClock) -> None:
    await engine.offer_first("first", SOON)
    await engine.invite(person("bob"), "link", clock() + 1000)
    for _ in range(2):
        assert await engine.link_holds("first", "first")
        assert await engine.link_holds("link", "invite")
    none: list[tuple[str, Link]] = [("first", "invite"), ("link", "reset"), ("made up", "first")]
    for hash_, kind in none:
        assert not await engine.link_holds(hash_, kind)
    clock.now_ms += 1000
    assert not await engine.link_holds("link", "invite")
    assert await engine.begin(person("ada"), "hash of ada", "first")
    assert not await engine.link_holds("first", "first")
    assert await engine.offer_reset("ada", "reset", SOON) is not None
    assert await engine.link_holds("reset", "reset")


async def test_an_invitation_anew_ends_the_earlier_one(engine: Engine, clock: ManualClock) -> None:
    await begun(engine)
    await engine.invite(person("mo", "viewer"), "one", SOON)
    again = await engine.invite(person("mo9", "editor", "mo@example.org"), "two", clock() + 1000)
    assert (again.id, again.role, again.name) == ("mo", "editor", "Mo9")
    assert await engine.accept("hash", "one") is None
    clock.now_ms += 1000
    assert await engine.accept("hash", "two") is None


# people -------------------------------------------------------------------------------------------
async def test_what_is_given_changes_and_the_rest_stays(engine: Engine) -> None:
    await begun(engine)
    changed = await engine.settle_person("ada", lang="fr")
    assert changed is not None
    assert (changed.name, changed.lang, changed.role) == ("Ada", "fr", "owner")
    await engine.settle_person("ada", name="Ada L.", password="new hash")
    assert await engine.password("ada") == "new hash"
    assert await engine.settle_person("nobody", lang="fr") is None
    assert not await engine.remove_person("nobody")


async def test_the_last_owner_stays(engine: Engine) -> None:
    await begun(engine)
    await joined(engine, "mo", "moderator")
    await engine.invite(person("eve", "owner"), "never taken", SOON)
    says = r"^Ada is the only owner; make somebody else an owner first\.$"
    with pytest.raises(Refused, match=says):
        await engine.settle_person("ada", role="viewer")
    with pytest.raises(Refused, match=says):
        await engine.remove_person("ada")
    await engine.settle_person("mo", role="owner")
    outcomes = await asyncio.gather(
        engine.remove_person("ada"), engine.remove_person("mo"), return_exceptions=True
    )
    assert sorted(map(str, outcomes))[-1] == "True"
    assert len([o for o in outcomes if isinstance(o, Refused)]) == 1


# sessions -----------------------------------------------------------------------------------------
async def seen(engine: Engine, hash: str) -> str:
    found = await engine.session(hash, idle_ms=IDLE_MS, touch_ms=TOUCH_MS)
    return found.id if found is not None else ""


async def test_a_session_lasts_while_it_is_used_and_no_longer_than_it_may(
    engine: Engine, clock: ManualClock
) -> None:
    await begun(engine)
    await engine.open_session("s", "ada", for_ms=30 * DAY_MS, idle_ms=IDLE_MS)
    for _ in range(4):
        assert await seen(engine, "s") == "ada"
        clock.now_ms += 7 * DAY_MS - 1
    assert await seen(engine, "s") == "ada"
    clock.now_ms += 3 * DAY_MS
    assert await seen(engine, "s") == ""
    await engine.open_session("t", "ada", for_ms=30 * DAY_MS, idle_ms=IDLE_MS)
    clock.now_ms += 7 * DAY_MS
    assert await seen(engine, "t") == ""


async def test_a_clock_that_steps_back_ends_no_session(engine: Engine, clock: ManualClock) -> None:
    await begun(engine)
    await engine.open_session("s", "ada", for_ms=DAY_MS, idle_ms=IDLE_MS)
    clock.now_ms -= 3 * DAY_MS
    assert await seen(engine, "s") == "ada"
    clock.now_ms += 3 * DAY_MS
    assert await seen(engine, "s") == "ada"


async def test_sessions_are_closed_one_by_one_all_but_one_or_with_the_person(
    engine: Engine,
) -> None:
    await begun(engine)
    await joined(engine, "mo", "owner")
    for name in ("a", "b", "c", "d"):
        await engine.open_session(name, "ada", for_ms=DAY_MS, idle_ms=IDLE_MS)
    await engine.open_session("m", "mo", for_ms=DAY_MS, idle_ms=IDLE_MS)
    await engine.close_session("a")
    assert await engine.close_sessions("ada", "b") == 2
    assert [await seen(engine, name) for name in "abcdm"] == ["", "ada", "", "", "mo"]
    await engine.remove_person("ada")
    assert [await seen(engine, name) for name in "bm"] == ["", "mo"]


async def test_sessions_and_claims_outlive_a_restart(place: Place) -> None:
    engine = await place.open()
    await begun(engine)
    await engine.open_session("s", "ada", for_ms=DAY_MS, idle_ms=IDLE_MS)
    await engine.take("square", ["a:b:1"], by="person:ada", name="Ada", for_s=45)
    await engine.close()
    again = await place.open()
    assert await seen(again, "s") == "ada"
    assert "a:b:1" in await again.claims("square", ["a:b:1"])


# a forgotten password -----------------------------------------------------------------------------
async def test_a_reset_lets_in_once_and_ends_every_session(
    engine: Engine, clock: ManualClock
) -> None:
    await begun(engine)
    await joined(engine, "mo", "moderator")
    for name in ("s1", "s2"):
        await engine.open_session(name, "mo", for_ms=DAY_MS, idle_ms=IDLE_MS)
    await engine.open_session("s3", "ada", for_ms=DAY_MS, idle_ms=IDLE_MS)
    await engine.offer_reset("mo", "old link", SOON)
    offered = await engine.offer_reset("mo", "link", clock() + 1000)
    assert offered is not None and offered.id == "mo"
    assert await engine.reset("hash", "old link") is None, "a newer link takes its place"
    assert await engine.accept("hash", "link") is None, "it is no invitation"
    mo = await engine.reset("another hash", "link")
    assert mo is not None and mo.id == "mo"
    assert await engine.account("mo@example.org") == (mo, "another hash")
    assert await engine.reset("yet another", "link") is None
    for name, there in (("s1", False), ("s2", False), ("s3", True)):
        found = await engine.session(name, idle_ms=IDLE_MS, touch_ms=TOUCH_MS)
        assert (found is not None) is there
    await engine.offer_reset("mo", "late", clock() + 1000)
    clock.now_ms += 1000
    assert await engine.reset("late hash", "late") is None


async def test_nobody_and_whoever_has_not_come_get_no_reset(engine: Engine) -> None:
    await begun(engine)
    assert await engine.offer_reset("nobody", "link", SOON) is None
    await engine.invite(person("mo", "moderator"), "invitation", SOON)
    with pytest.raises(Refused, match="Mo has not joined yet; invite them again"):
        await engine.offer_reset("mo", "link", SOON)
    await engine.accept("hash", "invitation")
    await engine.offer_reset("mo", "link", SOON)
    await engine.remove_person("mo")
    assert await engine.reset("hash", "link") is None
