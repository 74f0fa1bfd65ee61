"""The shared client against real servers on loopback."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from aiohttp import web

from parvis import __version__
from parvis.core.errors import Later, Refused
from parvis.plug.manifest import Budget
from parvis.plug.testkit import DictMemory
from tests.contract.plug.network import closed_port, raw_server, reply, town

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
    ("status", "says"),
    [
        (400, "does not accept what we ask (400)"),
        (401, "check the token or key"),
        (403, "check that the token or account has the permission"),
        (404, "nothing at this address"),
        (410, "gone for good"),
        (422, "does not accept what we ask (422)"),
    ],
)
async def test_what_will_not_change_is_refused(status: int, says: str) -> None:
    async with town({"/x": reply("no", status=status)}) as place:
        with pytest.raises(Refused) as refused:
            await place.client().get(place.url("/x"))
    assert "a.test" in str(refused.value) and says in str(refused.value)


@pytest.mark.parametrize("status", [408, 425, 500, 502, 503, 504, 520])
async def test_what_passes_is_for_later(status: int) -> None:
    async with town({"/x": reply("oops", status=status)}) as place:
        with pytest.raises(Later, match=r"a\.test has trouble"):
            await place.client().get(place.url("/x"))


async def test_allowed_statuses_are_handed_over() -> None:
    async with town({"/x": reply('{"error": "quota"}', status=403)}) as place:
        got = await place.client().get(place.url("/x"), allow=(403,), accept=("application/json",))
    assert (got.status, got.json()) == (403, {"error": "quota"})


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("form", ["seconds", "date"])
async def test_retry_after_is_honoured_in_both_forms(status: int, form: str) -> None:
    said: dict[str, str] = {}

    async def busy(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers=said)

    async with town({"/x": busy}) as place:
        now = datetime.fromtimestamp(place.clock() / 1000, UTC)
        said["Date"] = format_datetime(now, usegmt=True)
        at = format_datetime(now + timedelta(seconds=120), usegmt=True)
        said["Retry-After"] = "120" if form == "seconds" else at
        client = place.client().scoped("x")
        with pytest.raises(Later) as later:
            await client.get(place.url("/x"))
        assert later.value.retry_after_s == pytest.approx(120, abs=1)
        with pytest.raises(Later, match="budget"):  # and kept: the host is not asked again
            await client.get(place.url("/x"))
        assert len(place.requests) == 1
        place.clock.advance(121)
        with pytest.raises(Later):
            await client.get(place.url("/x"))
        assert len(place.requests) == 2


async def test_a_bare_429_leaves_the_pace_to_the_caller() -> None:
    async with town({"/x": reply(status=429)}) as place:
        with pytest.raises(Later, match="slow down") as later:
            await place.client().get(place.url("/x"))
    assert later.value.retry_after_s == 0


async def test_a_budget_is_shared_by_its_key_and_host_and_by_nothing_else() -> None:
    async with town({"/x": reply("ok")}) as place:
        client = place.client()
        two = Budget(requests=2, window_s=60)
        first, second = client.scoped("n", budget=two), client.scoped("n", budget=two)
        await first.get(place.url("/x"))
        await second.get(place.url("/x"))
        with pytest.raises(Later) as later:
            await first.get(place.url("/x"))
        assert later.value.retry_after_s == pytest.approx(60)
        await first.get(place.url("/x", "b.test"))
        await client.scoped("other", budget=two).get(place.url("/x"))
        place.clock.advance(60)
        await first.get(place.url("/x"))


async def test_the_circuit_opens_tries_once_and_closes() -> None:
    broken = True

    async def ill(request: web.Request) -> web.StreamResponse:
        return web.Response(status=500 if broken else 200)

    async with town({"/x": ill}) as place:
        client = place.client()
        for _ in range(5):
            with pytest.raises(Later, match="trouble"):
                await client.get(place.url("/x"))
        with pytest.raises(Later, match="left alone") as later:
            await client.get(place.url("/x"))
        assert len(place.requests) == 5 and later.value.retry_after_s > 0
        place.clock.advance(301)
        with pytest.raises(Later, match="trouble"):
            await client.get(place.url("/x"))
        with pytest.raises(Later, match="left alone"):
            await client.get(place.url("/x"))
        broken = False
        place.clock.advance(301)
        assert (await client.get(place.url("/x"))).status == 200
        assert (await client.get(place.url("/x"))).status == 200


async def test_back_off_is_the_same_for_the_same_seed() -> None:
    async def waits() -> list[float]:
        found = []
        async with town({"/x": reply(status=502)}) as place:
            client = place.client()
            for _ in range(5):
                with pytest.raises(Later) as later:
                    await client.get(place.url("/x"))
                found.append(later.value.retry_after_s)
        return found

    first = await waits()
    assert first == await waits()
    assert len(set(first)) == 5 and all(
        0 <= wait <= 2.0**number for number, wait in enumerate(first)
    )


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


async def test_nobody_there_is_said_in_a_sentence() -> None:
    async with town({}) as place:
        client = place.client(allow_private=(f"127.0.0.1:{(port := closed_port())}",))
        with pytest.raises(Later, match=r"a\.test cannot be reached .*check the address"):
            await client.get(f"http://a.test:{port}/")
        with pytest.raises(Later, match=r"nowhere\.test cannot be found"):
            await client.get("http://nowhere.test/")


@pytest.mark.parametrize(
    "url", ["", "a.test", "ftp://a.test/", "http://", "http://[::1", "http://a:b/"]
)
async def test_a_wrong_address_is_said_in_a_sentence(url: str) -> None:
    async with town({}) as place:
        with pytest.raises(Refused) as refused:
            await place.client().get(url)
    assert str(refused.value).count(".") >= 1 and "Traceback" not in str(refused.value)


@pytest.mark.parametrize(
    "speech",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab",
        b"\x00\x01\x02 nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 100_000 + b"\r\n\r\n",
    ],
)
async def test_a_broken_answer_is_for_later(speech: bytes) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(speech)
        await writer.drain()

    async with raw_server(speak) as port, town({}) as place:
        client = place.client(allow_private=(f"127.0.0.1:{port}",))
        with pytest.raises(Later, match="broke off"):
            await client.get(f"http://a.test:{port}/")


async def test_tls_names_the_host_and_a_wrong_certificate_is_for_later() -> None:
    hellos: list[bytes] = []

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        hellos.append(await reader.read(4096))

    async with raw_server(speak) as port, town({}) as place:
        client = place.client(allow_private=(f"127.0.0.1:{port}",))
        with pytest.raises(Later):
            await client.get(f"https://a.test:{port}/")
    assert b"a.test" in hellos[0]  # the name goes out (SNI) though the socket went to an address


async def test_a_stream_gives_lines_as_they_come() -> None:
    async def talk(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for piece in (b":thump\r\n", b"event: up", b"date\nda", b"ta: \xc3", b"\xa9\r", b"\n\n"):
            await response.write(piece)
        await response.write(b"data: " + b"x" * 3_000 + b"\nlast")
        return response

    async with town({"/s": talk}) as place:
        client = place.client()
        accept = ("text/event-stream",)
        async with client.stream(place.url("/s"), max_line=1_000, accept=accept) as stream:
            lines = [line async for line in stream.lines()]
    assert lines == [b":thump", b"event: update", "data: é".encode(), b"", b"last"]
    assert stream.dropped == 1 and stream.status == 200
    assert place.requests[0].headers["Accept-Encoding"] == "identity"


async def test_a_silent_stream_is_for_later() -> None:
    async def mute(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"one\n")
        await asyncio.Event().wait()
        return response

    async with town({"/s": mute}) as place:
        found: list[bytes] = []
        async with place.client().stream(place.url("/s"), idle_s=0.05) as stream:
            with pytest.raises(Later, match=r"sent nothing for 0\.05 seconds"):
                async for line in stream.lines():
                    found.append(line)
    assert found == [b"one"]


async def test_a_cut_stream_is_for_later_and_a_refused_one_is_refused() -> None:
    async def cut(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"one\n")
        assert request.transport is not None
        request.transport.abort()
        return response

    routes = {"/cut": cut, "/no": reply(status=401), "/page": reply("<html>", headers=JSON)}
    async with town(routes) as place:
        client = place.client()
        with pytest.raises(Later):
            async with client.stream(place.url("/cut")) as stream:
                async for _ in stream.lines():
                    pass
        with pytest.raises(Refused, match="401"):
            async with client.stream(place.url("/no")):
                raise AssertionError("never open")
        with pytest.raises(Refused, match="was expected"):
            async with client.stream(place.url("/page"), accept=("text/event-stream",)):
                raise AssertionError("never open")


async def test_a_socket_talks_both_ways_and_ends() -> None:
    async def echo(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            if message.data == "bye":
                break
            await socket.send_str(f"got {message.data}")
            await socket.send_bytes(b"\x00\x01")
        await socket.close()
        return socket

    async with town({"/w": echo}) as place:
        url = place.url("/w", scheme="ws")
        async with place.client().websocket(url, bearer="t0ken") as socket:
            await socket.send("é")
            messages = socket.messages()
            assert [await anext(messages), await anext(messages)] == ["got é".encode(), b"\x00\x01"]
            await socket.send("bye")
            assert [message async for message in messages] == []
    assert place.requests[0].headers["Authorization"] == "Bearer t0ken"


async def test_a_socket_is_refused_silenced_or_flooded_in_a_sentence() -> None:
    async def mute(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        await asyncio.Event().wait()
        return socket

    async def flood(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str("x" * 5_000)
        await socket.receive()
        return socket

    moved = reply(status=302, headers={"Location": "/w"})
    routes = {
        "/mute": mute,
        "/flood": flood,
        "/no": reply(status=403),
        "/busy": reply(status=503, headers={"Retry-After": "9"}),
        "/plain": reply("hi"),
        "/moved": moved,
    }
    async with town(routes) as place:
        client = place.client()
        for path, error, says in (
            ("/mute", Later, "sent nothing"),
            ("/flood", Later, "broke the connection off"),
            ("/no", Refused, "403"),
            ("/plain", Refused, "no WebSocket"),
            ("/moved", Refused, "another address"),
            ("/busy", Later, "503"),
        ):
            url = place.url(path, scheme="ws")
            with pytest.raises(error, match=says):
                async with client.websocket(url, idle_s=0.05, max_message=1_000) as socket:
                    async for _ in socket.messages():
                        pass


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
