"""The Slack source and the simulator that calls it, over real sockets."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import aiohttp
import pytest

from parvis.core.post import BLOB
from parvis.plug.darkroom import Darkroom
from parvis.plug.http import Http
from parvis.plug.testkit import ManualClock, MemoryShelf, MemoryVault, tools
from parvis.sim import serving
from parvis.sim.slack import OTHER, SECRET, Draft, World, serve
from parvis.sim.steer import Refusal
from parvis.sources import slack
from parvis.sources.slack import Slack
from tests.contract.sources.called import Called, doors
from tests.pictures import PLACE, picture
from tests.waiting import until


class Room(NamedTuple):
    """A workspace, the door that it calls, and what stands on the wall."""

    world: World
    called: Called[Slack]
    shelf: MemoryShelf
    clock: ManualClock
    door: str

    def post(self, text: str = "", **more: Any) -> str:
        return self.world.post(Draft(text, **more))

    async def told(self) -> None:
        """Every call was taken."""
        await until(lambda: not self.world.calls.due)


@contextlib.asynccontextmanager
async def opened(**settings: Any) -> AsyncIterator[Room]:
    clock, shelf, darkroom = ManualClock(), MemoryShelf(), Darkroom(1)
    world = World(again_s=0.01, now_s=lambda: clock() // 1000)
    behind: list[Called[Slack]] = []
    async with serving(serve(world)) as url, doors(behind) as address:
        http = Http(allow_private=[url.partition("://")[2]])
        source = slack.open_source(
            tools(
                {"server": f"{url}/api"} | settings,
                folder=slack.__file__,
                http=http,
                vault=MemoryVault({"signing_secret": SECRET, "token": SECRET}),
                shelf=shelf,
                darkroom=darkroom,
                clock=clock,
            )
        )
        source._calls.within_s = 20.0
        behind.append(Called(source, clock))
        world.base, world.calls.to = url, f"{address}hook"
        try:
            yield Room(world, behind[0], shelf, clock, f"{address}hook")
        finally:
            await source.close()
            await http.close()
            await darkroom.close()


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    async with opened() as found:
        yield found


async def test_a_message_its_edit_and_its_deletion(room: Room) -> None:
    id_ = room.post("Hello <@U0BO> :quay:")
    room.post("not for us", channel=OTHER)
    room.post("a robot", user="U0ROBOT")
    await room.told()
    (post,) = room.called.wall.values()
    assert post.text == "Hello @Bo :quay:" and post.author is not None
    assert post.author.name == "Ada Marsh"
    assert [each.type for each in post.entities] == ["mention", "emoji"]
    room.world.edit(id_, "Hello again")
    await room.told()
    (edited,) = room.called.wall.values()
    assert (edited.key, edited.text) == (post.key, "Hello again")
    assert edited.version != post.version
    room.world.delete(id_)
    await room.told()
    assert not room.called.wall and set(room.called.statuses) == {200}
    assert b"square.example" not in b"".join(raw.body for raw in room.called.raws)


async def test_answers_in_threads_only_where_they_are_wanted(room: Room) -> None:
    first = room.post("first")
    room.post("answer", thread=first)
    room.post("to all", thread=first, more={"subtype": "thread_broadcast"})
    await room.told()
    assert room.called.texts() == ["first", "to all"]
    async with opened(threads=True) as other:
        first = other.post("first")
        other.post("answer", thread=first)
        await other.told()
        assert other.called.texts() == ["answer", "first"]


async def test_a_picture_is_copied_with_the_token(room: Room) -> None:
    room.world.files["p1"] = picture()
    room.post("Look", photo="p1")
    await room.told()
    (post,) = room.called.wall.values()
    kept = await room.shelf.blobs.open(post.media[0].url.removeprefix(BLOB))
    assert PLACE.encode() not in kept and set(room.shelf.of.values()) == {post.key}


async def test_a_sign_in_page_in_place_of_a_picture_costs_it_alone(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    page = "<!doctype html>Sign in"
    room.world.refusals.put(Refusal("file", 200, body=page, content_type="text/html"))
    room.post("Look", photo="p1")
    await room.told()
    assert room.called.texts() == ["Look"]
    assert any("files:read" in str(getattr(each, "says", "")) for each in caplog.records)


async def test_what_is_slow_is_sent_again_and_fetched_once(room: Room) -> None:
    room.world.files["p1"] = picture()
    room.called.source._calls.within_s = 0.0
    room.post("slow", photo="p1")
    await until(lambda: 503 in room.called.statuses)
    room.called.source._calls.within_s = 20.0
    await room.told()
    assert room.called.texts() == ["slow"] and room.world.asked.count("file") == 1


async def test_a_call_whose_answer_is_lost_and_a_late_one_change_nothing(room: Room) -> None:
    room.called.lost = 1
    id_ = room.post("first words")
    body = room.world.calls.due[0].body
    await room.told()
    assert room.called.statuses == [200, 200] and room.called.texts() == ["first words"]
    room.world.edit(id_, "second words")
    await room.told()
    room.world.calls.put(body)
    await room.told()
    assert room.called.texts() == ["second words"]


async def test_trouble_at_slack_is_waited_for(room: Room) -> None:
    slowed = Refusal("users.info", 200, 1, '{"ok": false, "error": "ratelimited"}')
    room.world.refusals.put(slowed)
    room.post("Hello")
    await room.told()
    assert room.called.statuses == [503, 200] and room.called.texts() == ["Hello"]


async def test_only_slack_is_answered(room: Room) -> None:
    body = b'{"type": "url_verification", "challenge": "c-42"}'
    async with aiohttp.ClientSession() as session:
        signed = room.world.headers(body, 0)
        async with session.post(room.door, data=body, headers=signed) as reply:
            assert (reply.status, await reply.text()) == (200, "c-42")
        async with session.post(room.door, data=body) as reply:
            assert reply.status == 401
        room.clock.advance(301)
        async with session.post(room.door, data=body, headers=signed) as reply:
            assert reply.status == 401, "recorded, and played again later"
        signed = room.world.headers(b"{", 0)
        async with session.post(room.door, data=b"{", headers=signed) as reply:
            assert reply.status == 400
    assert not room.called.raws


async def test_the_probe_says_which_workspace_and_what_is_wrong(room: Room) -> None:
    probe = await room.called.source.probe()
    assert probe.ok and "The square" in probe.says
    room.world.secret = "another"
    probe = await room.called.source.probe()
    assert not probe.ok and "credential token" in probe.says
