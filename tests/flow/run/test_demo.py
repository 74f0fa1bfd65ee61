"""The demo's world on a whole house, one evening by its seed, without waiting."""

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from parvis.core.errors import Later, Refused
from parvis.plug.reply import Reply
from parvis.plug.testkit import FakeHttp
from parvis.run.demo import Demo, open_demo
from parvis.run.demo.crowd import CLAPPING, MOST_WAITING, SPOTLIGHT_S, VOTERS, Crowd
from parvis.run.demo.programme import read_programme
from parvis.run.settings import load
from parvis.run.wire_up import House, open_house
from tests.asgi import ask
from tests.street import KEY
from tests.waiting import until

SEED = 26


class Doorstep:
    """The crowd's way in, without a socket."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def get(self, url: str, *, bearer: str = "", allow: tuple[int, ...] = ()) -> Reply:
        return await self._ask("GET", url, bearer, b"", "", allow)

    async def post(
        self, url: str, *, bearer: str = "", json: Any = None, body: bytes = b"",
        content_type: str = "application/json", allow: tuple[int, ...] = (),
    ) -> Reply:  # fmt: skip
        packed = body or msgspec.json.encode(json)
        return await self._ask("POST", url, bearer, packed, content_type, allow)

    async def _ask(
        self, method: str, url: str, bearer: str, body: bytes, kind: str, allow: tuple[int, ...]
    ) -> Reply:
        path, _, query = url.removeprefix("http://hall").partition("?")
        headers = {"content-length": str(len(body))}
        headers |= {"content-type": kind} if kind else {}
        headers |= {"authorization": f"Bearer {bearer}"} if bearer else {}
        params = dict(pair.split("=") for pair in query.split("&") if pair)
        told = await ask(
            self._house.app, path, method=method, params=params, headers=headers, body=body
        )
        if told.status >= 400 and told.status not in allow:
            raise Refused(told.body.decode())
        return Reply(told.status, told.headers, told.body, url)


@dataclass
class Evening:
    """One run of the demo, asked what became of it."""

    demo: Demo
    house: House
    crowd: Crowd

    async def act(self, *acts: str) -> None:
        for what in acts:
            await self.crowd._act(what)  # a failure is not forgiven here
        await self.settled()

    async def settled(self) -> None:
        """Everything that the network has is here."""

        async def all_in() -> bool:
            counts = await self.house.engine.counts("demo")
            stored = sum(counts.values()) >= len(self.demo.network.world.statuses)
            return stored and not counts.get("new")

        await until(all_in, 20.0)

    async def ask(self, path: str, **params: str) -> Any:
        headers = {"authorization": f"Bearer {KEY}"}
        told = await ask(
            self.house.app, f"/api/walls/demo/{path}".rstrip("/"), params=params, headers=headers
        )
        assert told.status == 200, told.body
        return json.loads(told.body)

    async def cards(self) -> list[dict[str, Any]]:
        return list((await self.ask("snapshot"))["cards"])

    async def whys(self, state: str) -> dict[str, str]:
        """Why posts are in that state, by author."""
        items = (await self.ask("queue", state=state))["items"]
        return {item["post"]["author"]["name"]: item["decision"]["why"] for item in items}


async def begin(folder: Path) -> Evening:
    demo = await open_demo(SEED)
    settings = load({"data": str(folder), "key": KEY}, {})
    allowed = msgspec.structs.replace(settings, allow_private=demo.allow_private)
    house = await open_house(allowed)
    await demo.declare(house)
    await house.start()
    house.declaring.runs = True
    crowd = Crowd(Doorstep(house), "http://hall", KEY, demo.network, random.Random(SEED))  # type: ignore[arg-type]
    evening = Evening(demo, house, crowd)
    await evening.settled()
    return evening


async def end(evening: Evening) -> None:
    await evening.demo.stop()
    await evening.house.stop()


@pytest_asyncio.fixture
async def evening(tmp_path: Path) -> AsyncIterator[Evening]:
    one = await begin(tmp_path / "data")
    yield one
    await end(one)


async def test_the_wall_opens_full_in_five_languages_and_the_queue_has_work(
    evening: Evening,
) -> None:
    cards = await evening.cards()
    first = cards[:10]
    assert {card.get("lang") for card in first} == {"en", "fr", "es", "ar", "ja"}
    assert {card.get("dir", "ltr") for card in first} == {"ltr", "rtl"}
    assert 3 <= sum(bool(card.get("media")) for card in first) <= 8
    assert not {"127.0.0.1"} & {card["author"]["handle"].rpartition("@")[2] for card in cards}
    waiting = await evening.whys("pending")
    assert waiting["Plot Twist"] == "The author marked it as sensitive."
    assert (
        "list (" in waiting["Grumble Goblin"] and "found in the text" in waiting["Grumble Goblin"]
    )
    assert "“lantern coins”" in (await evening.whys("rejected"))["Lucky Stall"]


async def test_the_figures_have_something_to_count(evening: Evening) -> None:
    statuses = list(evening.demo.network.world.statuses.values())
    assert len({one["account"]["followers_count"] for one in statuses}) > 10
    assert sum(one["favourites_count"] for one in statuses) > 100
    by = {(one["account"]["acct"], one["account"]["followers_count"]) for one in statuses}
    assert len(by) == len({acct for acct, _ in by}), "a person has one following"


async def test_pictures_come_from_our_own_address(evening: Evening) -> None:
    (shown,) = [card for card in await evening.cards() if card.get("media")][:1]
    media = shown["media"][0]
    assert media["alt"]
    told = await ask(evening.house.app, media["url"].partition("?")[0], params=_query(media["url"]))
    assert told.status == 200 and told.body[:3] == b"\xff\xd8\xff"


async def test_the_first_minute_takes_every_road(evening: Evening) -> None:
    for turn in read_programme().opening:
        await evening.act(turn.what)
    cards = await evening.cards()
    assert {card["network"] for card in cards} == {"mastodon", "phone", "webhook"}
    by_phone = [card for card in cards if card["network"] == "phone"]
    assert any(card.get("media") for card in by_phone), "a photo came through the darkroom"
    assert (await evening.whys("rejected"))["Coin Machine"].endswith("list of blocked authors.")
    assert "of the author's posts within 30 s" in (await evening.whys("pending"))["Echo Parrot"]
    counts = await evening.house.engine.counts("demo")
    assert counts["withdrawn"] == 1, "one author took a post back"
    snapshot = await evening.ask("snapshot")
    assert snapshot["formats"][0]["view"]["votes"] > 8
    assert len(snapshot["picks"]["pinned"]) == 1


async def test_an_edit_and_a_deletion_reach_the_wall(evening: Evening) -> None:
    before = {card["post"]: card["text"] for card in await evening.cards()}
    await evening.act("edit")

    async def edited() -> bool:
        now = {card["post"]: card["text"] for card in await evening.cards()}
        return any(now.get(post, text) != text for post, text in before.items())

    await until(edited)
    await evening.crowd._act("delete")

    async def gone() -> bool:
        return (await evening.house.engine.counts("demo")).get("withdrawn", 0) == 1

    await until(gone)


async def test_the_room_claps_at_once(evening: Evening) -> None:
    before = len(await evening.cards())
    counts = await evening.house.engine.counts("demo")
    await evening.crowd._act("applause")

    async def heard() -> bool:
        now = await evening.house.engine.counts("demo")
        return sum(now.values()) == sum(counts.values()) + CLAPPING

    await until(heard)
    await evening.house.road.idle()
    assert len(await evening.cards()) > before


async def test_the_latest_picture_is_given_the_light(evening: Evening) -> None:
    await evening.act("spotlight")
    picks = (await evening.ask("snapshot"))["picks"]
    assert picks["featured"]["media"]
    left_ms = picks["until_ms"] - evening.house.clock()
    assert 0 < left_ms <= SPOTLIGHT_S * 1000


async def test_neither_votes_nor_network_nor_queue_grow_without_end(evening: Evening) -> None:
    for _ in range(VOTERS * 2):
        await evening.crowd._act("vote")
    snapshot = await evening.ask("snapshot")
    assert VOTERS * 0.5 < snapshot["formats"][0]["view"]["votes"] <= VOTERS
    world, before = evening.demo.network.world, len(evening.demo.network.world.statuses)
    world.most = 60
    for _ in range(30):
        evening.crowd._network.trouble("warned", 2)
    assert len(world.statuses) == 60 and len(world.asked) <= 60

    async def all_in() -> bool:
        counts = await evening.house.engine.counts("demo")
        return sum(counts.values()) == before + 60 and not counts.get("new")

    await until(all_in, 20.0)
    assert (await evening.house.engine.counts("demo"))["pending"] > MOST_WAITING
    for _ in range(4):
        await evening.crowd._act("crew")
    assert (await evening.house.engine.counts("demo"))["pending"] <= MOST_WAITING


async def test_a_second_start_keeps_what_was_changed(tmp_path: Path) -> None:
    first = await begin(tmp_path / "data")
    wall = await first.house.engine.wall("demo")
    assert wall is not None
    from parvis.flow.edit import edit

    await edit(
        first.house.road, first.house.clock, "demo", 1,
        lambda row: msgspec.structs.replace(row, title="Mine"), by="person:zoe",
    )  # fmt: skip
    await end(first)
    second = await begin(tmp_path / "data")
    try:
        assert (await second.ask(""))["title"] == "Mine"
        (source,) = [
            one for one in await second.house.engine.sources("demo") if one.plugin == "mastodon"
        ]
        assert source.settings["server"] == second.demo.network.base
    finally:
        await end(second)


async def test_the_crowd_goes_on_when_it_is_not_heard(caplog: pytest.LogCaptureFixture) -> None:
    demo = await open_demo(SEED)
    crowd = Crowd(FakeHttp(), "http://127.0.0.1:1", KEY, demo.network, random.Random(1))
    try:
        for error in (Refused("No."), Later("Not now.")):

            async def fails(error: Exception = error) -> None:
                raise error

            crowd._acts["vote"] = fails
            await crowd.act("vote")
    finally:
        await demo.stop()
    assert [record.getMessage() for record in caplog.records] == ["demo.unheard"] * 2


async def test_every_act_of_the_programme_is_known() -> None:
    demo = await open_demo(SEED)
    try:
        crowd = Crowd(FakeHttp(), "", KEY, demo.network, random.Random(1))
        programme = read_programme()
        named = {turn.what for turn in programme.opening} | set(programme.everyday)
        named |= {act for scene in programme.scenes for act in scene} | set(programme.before)
        assert {act.partition(":")[0] for act in named} <= crowd.acts
        with pytest.raises(ValueError, match="no act 'sing'"):
            await crowd._act("sing")
    finally:
        await demo.stop()


def _query(url: str) -> dict[str, str]:
    from urllib.parse import parse_qsl

    return dict(parse_qsl(url.partition("?")[2]))
