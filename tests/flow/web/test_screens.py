"""Screens report, are named and forgotten, and answer panic."""

from __future__ import annotations

from typing import Any

import pytest

from parvis.core.screen import Heard, Report
from tests.asgi import Answered
from tests.street import Street, open_street
from tests.studio import value

WALL = "/api/walls/square"
AGENT = {"user-agent": "Mozilla/5.0 (X11) AppleWebKit/537 Chrome/64.0 Safari/537"}


async def report(street: Street, screen: str = "bar", **more: Any) -> Answered:
    head = await street.house.engine.head("square")
    said = {"seq": head, "box": [1920, 1080], "dpr": 1, "layout": "plain", **more}
    return await street.post(f"/w/square/{screen}/report", said, key=False, headers=AGENT)


async def screens(street: Street, **params: str) -> list[dict[str, Any]]:
    found = value(await street.get(f"{WALL}/screens", key=True, **params))
    listed: list[dict[str, Any]] = found["screens"]
    return listed


async def panic(street: Street) -> dict[str, Any]:
    return value(await street.get(f"{WALL}/panic", key=True))


async def test_a_screen_says_how_it_is_and_hears_what_it_should_know(street: Street) -> None:
    heeded = value(await report(street, waiting={"posts": 3, "seconds": 9.5}, version="v1"))
    assert heeded["panic"] is False
    (bar,) = await screens(street)
    assert (bar["id"], bar["name"], bar["up"], bar["behind"]) == ("bar", "bar", True, 0)
    assert (bar["box"], bar["browser"], bar["secure"]) == ([1920, 1080], "Chrome 64", True)
    assert bar["waiting"] == {"posts": 3, "seconds": 9.5}


async def test_a_screen_counts_what_it_has_not_applied(street: Street) -> None:
    head = await street.house.engine.head("square")
    for number in ("1", "2", "3"):
        await street.tell(number, f"Number {number} is long enough to be told from the others.")
    await report(street, seq=head)
    await report(street, "lobby")
    by_name = {each["id"]: each for each in await screens(street)}
    assert (by_name["bar"]["behind"], by_name["bar"]["code"]) == (3, "behind")
    assert by_name["lobby"]["behind"] == 0


