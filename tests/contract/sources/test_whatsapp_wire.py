"""The WhatsApp source and the simulator that calls it, over real sockets."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import aiohttp
import msgspec
import pytest

from parvis.core.post import BLOB, Gone
from parvis.plug.darkroom import Darkroom
from parvis.plug.http import Http
from parvis.plug.testkit import ManualClock, MemoryShelf, MemoryVault, tools
from parvis.sim import serving
from parvis.sim.steer import Refusal
from parvis.sim.whatsapp import World, serve
from parvis.sim.whatsapp.world import NUMBER, SECRET, Draft, number_of
from parvis.sources import whatsapp
from parvis.sources.whatsapp import WhatsApp
from tests.contract.sources.called import Called, doors
from tests.pictures import PLACE, picture
from tests.waiting import until


class Hall(NamedTuple):
    """A number, the door that it calls, and what stands on the wall."""

    world: World
    called: Called[WhatsApp]
    shelf: MemoryShelf
    door: str

    def post(self, text: str = "", **more: Any) -> str:
        return self.world.post(Draft(text, **more))

    async def told(self) -> None:
        """Every call was taken."""
        await until(lambda: not self.world.calls.due)


@contextlib.asynccontextmanager
async def opened(**settings: Any) -> AsyncIterator[Hall]:
    clock, shelf, darkroom = ManualClock(), MemoryShelf(), Darkroom(1)
    # its clock stands still: an edit and a deletion within one second are told apart
    world = World(again_s=0.01, now_s=lambda: clock() // 1000)
    behind: list[Called[WhatsApp]] = []
    async with serving(serve(world)) as url, doors(behind) as address:
        http = Http(allow_private=[url.partition("://")[2]])
        source = whatsapp.open_source(
            tools(
                {"server": url, "number": NUMBER} | settings,
                folder=whatsapp.__file__,
                http=http,
                vault=MemoryVault(dict.fromkeys(("app_secret", "verify_token", "token"), SECRET)),
                shelf=shelf,
                darkroom=darkroom,
                clock=clock,
            )
        )
        called = Called(source, clock)
        behind.append(called)
        world.calls.to = f"{address}hook"
        try:
            yield Hall(world, called, shelf, f"{address}hook")
        finally:
            await source.close()
            await http.close()
            await darkroom.close()


@pytest.fixture
async def hall() -> AsyncIterator[Hall]:
    async with opened() as found:
        yield found


async def test_a_message_its_edit_and_its_deletion(hall: Hall) -> None:
    id_ = hall.post("Hello wall", name="Ada Marsh")
    await hall.told()
    (post,) = hall.called.wall.values()
    assert post.text == "Hello wall" and post.author is not None
    assert post.author.name == "Ada Marsh"
    hall.world.edit(id_, "Hello again")
    await hall.told()
    (edited,) = hall.called.wall.values()
    assert (edited.key, edited.text) == (post.key, "Hello again")
    assert edited.version != post.version
    hall.world.revoke(id_)
    await hall.told()
    assert not hall.called.wall and set(hall.called.statuses) == {200}


async def test_no_number_goes_further_than_the_door(hall: Hall) -> None:
    hall.post("from me", author="ada")
    hall.post("and from me", author="bo", name="+" + number_of("bo"))
    await hall.told()
    kept = msgspec.json.encode(list(hall.called.wall.values())).decode()
    for author in ("ada", "bo"):
        assert number_of(author) not in kept
    assert "wamid" not in kept and len({p.author for p in hall.called.wall.values()}) == 2


async def test_a_picture_is_copied_while_its_address_is_good(hall: Hall) -> None:
    hall.world.files["p1"] = picture()
    id_ = hall.post("Look", photo="p1")
    await hall.told()
    (post,) = hall.called.wall.values()
    (shown,) = post.media
    kept = await hall.shelf.blobs.open(shown.url.removeprefix(BLOB))
    assert PLACE.encode() not in kept
    hall.world.edit(id_, "Look again")
    await hall.told()
    (edited,) = hall.called.wall.values()
    assert edited.text == "Look again" and edited.media == post.media


async def test_a_picture_that_is_away_is_asked_for_again_by_the_next_call(hall: Hall) -> None:
    hall.world.files["p1"] = picture()
    hall.world.refusals.put(Refusal("file", 429, 1))
    hall.post("late", photo="p1")
    await hall.told()
    assert hall.called.statuses == [503, 200]
    (post,) = hall.called.wall.values()
    assert len(post.media) == 1


async def test_a_picture_that_cannot_be_had_costs_itself_alone(hall: Hall) -> None:
    hall.world.files["page"] = b"<!doctype html>"
    hall.post("gone", photo="missing")
    hall.post("a page", photo="page")
    await hall.told()
    assert hall.called.texts() == ["a page", "gone"]
    assert not any(post.media for post in hall.called.wall.values())


async def test_what_is_slow_goes_on_and_is_fetched_once(hall: Hall) -> None:
    hall.world.files["p1"] = picture()
    hall.called.source._calls.within_s = 0.0
    hall.post("slow", photo="p1")
    await until(lambda: 503 in hall.called.statuses)
    hall.called.source._calls.within_s = 20.0
    await hall.told()
    assert hall.called.texts() == ["slow"] and hall.world.asked.count("file") == 1


async def test_a_call_whose_answer_is_lost_is_made_again_and_changes_nothing(hall: Hall) -> None:
    hall.called.lost = 1
    hall.post("once")
    await hall.told()
    assert hall.called.statuses == [200, 200] and hall.called.texts() == ["once"]
    versions = {each.version for each in hall.called.wall.values()}
    assert versions == {"1"}


async def test_a_late_message_never_undoes_its_edit(hall: Hall) -> None:
    hall.world.calls.to = "http://127.0.0.1:1/"
    id_ = hall.post("first words")
    late = hall.world.calls.due.popleft()
    hall.world.calls.to = hall.door
    hall.world.edit(id_, "second words")
    await hall.told()
    hall.world.calls.put(late.body)
    await hall.told()
    assert hall.called.texts() == ["second words"]


async def test_several_in_one_call_receipts_and_words_that_take_back(hall: Hall) -> None:
    first = hall.post("one")
    second = hall.post("two")
    await hall.told()
    hall.called.wall.clear()
    hall.world.tell(hall.world.messages[second], hall.world.messages[first])
    hall.world.delivered("wamid.ours")
    await hall.told()
    assert hall.called.texts() == ["one", "two"]
    hall.post("Delete", reply_to=first)
    await hall.told()
    assert hall.called.texts() == ["two"]
    hall.post("stop", author="bo")
    await hall.told()
    assert hall.called.texts() == ["two"], "nobody takes back what others sent"
    hall.post("stop")
    await hall.told()
    assert not hall.called.wall
    assert len([each for each in hall.called.arrivals if isinstance(each, Gone)]) == 3


async def test_only_meta_is_answered(hall: Hall) -> None:
    ask = {"hub.mode": "subscribe", "hub.verify_token": SECRET, "hub.challenge": "1158201444"}
    async with aiohttp.ClientSession() as session:
        async with session.get(hall.door, params=ask) as reply:
            assert (reply.status, await reply.text()) == (200, "1158201444")
        async with session.get(hall.door, params=ask | {"hub.verify_token": "no"}) as reply:
            assert reply.status == 403
        body = b'{"entry": []}'
        async with session.post(hall.door, data=body) as reply:
            assert reply.status == 401
        signed = hall.world.headers(b"{", 0)
        async with session.post(hall.door, data=b"{", headers=signed) as reply:
            assert reply.status == 400
    assert not hall.called.raws


async def test_the_probe_says_whose_number_it_is_and_what_is_wrong(hall: Hall) -> None:
    probe = await hall.called.source.probe()
    assert probe.ok and "The square" in probe.says
    hall.world.secret = "another"
    probe = await hall.called.source.probe()
    assert not probe.ok and "credential token" in probe.says
    async with opened(number="") as other:
        assert (await other.called.source.probe()).ok
