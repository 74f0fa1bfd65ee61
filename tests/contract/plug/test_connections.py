"""What stays open, against real servers on loopback."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web

from parvis.core.errors import Later, Refused
from tests.contract.plug.network import reply, town


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

    routes = {
        "/cut": cut,
        "/no": reply(status=401),
        "/page": reply("<html>", headers={"Content-Type": "application/json"}),
    }
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


async def test_a_stream_that_is_refused_can_be_handed_over_with_what_it_says() -> None:
    headers = {"Content-Type": "application/json", "x-rate-limit-remaining": "3"}
    routes = {"/no": reply('{"title": "why"}', status=429, headers=headers)}
    async with (
        town(routes) as place,
        place.client().stream(place.url("/no"), allow=(429,)) as stream,
    ):
        assert (stream.status, stream.headers["x-rate-limit-remaining"]) == (429, "3")
        assert [line async for line in stream.lines()] == [b'{"title": "why"}']


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
