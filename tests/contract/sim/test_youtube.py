"""The YouTube simulator, as a client that is not ours sees it."""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from parvis import sim
from parvis.core.errors import Refused
from parvis.plug.testkit import ManualClock
from parvis.sim import serving
from parvis.sim.youtube import World, serve

MORNING_MS = 1_795_593_600_000  # midnight in California
Answer = tuple[int, Any]


class Client:
    def __init__(self, world: World, clock: ManualClock, url: str, session: Any) -> None:
        self.world = world
        self.clock = clock
        self.url = url
        self.session: aiohttp.ClientSession = session

    async def told(self, verb: str, **body: Any) -> Answer:
        async with self.session.post(f"{self.url}/sim/{verb}", json=body) as reply:
            return reply.status, await reply.json()

    async def get(self, resource: str, key: str = "sim-key", **query: str) -> Answer:
        address = f"{self.url}/youtube/v3/{resource}"
        given = {"part": "snippet", **query} | ({"key": key} if key else {})
        async with self.session.get(address, params=given) as reply:
            return reply.status, await reply.json()

    async def published(self, title: str, **more: Any) -> str:
        self.clock.advance(1)
        _, told = await self.told("publish", title=title, **more)
        return str(told["id"])


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    clock = ManualClock(MORNING_MS)
    world = World(clock_ms=clock)
    async with serving(serve(world)) as url, aiohttp.ClientSession() as session:
        yield Client(world, clock, url, session)


def reason(answer: Answer) -> tuple[int, str]:
    status, told = answer
    assert told["error"]["code"] == status and told["error"]["message"]
    return status, told["error"]["errors"][0]["reason"]


async def test_a_key_is_wanted_and_known(client: Client) -> None:
    assert reason(await client.get("videos", key="", id="x")) == (403, "forbidden")
    status, told = await client.get("videos", key="other", id="x")
    assert status == 400 and told["error"]["details"][0]["reason"] == "API_KEY_INVALID"
    assert client.world.quota.spent == 0
    async with client.session.get(
        f"{client.url}/youtube/v3/videos?part=id&id=x", headers={"X-Goog-Api-Key": "sim-key"}
    ) as reply:
        assert reply.status == 200


async def test_units_are_counted_also_for_what_is_refused(client: Client) -> None:
    assert reason(await client.get("videos"))[0] == 400
    assert reason(await client.get("liveChat/messages", liveChatId="x")) == (
        404,
        "liveChatNotFound",
    )
    assert client.world.quota.spent == 6
    await client.told("settings", spent=10_000)
    status, told = await client.get("videos", id="x")
    error = told["error"]["errors"][0]
    assert (status, error["reason"], error["domain"]) == (403, "quotaExceeded", "youtube.quota")
    assert (await client.get("search", q="x"))[0] == 200, "searches have their own bucket"
    client.clock.advance(86_399)
    assert reason(await client.get("videos", id="x"))[0] == 403
    client.clock.advance(1)
    assert (await client.get("videos", id="x"))[0] == 200, "midnight in California"


async def test_a_hundred_searches_a_day(client: Client) -> None:
    await client.told("settings", searched=99)
    assert (await client.get("search", q="x"))[0] == 200
    spent = await client.get("search", q="x")
    assert reason(spent) == (429, "rateLimitExceeded")
    assert "Search Queries per day" in spent[1]["error"]["message"]
    assert (await client.get("videos", id="x"))[0] == 200


async def test_a_search_is_loose_and_escapes_its_titles(client: Client) -> None:
    first = await client.published("Tea & #parvis", description="long " * 100)
    await client.published("Nothing of that")
    last = await client.published("another PARVIS")
    _, told = await client.get("search", q="#parvis|bread", maxResults="50")
    assert [item["id"]["videoId"] for item in told["items"]] == [last, first]
    assert told["kind"] == "youtube#searchListResponse"
    assert told["items"][1]["snippet"]["title"] == "Tea &amp; #parvis"
    assert len(told["items"][1]["snippet"]["description"]) == 160
    after = told["items"][1]["snippet"]["publishedAt"]
    _, told = await client.get("search", q="parvis", publishedAfter=after)
    assert [item["id"]["videoId"] for item in told["items"]] == [last]
    assert reason(await client.get("search", q="x", publishedAfter="soon"))[0] == 400


async def test_private_videos_are_left_out_and_unlisted_ones_named(client: Client) -> None:
    ids = [await client.published(f"Number {number}") for number in range(3)]
    await client.told("show", id=ids[0], privacy="private")
    await client.told("show", id=ids[1], privacy="unlisted")
    _, told = await client.get("videos", id=",".join(ids), part="status,statistics")
    assert [item["id"] for item in told["items"]] == ids[1:]
    assert told["items"][0]["status"]["privacyStatus"] == "unlisted"
    assert "snippet" not in told["items"][0]
    assert isinstance(told["items"][0]["statistics"]["viewCount"], str)
    channel = client.world.channel("@square")
    _, told = await client.get("playlistItems", playlistId=f"UU{channel[2:]}")
    assert [item["snippet"]["resourceId"]["videoId"] for item in told["items"]] == [ids[2]]
    wrong = await client.get("playlistItems", playlistId="UUnobody")
    assert reason(wrong) == (404, "playlistNotFound")
    assert reason(await client.get("videos", id=",".join("x" * 51)))[0] == 400


