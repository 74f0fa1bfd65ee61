"""The shared client against real servers on loopback."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import pytest
from aiohttp import web

from parvis import __version__
from parvis.core.errors import Later, Refused
from parvis.plug.testkit import DictMemory
from tests.contract.plug.network import reply, town

JSON = {"Content-Type": "application/json; charset=utf-8"}


async def test_an_answer_comes_whole_with_who_we_are_and_what_we_ask() -> None:
    async with town({"/x": reply('{"a": 1}', headers={**JSON, "X-Two": "2"})}) as place:
        client = place.client(public_url="https://wall.example")
        got = await client.get(
            place.url("/x?z=%2B"),
            params={"q": "a b&c"},
            bearer="s3cret",
            accept=("application/json",),
        )
        asked = place.requests[0]
    assert (got.status, got.json(), got.headers["x-two"]) == (200, {"a": 1}, "2")
    assert got.url == place.url("/x?z=%2B&q=a+b%26c")
    assert dict(asked.query) == {"z": "+", "q": "a b&c"}
    assert asked.headers["User-Agent"] == f"parvis/{__version__} (+https://wall.example)"
    assert asked.headers["Authorization"] == "Bearer s3cret"
    assert asked.headers["Accept"] == "application/json"
    assert asked.headers["Host"] == f"a.test:{place.port}"


async def test_no_cookie_is_kept() -> None:
    async with town({"/x": reply("hi", headers={"Set-Cookie": "id=1; Path=/"})}) as place:
        client = place.client()
        await client.get(place.url("/x"))
        await client.get(place.url("/x"))
        assert "Cookie" not in place.requests[1].headers


@pytest.mark.parametrize(
    "body", ["<!DOCTYPE html><p>hi", "\n <html><body>Log in</body></html>", "\ufeff<html>"]
)
@pytest.mark.parametrize("kind", ["text/html", "application/json"])
async def test_a_page_where_json_was_expected_is_said(body: str, kind: str) -> None:
    async with town({"/x": reply(body, headers={"Content-Type": kind})}) as place:
        with pytest.raises(Refused, match="a web page where JSON was expected; is the address"):
            await place.client().get(place.url("/x"), accept=("application/json",))


@pytest.mark.parametrize(
    ("found", "accept", "passes"),
    [
        ("application/activity+json", ("application/json",), True),
        ("application/rss+xml", ("application/xml", "text/xml"), True),
        ("image/png", ("image/*",), True),
        ("text/plain", ("application/json",), False),
        ("application/jsonp", ("application/json",), False),
        ("application/octet-stream", ("application/xml",), False),
    ],
)
async def test_only_the_asked_content_types_pass(
    found: str, accept: tuple[str, ...], passes: bool
) -> None:
    async with town({"/x": reply("{}", headers={"Content-Type": found})}) as place:
        asking = place.client().get(place.url("/x"), accept=accept)
        if passes:
            assert (await asking).content_type == found
        else:
            with pytest.raises(Refused, match="was expected"):
                await asking


async def test_json_that_is_cut_is_for_later() -> None:
    async with town({"/x": reply('{"a": [1, 2', headers=JSON)}) as place:
        got = await place.client().get(place.url("/x"), accept=("application/json",))
        with pytest.raises(Later, match="cannot be read"):
            got.json()


async def test_validators_go_round_by_the_callers_cursor() -> None:
    async def page(request: web.Request) -> web.StreamResponse:
        if request.headers.get("If-None-Match") == '"v1"':
            return web.Response(status=304)
        return web.Response(text="news", headers={"ETag": '"v1"', "Last-Modified": "yesterday"})

    async with town({"/x": page}) as place:
        client = place.client()
        first = await client.get(place.url("/x"), conditional="")
        again = await client.get(place.url("/x"), conditional=first.validators)
        garbled = await client.get(place.url("/x"), conditional='{"e": 3')
    assert (first.body, first.not_modified) == (b"news", False)
    assert (again.status, again.not_modified, again.body) == (304, True, b"")
    assert place.requests[1].headers["If-Modified-Since"] == "yesterday"
    assert garbled.status == 200


async def test_memory_remembers_an_answer_only_once_the_caller_came_back() -> None:
    async def page(request: web.Request) -> web.StreamResponse:
        known = request.headers.get("If-None-Match") == '"v1"'
        return web.Response(status=304) if known else web.Response(headers={"ETag": '"v1"'})

    async with town({"/x": page}) as place:
        memory, root = DictMemory(), place.client()
        client = root.scoped("feed", memory=memory)
        assert (await client.get(place.url("/x"), conditional=True)).status == 200
        assert memory.kept == {}  # a crash now must not lose the page
        fresh = root.scoped("feed", memory=memory)
        assert (await fresh.get(place.url("/x"), conditional=True)).status == 200
        assert (await fresh.get(place.url("/x"), conditional=True)).status == 304
        restarted = root.scoped("feed", memory=memory)
        assert (await restarted.get(place.url("/x"), conditional=True)).status == 304
        assert (await restarted.get(place.url("/x"))).status == 200


async def test_a_post_is_sent_as_json_form_or_bytes_and_follows_nothing() -> None:
    bodies: list[tuple[str, bytes]] = []

    async def take(request: web.Request) -> web.StreamResponse:
        bodies.append((request.headers["Content-Type"], await request.read()))
        return web.Response(text="ok")

    moved = reply(status=307, headers={"Location": "/x"})
    async with town({"/x": take, "/moved": moved}) as place:
        client = place.client()
        await client.post(place.url("/x"), json={"é": 1})
        await client.post(place.url("/x"), form={"a": "b c", "d": "é"})
        await client.post(place.url("/x"), body=b"\x00", content_type="image/png")
        with pytest.raises(Refused, match="another address"):
            await client.post(place.url("/moved"), json={})
    assert bodies == [
        ("application/json", '{"é":1}'.encode()),
        ("application/x-www-form-urlencoded", b"a=b+c&d=%C3%A9"),
        ("image/png", b"\x00"),
    ]


@pytest.mark.parametrize(
    "url", ["", "a.test", "ftp://a.test/", "http://", "http://[::1", "http://a:b/"]
)
async def test_a_wrong_address_is_said_in_a_sentence(url: str) -> None:
    async with town({}) as place:
        with pytest.raises(Refused) as refused:
            await place.client().get(url)
    assert str(refused.value).count(".") >= 1 and "Traceback" not in str(refused.value)


async def test_a_header_with_a_line_break_is_refused() -> None:
    async with town({"/x": reply()}) as place:
        with pytest.raises(Refused, match="line break"):
            await place.client().get(place.url("/x"), bearer="a\r\nX-Evil: 1")
    assert not place.requests


async def test_a_cancelled_request_harms_nobody() -> None:
    gate = asyncio.Event()

    async def slow(request: web.Request) -> web.StreamResponse:
        gate.set()
        await asyncio.Event().wait()
        return web.Response()

    async with town({"/slow": slow, "/x": reply("ok")}) as place:
        client = place.client()
        task = asyncio.create_task(client.get(place.url("/slow")))
        await gate.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await client.get(place.url("/x"))).body == b"ok"


def _told(folder: object) -> Iterator[dict[str, object]]:
    from pathlib import Path

    for path in sorted(Path(str(folder)).glob("*.json")):
        yield json.loads(path.read_text(encoding="utf-8"))


async def test_recording_writes_every_exchange_without_secrets(tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path)) / "rec"
    said = '{"access_token": "sup3rsecret", "text": "hello"}'
    routes = {
        "/x": reply(said, headers={**JSON, "Set-Cookie": "id=sup3rsecret"}),
        "/no": reply("denied to sup3rsecret", status=401),
        "/img": reply(b"\xff\xd8\x00"),
        "/s": reply(b"a\nb\n"),
    }
    async with town(routes) as place:
        client = place.client(record=folder)
        await client.get(
            place.url("/x"), params={"api_key": "sup3rsecret", "q": "tag"}, bearer="sup3rsecret"
        )
        with pytest.raises(Refused):
            await client.get(place.url("/no"), bearer="sup3rsecret")
        await client.get(place.url("/img"), headers={"Cookie": "sup3rsecret"})
        async with client.stream(place.url("/s")) as stream:
            assert [line async for line in stream.lines()] == [b"a", b"b"]
    texts = [path.read_text(encoding="utf-8") for path in folder.iterdir()]
    assert len(texts) == 4 and not any("sup3rsecret" in text for text in texts)
    first, second, third, fourth = _told(folder)
    assert first["request"]["url"].endswith("/x?api_key=redacted&q=tag")  # type: ignore[index]
    assert '"text": "hello"' in first["response"]["text"]  # type: ignore[index]
    assert second["response"]["status"] == 401  # type: ignore[index]
    assert third["response"]["base64"]  # type: ignore[index]
    assert fourth["response"]["text"] == "a\nb\n"  # type: ignore[index]