async def test_many_screens_that_say_anything_cost_one_look_at_the_journal(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, looks = street.house.engine, list[int]()
    look = engine.facts_after

    async def counted(wall: str, after: int, limit: int = 500) -> Any:
        looks.append(after)
        return await look(wall, after, limit)

    head = await engine.head("square")
    for number in ("1", "2", "3"):
        await street.tell(number, f"Number {number} is long enough to be told from the others.")
    told = await engine.head("square")
    for seq in range(told + 1):
        await report(street, f"s{seq}", seq=seq)
    await report(street, "ahead", seq=2**53)
    monkeypatch.setattr(engine, "facts_after", counted)
    behind = {each["seq"]: each["behind"] for each in await screens(street)}
    assert len(looks) == 1
    assert (behind[2**53], behind[told], behind[head]) == (0, 0, 3)
    assert [behind[seq] for seq in range(told + 1)] == sorted(behind.values(), reverse=True)[:-1]


async def test_panic_is_answered_by_each_screen(street: Street) -> None:
    await report(street, "bar")
    await report(street, "lobby")
    await street.post(f"{WALL}/screens/lobby", {"name": "The lobby"})
    seq = value(await street.post(f"{WALL}/panic", {"on": True}))["seq"]
    first = await panic(street)
    assert (first["on"], first["by"], first["name"]) == (True, "person:owner", "The owner")
    assert first["screens"] == {"asked": 2, "covered": 0, "missing": ["The lobby", "bar"]}
    assert value(await report(street, "bar", covered_seq=seq))["panic"] is True
    assert (await panic(street))["screens"]["missing"] == ["The lobby"]
    assert value(await street.post(f"{WALL}/panic", {"on": True}))["seq"] > seq
    again = await panic(street)
    assert (again["since_ms"], again["screens"]["covered"]) == (first["since_ms"], 0)
    await street.post(f"{WALL}/panic", {"on": False})
    over = await panic(street)
    assert (over["on"], over["screens"]) == (False, {"asked": 0, "covered": 0, "missing": []})


async def test_panic_is_remembered_across_a_restart(street: Street) -> None:
    seq = value(await street.post(f"{WALL}/panic", {"on": True}))["seq"]
    await report(street, "bar", covered_seq=seq)
    await street.house.stop()
    street.house = (await open_street(street.house.settings.folder)).house
    state = await panic(street)
    assert (state["on"], state["screens"]["missing"]) == (True, [])
    assert state["seq"] >= seq


async def test_screens_are_named_and_forgotten(street: Street) -> None:
    await report(street)
    named = value(await street.post(f"{WALL}/screens/bar", {"name": " The \u202e bar "}))
    assert named["screens"][0]["name"] == "The bar"
    await report(street)
    assert (await screens(street, lang="fr"))[0]["name"] == "The bar"
    assert value(await street.post(f"{WALL}/screens/bar", {"forget": True})) == {"screens": []}
    said = value(await street.post(f"{WALL}/screens/bar", {"forget": True}), 404)
    assert said["detail"] == "There is no screen 'bar' on the wall square."
    said = value(await street.post(f"{WALL}/screens/bar", {"name": " "}), 422)
    assert said["detail"].startswith("The name has no letters")


async def test_a_closed_page_without_a_name_is_forgotten_soon(street: Street) -> None:
    now_ms = street.house.clock()
    for name, ago_ms in (("tab-old", 700_000), ("tab-new", 1_000), ("bar", 700_000)):
        heard = Heard(name, name, now_ms - ago_ms, Report(1))
        await street.house.engine.hear_screen("square", heard, dark_ms=10**9)
    assert [each["id"] for each in await screens(street)] == ["bar", "tab-new"]


@pytest.mark.parametrize(
    ("path", "body", "status", "says"),
    [
        ("/w/none/bar/report", {"seq": 1}, 404, "There is no wall 'none'"),
        ("/w/square/b r/report", {"seq": 1}, 404, "A screen's name has letters"),
        (f"/w/square/{'x' * 65}/report", {"seq": 1}, 404, "A screen's name has letters"),
        ("/w/square/bar/report", {}, 422, "The body is not what"),
        ("/w/square/bar/report", {"seq": -1}, 422, "The body is not what"),
        ("/w/square/bar/report", {"seq": 1, "errors": ["x" * 201]}, 422, "The body is not what"),
        ("/w/square/bar/report", {"seq": 1, "errors": ["x"] * 6}, 422, "The body is not what"),
        ("/w/square/bar/report", {"seq": 1, "box": [1, 2, 3]}, 422, "The body is not what"),
    ],
)
async def test_a_bad_report_is_told(
    street: Street, path: str, body: dict[str, Any], status: int, says: str
) -> None:
    said = value(await street.post(path, body, key=False), status)
    assert said["detail"].startswith(says)
    assert await screens(street) == []


async def test_a_newer_player_may_say_more(street: Street) -> None:
    assert (await report(street, mood="fine")).status == 200


async def test_one_screen_cannot_flood(street: Street) -> None:
    statuses = [(await report(street)).status for _ in range(30)]
    assert statuses[:20] == [200] * 20 and statuses[-1] == 429
    assert (await report(street, "lobby")).status == 200


async def test_made_up_screens_of_one_network_leave_room_for_others(street: Street) -> None:
    async def from_(client: str, screen: str) -> int:
        sent = {"content-type": "application/json"}
        path = f"/w/square/{screen}/report"
        answer = await street.ask(
            path, method="POST", headers=sent, body=b'{"seq":1}', client=(client, 50000)
        )
        return answer.status

    assert await from_("192.0.2.1", "bar") == 200
    assert {await from_(f"2001:db8::{n}", f"made-up-{n}") for n in range(1, 101)} == {200}
    assert await from_("2001:db8::fff", "made-up-999") == 429
    assert await from_("2001:db8::fff", "made-up-7") == 200, "what is known stays"
    assert await from_("2001:db8::fff", "tab-7") == 200, "a page without a name makes room itself"
    assert await from_("192.0.2.1", "foyer") == 200
    assert await from_("2001:db8:0:1::1", "lobby") == 200
    assert len(await screens(street)) == 104
