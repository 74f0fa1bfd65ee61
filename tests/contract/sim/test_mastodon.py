"""The Mastodon simulator, as a client that is not ours sees it."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import aiohttp
import pytest

from parvis import sim
from parvis.core.errors import Refused
from parvis.sim import serving
from parvis.sim.crowd import utterance
from parvis.sim.mastodon import World, serve
from parvis.sim.mastodon.html import as_html
from parvis.sim.mastodon.status import Draft
from tests.waiting import until


class Client:
    def __init__(self, world: World, url: str, session: aiohttp.ClientSession) -> None:
        self.world = world
        self.url = url
        self.session = session

    async def told(self, path: str, **body: Any) -> Any:
        async with self.session.post(f"{self.url}/sim/{path}", json=body) as reply:
            return await reply.json()

    async def get(self, path: str, **headers: str) -> tuple[int, Any, Any]:
        async with self.session.get(self.url + path, headers=headers) as reply:
            body = await (reply.json() if "json" in reply.content_type else reply.text())
            return reply.status, body, reply.headers


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    world = World(beat_s=0.05)
    async with serving(serve(world)) as url, aiohttp.ClientSession() as session:
        yield Client(world, url, session)


async def test_a_stream_greets_beats_and_tells(client: Client) -> None:
    stream = f"{client.url}/api/v1/streaming/hashtag?tag=parvis"
    async with client.session.get(stream) as reply:
        assert reply.status == 200
        assert reply.content_type == "text/event-stream"
        assert reply.headers["Cache-Control"] == "no-store"
        assert reply.headers["Transfer-Encoding"] == "chunked"
        assert await reply.content.readline() == b":)\n"
        assert await reply.content.readline() == b":thump\n"
        status = await client.told("post", text="Hello #parvis")
        await client.told("delete", id=status["id"])
        lines = [b""]
        while b"delete" not in lines[-1]:
            lines.append((await reply.content.readline()).rstrip(b"\n"))
        heard = [line for line in lines if not line.startswith(b":")]
        assert heard[1] == b"event: update" and heard[2].startswith(b'data: {"id":')
        assert heard[3:] == [b"", b"event: delete"]
        assert await reply.content.readline() == f"data: {status['id']}\n".encode()


async def test_a_torn_stream_ends_without_an_end(client: Client) -> None:
    async with client.session.get(f"{client.url}/api/v1/streaming/public") as reply:
        await until(lambda: bool(client.world.listeners))
        await client.told("cut")
        with pytest.raises(aiohttp.ClientPayloadError):
            await reply.read()


async def test_websocket_frames_are_double_encoded(client: Client) -> None:
    address = f"{client.url}/api/v1/streaming?stream=hashtag&tag=parvis"
    async with client.session.ws_connect(address) as socket:
        await socket.send_json({"type": "subscribe", "stream": "hashtag", "tag": "other"})
        await socket.send_json({"type": "subscribe", "stream": "nonsense"})
        assert await socket.receive_json() == {"error": "Unknown channel requested", "status": 400}
        await until(lambda: len(client.world.listeners) == 2)
        status = await client.told("post", text="Hello #parvis")
        frame = await socket.receive_json()
        assert frame["stream"] == ["hashtag", "parvis"] and frame["event"] == "update"
        assert isinstance(frame["payload"], str) and status["uri"] in frame["payload"]
        await client.told("delete", id=status["id"])
        assert (await socket.receive_json())["payload"] == status["id"]
        await socket.send_json({"type": "unsubscribe", "stream": "hashtag", "tag": "other"})
        await until(lambda: len(client.world.listeners) == 1)
    await until(lambda: not client.world.listeners)


async def test_tokens_are_taken_in_three_ways_and_refused_in_two(client: Client) -> None:
    client.world.stream_open = False
    stream = "/api/v1/streaming/hashtag?tag=x"
    assert (await client.get(stream))[:2] == (401, {"error": "Error: Missing access token"})
    wrong = await client.get(stream, Authorization="Bearer wrong")
    assert wrong[:2] == (401, {"error": "Error: Invalid access token"})
    socket = f"{client.url}/api/v1/streaming?stream=user"
    async with client.session.ws_connect(socket, protocols=("sim-token",)):
        await until(lambda: len(client.world.listeners) == 1)
    for address, headers in (
        (f"{stream}&access_token=sim-token", {}),
        (stream, {"Authorization": "Bearer sim-token"}),
    ):
        async with client.session.get(client.url + address, headers=headers) as reply:
            assert reply.status == 200


async def test_errors_are_worded_as_the_real_ones(client: Client) -> None:
    assert (await client.get("/api/v1/streaming/health"))[:2] == (200, "OK")
    unknown = await client.get("/api/v1/streaming/nonsense")
    assert unknown[:2] == (400, {"error": "Unknown channel requested"})
    assert (await client.get("/api/v1/statuses/0"))[:2] == (404, {"error": "Record not found"})
    assert (await client.get("/api/v9/what"))[0] == 404
    client.world.rest_open = False
    status, body, _ = await client.get("/api/v1/timelines/tag/x")
    assert (status, body) == (401, {"error": "This method requires an authenticated user"})
    client.world.rest_open, client.world.hashtag_feeds = True, "disabled"
    await client.told("post", text="Hello #x")
    assert (await client.get("/api/v1/timelines/tag/x"))[:2] == (200, [])


async def test_pages_link_to_their_neighbours(client: Client) -> None:
    ids = [(await client.told("post", text=f"{n} #parvis"))["id"] for n in range(7)]
    timeline = "/api/v1/timelines/tag/Parvis"
    _, page, headers = await client.get(f"{timeline}?limit=2")
    assert [status["id"] for status in page] == [ids[6], ids[5]]
    link = headers["Link"]
    assert f"max_id={ids[5]}" in link and f"min_id={ids[6]}" in link
    assert re.search(r'rel="next".*rel="prev"', link)
    pages = {
        f"max_id={ids[5]}": [ids[4], ids[3]],
        f"min_id={ids[1]}": [ids[3], ids[2]],
        f"since_id={ids[1]}": [ids[6], ids[5]],
    }
    for query, expected in pages.items():
        _, page, _ = await client.get(f"{timeline}?limit=2&{query}")
        assert [status["id"] for status in page] == expected, query
    await client.told("post", text="both #parvis #live")
    for query, count in (("all[]=live", 1), ("none[]=live", 7), ("any[]=nothing", 8)):
        assert len((await client.get(f"{timeline}?limit=40&{query}"))[1]) == count, query


async def test_several_statuses_are_told_at_once(client: Client) -> None:
    ids = [(await client.told("post", text=f"{n} #parvis"))["id"] for n in range(3)]
    secret = (await client.told("post", text="hush", visibility="private"))["id"]
    asked = "&".join(f"id[]={id_}" for id_ in (ids[2], ids[0], secret, "77", ids[0]))
    status, page, _ = await client.get(f"/api/v1/statuses?{asked}")
    assert status == 200 and {one["id"] for one in page} == {ids[0], ids[2]} and len(page) == 2
    assert (await client.get("/api/v1/statuses"))[1] == []
    many = "&".join(f"id[]={n}" for n in range(21))
    assert (await client.get(f"/api/v1/statuses?{many}"))[0] == 422
    await client.told("settings", several=False)
    assert (await client.get(f"/api/v1/statuses?{asked}"))[0] == 404


OWNER = {"Authorization": "Bearer sim-token"}


async def test_a_mention_notifies_the_owner(client: Client) -> None:
    status = await client.told("post", text="@parvis and @bo@harbour.example hello")
    names = [row["acct"] for row in status["mentions"]]
    assert names == ["parvis", "bo@harbour.example"]
    await client.told("post", text="nobody @parvis@elsewhere.example")
    await client.told("notify", type="favourite", id=status["id"])
    _, page, headers = await client.get("/api/v1/notifications", **OWNER)
    assert [(row["type"], row["status"]["id"]) for row in page] == [
        ("favourite", status["id"]),
        ("mention", status["id"]),
    ]
    assert page[1]["account"]["acct"] == "ada" and page[1]["group_key"].startswith("ungrouped-")
    assert f"limit=40&max_id={page[1]['id']}" in headers["Link"]
    second = await client.told("post", text="@parvis again")
    mentions = "/api/v1/notifications?types[]=mention&limit=1"
    _, newest, headers = await client.get(mentions, **OWNER)
    assert [row["status"]["id"] for row in newest] == [second["id"]]
    assert "types%5B%5D=mention" in headers["Link"]
    _, after, _ = await client.get(f"{mentions}&min_id={page[1]['id']}", **OWNER)
    assert after == newest
    await client.told("delete", id=second["id"])
    assert (await client.get(f"{mentions}&since_id={page[1]['id']}", **OWNER))[1] == []


async def test_notifications_need_a_token_and_its_scope(client: Client) -> None:
    path = "/api/v1/notifications"
    assert (await client.get(path))[:2] == (401, {"error": "The access token is invalid"})
    await client.told("settings", scopes=["read:statuses"])
    outside = {"error": "This action is outside the authorized scopes"}
    assert (await client.get(path, **OWNER))[:2] == (403, outside)
    missing = await client.get("/api/v1/streaming/user/notification", **OWNER)
    assert missing[:2] == (401, {"error": "Access token does not have the required scopes"})
    assert (await client.get("/api/v1/streaming/user"))[0] == 401
    await client.told("settings", scopes=["read:notifications"])
    assert (await client.get(path, **OWNER))[0] == 200
    assert (await client.get("/api/v1/streaming/user", **OWNER))[0] == 401


async def test_the_owners_stream_has_notifications_and_who_is_followed(client: Client) -> None:
    await client.told("settings", follows=["chidi"])
    heard: dict[str, list[str]] = {"user": [], "user/notification": []}
    async with (
        client.session.get(f"{client.url}/api/v1/streaming/user", headers=OWNER) as user,
        client.session.get(
            f"{client.url}/api/v1/streaming/user/notification", headers=OWNER
        ) as own,
    ):
        await client.told("post", text="strange", author="ada")
        await client.told("post", text="followed", author="chidi")
        status = await client.told("post", text="@parvis hello", author="ada")
        await client.told("delete", id=status["id"])
        await client.told("say", event="announcement", data="{}")
        for name, reply in (("user", user), ("user/notification", own)):
            while "announcement" not in heard[name]:
                line = (await reply.content.readline()).decode().strip()
                if line.startswith("event: "):
                    heard[name].append(line.removeprefix("event: "))
    assert heard["user"] == ["update", "notification", "delete", "announcement"]
    assert heard["user/notification"] == ["notification", "announcement"]


async def test_a_token_without_notifications_hears_none_on_its_stream(client: Client) -> None:
    await client.told("settings", scopes=["read:statuses"], follows=["ada"])
    async with client.session.get(f"{client.url}/api/v1/streaming/user", headers=OWNER) as user:
        await client.told("post", text="@parvis hello", author="ada")
        await client.told("say", event="announcement", data="{}")
        events = []
        while "announcement" not in events:
            line = (await user.content.readline()).decode().strip()
            if line.startswith("event: "):
                events.append(line.removeprefix("event: "))
    assert events == ["update", "announcement"]


async def test_the_allowance_is_told_and_ends(client: Client) -> None:
    client.world.limit = 2
    left = []
    for _ in range(3):
        status, body, headers = await client.get("/api/v1/timelines/public")
        left.append((status, headers["X-RateLimit-Remaining"]))
        assert datetime.fromisoformat(headers["X-RateLimit-Reset"]).tzinfo is not None
    assert left == [(200, "1"), (200, "0"), (429, "0")]
    assert body == {"error": "Too many requests"}


async def test_an_edit_has_a_later_time_each_time(client: Client) -> None:
    status = await client.told("post", text="one #parvis", author="bo@harbour.example")
    assert status["uri"].startswith("https://harbour.example/users/bo/statuses/")
    times = [
        (await client.told("edit", id=status["id"], text=f"{n}"))["edited_at"] for n in range(3)
    ]
    assert times == sorted(set(times))


async def test_what_is_not_understood_is_said(client: Client) -> None:
    assert "error" in await client.told("post", words="no text")
    assert "There is no setting speed" in (await client.told("settings", speed=3))["error"]
    await client.told("settings", limit=7)
    assert client.world.limit == 7
    assert (await client.told("edit", id="0", text="x")) == {"error": "Record not found"}


async def test_the_crowd_posts_at_its_rate_and_a_burst_at_once() -> None:
    world = World()
    async with serving(serve(world, rate=200, tag="square")):
        await until(lambda: len(world.statuses) > 60)
    assert all("square" in [row["name"] for row in s["tags"]] for s in world.statuses.values())
    assert any(status["edited_at"] for status in world.statuses.values())
    assert utterance(3, "a") == utterance(3, "a") != utterance(4, "a")


def test_words_become_html_and_nothing_else() -> None:
    html = as_html("<b> & #tag\nhttps://example.org/" + "a" * 40, "https://square.example")
    assert html.startswith("<p>&lt;b&gt; &amp; <a ") and "<br />" in html
    assert '<span class="ellipsis">example.org/aaaaaaaaaaaaaaaaaa</span>' in html


def test_simulators_are_found() -> None:
    assert "mastodon" in sim.names()
    assert all(sim.find(name).SUMMARY for name in sim.names())


async def test_an_asgi_simulator_is_served_and_stopped() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b""})

    async with serving(app) as url, aiohttp.ClientSession() as session:
        async with session.get(url) as reply:
            assert reply.status == 204
        port = int(url.rpartition(":")[2])
        with pytest.raises(Refused, match="choose another --port"):
            async with serving(app, port=port):
                pass


async def test_the_command_serves_until_it_is_told_to_stop() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "parvis", "sim", "mastodon", "--rate", "50", "--tag", "here",
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    ready = (await process.stdout.readline()).decode()
    url = ready.removeprefix("ready ").strip()

    async def crowded() -> bool:
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{url}/api/v1/timelines/tag/here") as reply,
        ):
            return len(await reply.json()) > 3

    await until(crowded)
    process.terminate()
    assert await process.wait() == 0


async def test_a_server_that_runs_for_days_keeps_what_is_recent() -> None:
    world = World(most=3)
    ids = [world.post(Draft(f"Number {n}"), "http://here")["id"] for n in range(5)]
    world.notify("favourite", ids[-1])
    assert list(world.statuses) == ids[2:]
    world.asked = [f"/{n}" for n in range(9)]
    world.post(Draft("@parvis hello"), "http://here")
    assert world.asked == ["/6", "/7", "/8"] and len(world.notified) <= 3


async def test_a_worlds_pictures_are_served(client: Client) -> None:
    client.world.pictures = {"dot.jpg": b"\xff\xd8\xff"}
    async with client.session.get(f"{client.url}/pictures/dot.jpg") as reply:
        assert (reply.status, reply.content_type) == (200, "image/jpeg")
        assert await reply.read() == b"\xff\xd8\xff"
    assert (await client.get("/pictures/other.jpg"))[0] == 404