async def test_channels_are_found_by_their_handle(client: Client) -> None:
    await client.published("Something")
    _, told = await client.get("channels", forHandle="@Square", part="id,contentDetails")
    (item,) = told["items"]
    assert item["contentDetails"]["relatedPlaylists"]["uploads"] == f"UU{item['id'][2:]}"
    _, told = await client.get("channels", forHandle="@nobody")
    assert "items" not in told


async def test_comments_can_be_turned_off(client: Client) -> None:
    video = await client.published("With comments")
    ids = [(await client.told("comment", video=video, text=t))[1]["id"] for t in ("a", "b")]
    _, told = await client.get("commentThreads", videoId=video, maxResults="100")
    heads = [item["snippet"]["topLevelComment"] for item in told["items"]]
    assert [head["id"] for head in heads] == ids[::-1]
    await client.told("edit", id=ids[0], text="mended")
    _, told = await client.get("comments", id=",".join(ids))
    first = told["items"][0]["snippet"]
    assert first["textDisplay"] == "mended" and first["updatedAt"] > first["publishedAt"]
    await client.told("mute", id=video)
    assert reason(await client.get("commentThreads", videoId=video)) == (403, "commentsDisabled")
    assert reason(await client.get("commentThreads", videoId="x")) == (404, "videoNotFound")


async def test_a_chat_has_pages_a_pace_and_an_end(client: Client) -> None:
    video = await client.published("Live", live=True)
    _, told = await client.get("videos", id=video, part="liveStreamingDetails")
    chat = told["items"][0]["liveStreamingDetails"]["activeLiveChatId"]
    first = (await client.told("say", video=video, text="hello"))[1]["id"]
    status, page = await client.get("liveChat/messages", liveChatId=chat)
    assert [item["id"] for item in page["items"]] == [first] and "offlineAt" not in page
    assert page["pollingIntervalMillis"] == 1526
    token = page["nextPageToken"]
    client.clock.advance(1.5)
    early = await client.get("liveChat/messages", liveChatId=chat, pageToken=token)
    assert reason(early) == (403, "rateLimitExceeded")
    client.clock.advance(0.026)
    status, page = await client.get("liveChat/messages", liveChatId=chat, pageToken=token)
    assert (status, page["items"], page["pollingIntervalMillis"]) == (200, [], 4966)
    await client.told("delete", id=first)
    await client.told("ban", video=video, author="@rude")
    await client.told("end", id=video)
    client.clock.advance(5)
    _, page = await client.get("liveChat/messages", liveChatId=chat, pageToken=token)
    kinds = [item["snippet"]["type"] for item in page["items"]]
    assert kinds == ["messageDeletedEvent", "userBannedEvent", "chatEndedEvent"]
    assert page["items"][0]["snippet"]["messageDeletedDetails"] == {"deletedMessageId": first}
    assert page["offlineAt"]
    client.clock.advance(5)
    _, whole = await client.get("liveChat/messages", liveChatId=chat)
    assert whole["items"][0]["snippet"]["type"] == "tombstone"
    client.clock.advance(5)
    over = {"liveChatId": chat, "pageToken": page["nextPageToken"]}
    assert reason(await client.get("liveChat/messages", **over)) == (403, "liveChatEnded")
    wrong = {"liveChatId": chat, "pageToken": "bm9uZQ=="}
    assert reason(await client.get("liveChat/messages", **wrong)) == (400, "pageTokenInvalid")
    few = {"liveChatId": chat, "maxResults": "5"}
    client.clock.advance(5)
    assert reason(await client.get("liveChat/messages", **few)) == (400, "invalidParameter")


async def test_the_hub_knows_its_own_topics_alone(client: Client) -> None:
    await client.published("Something")
    topic = "https://www.youtube.com/xml/feeds/videos.xml?channel_id="
    for channel, status in ((client.world.channel("@square"), 202), ("UCnobody", 404)):
        form = {
            "hub.mode": "subscribe",
            "hub.topic": topic + channel,
            "hub.callback": f"{client.url}/nowhere",
        }
        async with client.session.post(f"{client.url}/subscribe", data=form) as reply:
            assert reply.status == status
    assert not client.world.hub.subscribers, "nobody confirmed it"


@pytest.mark.parametrize(
    ("verb", "body", "status"),
    [
        ("publish", {}, 422),
        ("edit", {"id": "nobody", "text": "x"}, 404),
        ("delete", {"id": "nobody"}, 404),
        ("show", {"id": "nobody"}, 404),
        ("say", {"video": "nobody", "text": "x"}, 404),
        ("ban", {"video": "nobody", "author": "@x"}, 404),
        ("end", {"id": "nobody"}, 404),
        ("burst", {"count": 3}, 404),
        ("settings", {"unit": 3}, 422),
        ("refuse", {"what": "videos", "status": 500, "times": 1}, 200),
    ],
)
async def test_what_is_not_understood_is_said(
    client: Client, verb: str, body: dict[str, Any], status: int
) -> None:
    assert (await client.told(verb, **body))[0] == status


async def test_the_crowd_writes_in_the_newest_chat() -> None:
    simulator = sim.find("youtube")
    parser = argparse.ArgumentParser()
    simulator.arguments(parser)
    app = simulator.build(parser.parse_args(["--units", "50"]))
    async with serving(app) as url, aiohttp.ClientSession() as session:
        client = Client(World(), ManualClock(), url, session)
        assert (await client.told("burst", count=20))[0] == 200
        page = (await client.get("liveChat/messages", liveChatId="Chat-sim00000002"))[1]
        assert len(page["items"]) == 20 and "#parvis" in str(page["items"])
    with pytest.raises(Refused, match="rate"):
        simulator.build(parser.parse_args(["--rate", "-1"]))
