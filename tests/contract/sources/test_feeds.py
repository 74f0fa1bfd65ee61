"""The feed source and its simulator, over real sockets with the real client."""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from parvis.core.errors import Later, Refused
from parvis.core.post import Arrival, Gone, Post
from parvis.plug.door import Knock
from parvis.plug.http import Http
from parvis.plug.source import Source
from parvis.plug.testkit import DictMemory, tools
from parvis.sim import feeds, serving
from parvis.sim.feeds.publisher import Publisher
from parvis.sources.feed import open_source
from tests.waiting import until

FORMATS = ("rss", "atom", "json")
FOLDER = "src/parvis/sources/feed"


class Stage:
    """A simulator that serves, a source that reads it, and the door where its hub may knock."""

    def __init__(self, base: str, publisher: Publisher, source: Source) -> None:
        self.base = base
        self.publisher = publisher
        self.source = source
        self.pushed: list[Arrival] = []

    async def told(self, cursor: str) -> tuple[list[Arrival], str]:
        page = await self.source.poll(cursor)
        return [each for raw in page.raws for each in self.source.read(raw)], page.cursor

    async def sim(self, verb: str, **body: Any) -> Any:
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.base}/sim/{verb}", json=body) as answer,
        ):
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def knocked(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        body = await request.read()
        knock = Knock("push", request.method, headers, dict(request.query), body, clock())
        answer = await self.source.answer(knock)
        self.pushed += [each for raw in answer.raws for each in self.source.read(raw)]
        return web.Response(status=answer.status, body=answer.body)


def clock() -> int:
    return 1_790_000_000_000


@asynccontextmanager
async def stage(format_: str = "rss", path: str = "", **settings: Any) -> AsyncIterator[Stage]:
    parser = argparse.ArgumentParser()
    feeds.arguments(parser)
    app = feeds.build(parser.parse_args(["--entries", "3"]))
    behind: list[Stage] = []
    async with serving(app) as base, serving(door_to(behind)) as doors:
        http = Http(allow_private=[base.removeprefix("http://")])
        made = tools(
            {"url": base + (path or f"/feed.{format_}"), **settings},
            folder=FOLDER,
            http=http,
            memory=DictMemory(),
            public_url=f"{doors}/",
        )
        standing = Stage(base, app.state.publisher, open_source(made))
        behind.append(standing)
        try:
            yield standing
        finally:
            await http.close()


def door_to(behind: list[Stage]) -> web.Application:
    app = web.Application()

    async def knocked(request: web.Request) -> web.Response:
        return await behind[0].knocked(request)

    app.router.add_route("*", "/push", knocked)
    return app


def texts(told: list[Arrival]) -> list[str]:
    return [each.text for each in told if isinstance(each, Post)]


@pytest.mark.parametrize("format_", FORMATS)
async def test_posts_edits_and_deletions_arrive(format_: str) -> None:
    async with stage(format_) as on:
        told, cursor = await on.told("")
        assert len(told) == 3
        new = await on.sim("post", title="New", text="words", image="https://example.org/i.png")
        told, cursor = await on.told(cursor)
        assert texts(told)[-1] == "New\n\nwords"
        (key,) = {each.key for each in told if isinstance(each, Post) and "New" in each.text}
        assert [each.media[0].url for each in told if isinstance(each, Post) and each.media] == [
            "https://example.org/i.png"
        ]
        await on.sim("edit", id=new["id"], text="other words")
        told, cursor = await on.told(cursor)
        edited = [each for each in told if isinstance(each, Post) and each.key == key]
        assert [each.text for each in edited] == ["New\n\nother words"]
        await on.sim("delete", id=new["id"])
        told, cursor = await on.told(cursor)
        assert [each.key for each in told if isinstance(each, Gone)] == [key]


@pytest.mark.parametrize("format_", FORMATS)
async def test_an_unchanged_feed_is_not_sent_again(format_: str) -> None:
    async with stage(format_) as on:
        _, cursor = await on.told("")
        told, _ = await on.told(cursor)
        assert told == [] and on.publisher.not_modified == 1


@pytest.mark.parametrize("format_", FORMATS)
async def test_the_hub_pushes_what_is_new(format_: str) -> None:
    async with stage(format_) as on:
        await on.told("")
        await until(lambda: on.publisher.subscribers)
        await on.sim("post", title="At once", text="")
        await until(lambda: "At once" in texts(on.pushed))


@pytest.mark.parametrize("signature", ["sha1", "sha256", "sha384", "sha512"])
async def test_every_signature_of_a_hub_is_understood(signature: str) -> None:
    async with stage() as on:
        on.publisher.signature = signature
        await on.told("")
        await until(lambda: on.publisher.subscribers)
        await on.sim("post", title="Signed", text="")
        await until(lambda: "Signed" in texts(on.pushed))


async def test_failures_are_said_and_heal() -> None:
    async with stage() as on:
        _, cursor = await on.told("")
        await on.sim("break", how="429")
        with pytest.raises(Later) as later:
            await on.told(cursor)
        assert later.value.retry_after_s == feeds.RETRY_AFTER_S


@pytest.mark.parametrize(
    ("how", "error", "said"),
    [
        ("500", Later, "trouble"),
        ("gone", Refused, "gone for good"),
        ("garbage", Refused, "no feed"),
        ("page", Refused, "web page"),
    ],
)
async def test_each_failure_has_its_sentence(how: str, error: type[Exception], said: str) -> None:
    async with stage() as on:
        await on.sim("break", how=how, times=1)
        with pytest.raises(error, match=said):
            await on.told("")
        probe = await on.source.probe()
        assert probe.ok or "trouble" in probe.says, probe


async def test_a_moved_feed_is_followed_and_named() -> None:
    async with stage() as on:
        await on.sim("break", how="moved")
        told, _ = await on.told("")
        assert len(told) == 3
        probe = await on.source.probe()
        assert f"It has moved to {on.base}/moved.rss: set that as url." in probe.says


async def test_a_cut_feed_gives_its_whole_entries() -> None:
    async with stage() as on:
        await on.sim("break", how="cut")
        told, _ = await on.told("")
        assert 0 < len(texts(told)) <= 3


async def test_a_page_names_the_feed_it_offers() -> None:
    async with stage(path="/") as on:
        probe = await on.source.probe()
        assert not probe.ok
        assert f"it offers the feed {on.base}/feed.rss: set that as url" in probe.says


async def test_the_simulator_refuses_what_it_does_not_know() -> None:
    async with stage() as on, aiohttp.ClientSession() as session:
        for path, body, status in (
            ("sim/break", {"how": "badly"}, 422),
            ("sim/edit", {"id": "nobody"}, 422),
            ("sim/dance", {}, 404),
            ("hub", {}, 400),
        ):
            async with session.post(f"{on.base}/{path}", json=body) as answer:
                assert answer.status == status
