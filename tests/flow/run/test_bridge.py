"""A whole house tells a real receiver, over real sockets, what happens on its wall."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from parvis.core.errors import Refused
from parvis.core.post import DisplayPolicy
from parvis.flow import deliver
from parvis.run.settings import load
from parvis.run.wire_up import open_house
from tests.receiver import BRIDGE, Receiver
from tests.street import EVENT, KEY, SECRET, Street
from tests.waiting import until

Shown = list[tuple[str, str]]


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Receiver:
    monkeypatch.setenv("TEST_WEBHOOK_SECRET", SECRET)
    monkeypatch.setattr(deliver, "FIRST_WAIT_S", 0.001)
    return Receiver()


@asynccontextmanager
async def house(folder: Path, receiver: Receiver, event: str = "") -> AsyncIterator[Street]:
    """A running house whose wall tells the receiver; stopped cleanly."""
    address = f"127.0.0.1:{receiver.port}"
    text = event or EVENT + BRIDGE.format(url=f"http://{address}/hook")
    given = {"data": str(folder), "key": KEY, "allow_private": (address,)}
    opened = await open_house(load(given, {}))
    try:
        await opened.declaring.apply(text)
        await opened.start()
        opened.declaring.runs = True
        yield Street(opened)
    finally:
        await opened.stop()


async def told(receiver: Receiver, expected: Shown) -> None:
    await until(lambda: len(receiver.got) >= len(expected), within_s=20)
    assert receiver.told() == expected


async def health(street: Street) -> dict[str, Any]:
    answer = await street.get("/api/walls/square/health", key=True)
    [row] = json.loads(answer.body)["bridges"]
    return dict(row)


async def says(street: Street, words: str) -> dict[str, Any]:
    async def said() -> dict[str, Any] | None:
        rows = await street.house.engine.bridge_health("square")
        return await health(street) if rows and words in rows[0].says else None

    return await until(said, within_s=20) or {}


async def test_a_receiver_hears_what_is_shown_and_what_goes(
    receiver: Receiver, tmp_path: Path
) -> None:
    async with receiver.listening(), house(tmp_path, receiver) as street:
        key = await street.tell("1", "Hello")
        await told(receiver, [("card.shown", "Hello")])
        await street.post("/api/posts/withdraw", {"post": key, "why": "asked"})
        await told(receiver, [("card.shown", "Hello"), ("card.gone", "")])
        shown, gone = (each["data"] for each in receiver.got.values())
        assert (shown["post"], shown["ref"]) == (gone["post"], gone["ref"])
        row = await says(street, "Telling.")
        assert (row["healthy"], row["aside"]) == (True, 0)
        notice = (await street.get("/notice/square")).body.decode()
        assert "Other systems of whoever runs this wall (Webhook out) are told" in notice
        figures = (await street.get("/metrics")).body.decode()
        assert 'parvis_bridge_healthy{wall="square",bridge="out"} 1' in figures


async def test_a_house_that_was_stopped_goes_on_where_it_was(
    receiver: Receiver, tmp_path: Path
) -> None:
    async with receiver.listening() as url:
        async with house(tmp_path, receiver) as street:
            await street.tell("1", "One")
            await told(receiver, [("card.shown", "One")])
        async with house(tmp_path, receiver, EVENT) as street:
            pass  # the bridge was taken out of the file
        off = EVENT + BRIDGE.format(url=url).replace("plugin", "enabled = false\nplugin")
        async with house(tmp_path, receiver, off) as street:
            assert "Other systems" not in (await street.get("/notice/square")).body.decode()
            await street.tell("2", "Two", name="Bea")
            assert json.loads(
                (await street.get("/api/walls/square/health", key=True)).body
            )["bridges"] == []  # fmt: skip
        async with house(tmp_path, receiver) as street:
            await street.tell("3", "Three", name="Cem")
            expected = [("card.shown", text) for text in ("One", "Two", "Three")]
            await told(receiver, expected)
        assert receiver.calls == 3


async def test_nobody_listens_then_somebody_does(receiver: Receiver, tmp_path: Path) -> None:
    async with receiver.listening():
        pass  # it has an address now, and is not there
    async with house(tmp_path, receiver) as street:
        for number in ("1", "2", "3"):
            await street.tell(number, f"Number {number}", name=f"P{number}")
        assert len(await street.cards()) == 3
        row = await says(street, "cannot be reached")
        assert (row["healthy"], row["told_seq"]) == (False, 0)
        async with receiver.listening():
            await told(receiver, [("card.shown", f"Number {n}") for n in (1, 2, 3)])
            assert (await says(street, "Telling."))["healthy"]


async def test_what_is_refused_is_set_aside(receiver: Receiver, tmp_path: Path) -> None:
    async with receiver.listening(), house(tmp_path, receiver) as street:
        receiver.status = 410
        await street.tell("1", "One")
        row = await says(street, "gone for good")
        assert (row["healthy"], row["aside"]) == (False, 1)
        receiver.status = 200
        await street.tell("2", "Two", name="Bea")
        await told(receiver, [("card.shown", "Two")])
        row = await says(street, "Telling.")
        assert (row["healthy"], row["aside"]) == (True, 1)
        assert "gone for good" in row["last_aside"]
        figures = (await street.get("/metrics")).body.decode()
        assert 'parvis_bridge_set_aside{wall="square",bridge="out"} 1' in figures


async def test_only_ids_leave_where_the_network_says_so(receiver: Receiver, tmp_path: Path) -> None:
    async with receiver.listening(), house(tmp_path, receiver) as street:
        street.allow("webhook", DisplayPolicy(redistribute="ids_only"))
        key = await street.tell("1", "Hello")
        await told(receiver, [("card.shown", "")])
        [message] = receiver.got.values()
        assert message["data"]["post"] == key
        assert set(message["data"]) == {"wall", "post", "ref", "seq", "network", "permalink"}
        street.allow("webhook", DisplayPolicy(redistribute="none"))
        await street.tell("2", "Another", name="Bea")
        await told(receiver, [("card.shown", ""), ("card.shown", "")])
        data = list(receiver.got.values())[1]["data"]
        assert set(data) == {"wall", "post", "ref", "seq"}
        assert data["post"] == data["ref"]
        assert "webhook" not in data["post"]


async def test_declared_twice_it_is_one(receiver: Receiver, tmp_path: Path) -> None:
    async with receiver.listening() as url, house(tmp_path, receiver) as street:
        text = EVENT + BRIDGE.format(url=url)
        assert (await street.house.declaring.apply(text)).said == ()
        assert [spec.id for spec in await street.house.engine.bridges("square")] == ["out"]
        await street.tell("1", "One")
        await told(receiver, [("card.shown", "One")])
        assert "bridge out: removed" in (await street.house.declaring.apply(EVENT)).said
        await street.tell("2", "Two", name="Bea")
        again = await street.house.declaring.apply(text)
        assert again.said == ("bridge out: made",)
        await street.tell("3", "Three", name="Cem")
        await told(receiver, [("card.shown", "One"), ("card.shown", "Three")])


async def test_an_id_belongs_to_one_wall(receiver: Receiver, tmp_path: Path) -> None:
    async with receiver.listening() as url, house(tmp_path, receiver) as street:
        other = '[[wall]]\nid = "other"\ntitle = "T"\n' + BRIDGE.format(url=url)
        with pytest.raises(Refused, match=r"bridge id out .* already used by the wall square"):
            await street.house.declaring.apply(other)


async def test_a_missing_secret_is_told_and_nobody_is_called(
    receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with receiver.listening() as url:
        text = EVENT + BRIDGE.format(url=url).replace("TEST_WEBHOOK", "UNSET_WEBHOOK")
        async with house(tmp_path, receiver, text) as street:
            row = await says(street, "set the environment variable UNSET_WEBHOOK_SECRET")
            assert not row["healthy"]
            await street.tell("1", "Hello")
            assert len(await street.cards()) == 1
    assert receiver.calls == 0
