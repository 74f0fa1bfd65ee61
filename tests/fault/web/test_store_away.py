"""Pages and screens while the store is away."""

from __future__ import annotations

import logging

import pytest

from tests.fault.web.conftest import Shaky
from tests.waiting import until

HTML = {"accept": "text/html,application/xhtml+xml"}


async def test_a_fresh_screen_shows_its_wall_while_the_store_is_away(
    shaky: Shaky, caplog: pytest.LogCaptureFixture
) -> None:
    street = shaky.street
    stays = await street.tell("1", "This one stays on the wall, whatever happens to the store.")
    goes = await street.tell("2", "This one goes before the store does, so nobody sees it again.")
    await street.get("/w/square")
    await street.house.road.withdraw(goes, by="person:owner", why="Asked to.")
    head = await street.house.engine.head("square")
    await until(lambda: street.house.hub.feed("square").head >= head)
    caplog.set_level(logging.INFO, "parvis.web")
    caplog.clear()
    shaky.breaks()
    for _ in range(3):
        page = await street.ask("/w/square/left", headers=HTML)
        assert page.status == 200
        assert stays.encode() in page.body and goes.encode() not in page.body
        assert f'data-seq="{head}"'.encode() in page.body
    feed = street.house.hub.feed("square")
    assert feed.open and feed.channel("all").owed(head) == []  # and follows on without the store
    assert (await street.get("/look/square.css")).status == 200
    shown = await street.get("/api/walls/square/snapshot")
    assert shown.status == 200 and stays.encode() in shown.body
    phone = await street.ask("/p/square", headers=HTML)
    assert phone.status == 200
    assert b'action="/in/room/post"' in phone.body
    await shaky.heals()
    said = [each.message for each in caplog.records if each.message.startswith("web.")]
    assert said == ["web.store_away", "web.store_back"]


async def test_a_wall_that_nobody_opened_yet_is_known_from_the_start(shaky: Shaky) -> None:
    shaky.breaks()
    assert (await shaky.street.ask("/w/square", headers=HTML)).status == 200


@pytest.mark.parametrize("path", ["/w/none", "/p/none", "/w/none/left", "/notice/square"])
async def test_a_page_that_cannot_be_made_asks_again_by_itself(shaky: Shaky, path: str) -> None:
    shaky.breaks()
    page = await shaky.street.ask(path, headers={**HTML, "accept-language": "fr"})
    assert page.status == 503
    assert page.headers["refresh"] == page.headers["retry-after"] == "5"
    assert "elle réessaie" in page.body.decode()
    assert page.headers["content-type"].startswith("text/html")


async def test_what_a_script_asks_stays_a_problem(shaky: Shaky) -> None:
    shaky.breaks()
    said = await shaky.street.get("/w/none")
    assert said.status == 503 and "refresh" not in said.headers
    assert said.headers["content-type"] == "application/problem+json"
