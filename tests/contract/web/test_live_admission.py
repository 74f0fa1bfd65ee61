"""Who may read /live/{wall}, and what everybody else is told."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any
from urllib.parse import urlsplit

from parvis.web.admit import Admission, Turned
from parvis.web.live.follow import Joined, admit_with
from tests.live_house import house
from tests.live_listener import WAYS, Way, over
from tests.memory_wall import MemoryWall
from tests.snapshots import Stream
from tests.waiting import until


@over("direct", "asgi")
async def test_a_wall_that_is_not_there_is_a_404_and_may_come_later(way: Way) -> None:
    wall = MemoryWall()
    row, wall.row = wall.row, None
    async with house(way, wall) as (_wall, hub, address):
        for name in ("square", "nowhere"):
            stream = await Stream.open(address, f"/live/{name}?after=0")
            assert stream.status == 404
            assert stream.headers["content-type"] == "application/problem+json"
            assert "no such wall" in (await stream.body()).decode()
        await until(lambda: hub.readers == 0)
        wall.row = row
        assert (await Stream.open(address, "/live/square?after=0")).status == 200


@over(*WAYS)
async def test_who_may_not_come_in_is_told_why(way: Way) -> None:
    def admit(_scope: Any) -> Joined | Turned:
        return Turned(429, "Too many open streams from this address; close some.", 30.0)

    async with house(way, admit=admit) as (_wall, hub, address):
        stream = await Stream.open(address, "/live/square")
        assert (stream.status, stream.headers["retry-after"]) == (429, "30")
        assert json.loads(await stream.body())["detail"].startswith("Too many open streams")
        assert hub.readers == 0


@over("direct", "asgi")
async def test_a_bug_in_admission_is_a_500_that_tells_nothing(way: Way) -> None:
    def admit(_scope: Any) -> Joined | Turned:
        raise KeyError("token-of-somebody")

    async with house(way, admit=admit) as (_wall, _hub, address):
        stream = await Stream.open(address, "/live/square")
        assert stream.status == 500
        assert b"token" not in await stream.body()


@over("direct", "asgi")
async def test_streams_are_counted_per_address_and_given_back(way: Way) -> None:
    admission = Admission(streams=2)
    admit = admit_with(admission, frozenset({"all"}))
    async with house(way, admit=admit) as (_wall, hub, address):
        streams = [await Stream.open(address, "/live/square") for _ in range(3)]
        assert [stream.status for stream in streams] == [200, 200, 429]
        streams[0].hang_up(rudely=True)
        await until(lambda: hub.readers == 1)
        again = await Stream.open(address, "/live/square")
        assert again.status == 200
        assert (await Stream.open(address, "/live/square?view=none")).status == 400
        named = await Stream.open(address, "/live/square", "Origin: http://elsewhere.example")
        assert named.status == 429
        for stream in (streams[1], again):
            stream.hang_up()
        await until(lambda: hub.readers == 0)
        assert admission._open == {}


@over("direct", "asgi")
async def test_a_screen_is_told_what_time_it_is(way: Way) -> None:
    admit = admit_with(Admission(), frozenset({"all"}))
    async with house(way, admit=admit) as (_wall, _hub, address):
        before_ms = time.time_ns() // 1_000_000
        stream = await Stream.open(address, "/live/square")
        assert before_ms <= int(stream.headers["x-parvis-now"]) <= time.time_ns() // 1_000_000
        stream.hang_up()


@over(*WAYS)
async def test_head_and_other_methods(way: Way) -> None:
    left: list[int] = []

    def admit(_scope: Any) -> Joined:
        return Joined("square", left=lambda: left.append(1))

    async with house(way, admit=admit) as (_wall, hub, address):
        url = urlsplit(address)
        for method, status in (("HEAD", b"200"), ("POST", b"405"), ("DELETE", b"405")):
            reader, writer = await asyncio.open_connection(url.hostname, url.port)
            request = f"{method} /live/square HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            writer.write(request.encode())
            answer = await reader.read()
            assert answer.split()[1] == status
            if method == "HEAD":
                assert answer.endswith(b"\r\n\r\n")
                assert b"text/event-stream" in answer
            writer.close()
        assert hub.readers == 0
        assert left == [1]
