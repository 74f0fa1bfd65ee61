"""What the client makes of refusals, limits and failures of real servers on loopback."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from aiohttp import web

from parvis.core.errors import Later, Refused
from parvis.plug.manifest import Budget
from tests.contract.plug.network import closed_port, raw_server, reply, town


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


async def test_what_is_left_alone_says_why() -> None:
    async with town({"/x": reply("oops", status=503)}) as place:
        client = place.client()
        for _ in range(6):
            with pytest.raises(Later) as later:
                await client.get(place.url("/x"))
    assert str(later.value) == (
        "a.test kept failing and is left alone for a while. a.test has trouble answering (503)."
    )


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


async def test_nobody_there_is_said_in_a_sentence() -> None:
    async with town({}) as place:
        client = place.client(allow_private=(f"127.0.0.1:{(port := closed_port())}",))
        with pytest.raises(Later, match=r"a\.test cannot be reached .*check the address"):
            await client.get(f"http://a.test:{port}/")
        with pytest.raises(Later, match=r"nowhere\.test cannot be found"):
            await client.get("http://nowhere.test/")
        for _ in range(5):
            with pytest.raises(Later) as later:
                await client.get("http://nowhere.test/")
        assert "left alone for a while. nowhere.test cannot be found" in str(later.value)


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
