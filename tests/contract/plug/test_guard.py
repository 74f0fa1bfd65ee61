"""The client never reaches a private network, and no answer can hold or drown it.

The table and the spellings are those of our threat model; every row goes through the real client.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import itertools
import socket
import zlib

import pytest
from aiohttp import web

from parvis.core.errors import Later, Refused
from parvis.plug.http import Http
from parvis.plug.resolver import SystemResolver
from tests.contract.plug.network import Names, raw_server, reply, town

REFUSED = [
    "::127.0.0.1",
    "::ffff:0:127.0.0.1",
    "::ffff:127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2001::1",
    "fec0::1",
    "fc00::1",
    "fe80::1",
    "ff02::1",
    "224.0.0.1",
    "192.88.99.1",
    "192.0.0.8",
    "192.0.0.9",
    "3fff::1",
    "5f00::1",
    "2001:db8::1",
    "2001:20::1",
    "100::1",
    "100.64.0.1",
    "0.0.0.0",
    "10.0.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.168.0.1",
    "192.0.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
]
PUBLIC = ["2606:4700::1111", "1.1.1.1"]
SPELLINGS = ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "①②⑦.⓪.⓪.①", "0", "127.0.0.1."]


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every address that a socket tried to connect to; none gets further."""
    tried: list[object] = []

    async def sock_connect(self: object, sock: socket.socket, address: object) -> None:
        tried.append(address)
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr("asyncio.selector_events.BaseSelectorEventLoop.sock_connect", sock_connect)
    return tried


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address


async def _refused(client: Http, url: str) -> None:
    try:
        with pytest.raises(Refused, match="not on the public internet"):
            await client.get(url)
    finally:
        await client.close()


@pytest.mark.parametrize("address", REFUSED)
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_closed_address_is_never_connected_to(
    address: str, scheme: str, connected: list[object]
) -> None:
    names = Names({"x.test": [[address]], "mixed.test": [[PUBLIC[0], PUBLIC[1], address]]})
    await _refused(Http(resolver=names), f"{scheme}://{_bracketed(address)}/")
    await _refused(Http(resolver=names), f"{scheme}://x.test/")
    await _refused(Http(resolver=names), f"{scheme}://mixed.test/")
    assert connected == []


@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_a_closed_address_is_known_in_every_spelling(
    spelling: str, connected: list[object]
) -> None:
    await _refused(Http(resolver=SystemResolver()), f"http://{spelling}/")
    assert connected == []


async def test_the_system_resolver_is_checked_too(connected: list[object]) -> None:
    await _refused(Http(), "http://localhost/")
    assert connected == []


@pytest.mark.parametrize("address", PUBLIC)
async def test_a_public_address_is_connected_to(address: str, connected: list[object]) -> None:
    client = Http(resolver=Names({"x.test": [[address]]}))
    for url in (f"http://{_bracketed(address)}/", "https://x.test/"):
        with pytest.raises(Later, match="cannot be reached"):
            await client.get(url)
    await client.close()
    assert [where[:2] for where in connected] == [  # type: ignore[index]
        (address, 80),
        (address, 443),
    ]


async def test_the_socket_goes_to_the_address_that_was_checked(connected: list[object]) -> None:
    names = Names({"x.test": [["1.1.1.1"], ["127.0.0.1"]]})  # says something else when asked again
    client = Http(resolver=names)
    with pytest.raises(Later):
        await client.get("http://x.test/")
    assert connected == [("1.1.1.1", 80)] and names.asked == ["x.test"]
    await client.close()
    await _refused(Http(resolver=names), "http://x.test/")
    assert connected == [("1.1.1.1", 80)]


@pytest.mark.parametrize(
    "url",
    ["http://1.1.1.1:22/", "https://1.1.1.1:8443/", "http://x.test:6379/", "ws://x.test:81/"],
)
async def test_other_ports_are_refused(url: str, connected: list[object]) -> None:
    client = Http(resolver=Names({"x.test": [["1.1.1.1"]]}))
    with pytest.raises(Refused, match="port other than 80 and 443"):
        await client.get(url)
    await client.close()
    assert connected == []


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "gopher://x.test/", "ftp://x.test/", "unix:/x", "//x.test/"]
)
async def test_other_schemes_are_refused(url: str, connected: list[object]) -> None:
    client = Http(resolver=Names({"x.test": [["1.1.1.1"]]}))
    with pytest.raises(Refused, match="web address"):
        await client.get(url)
    await client.close()
    assert connected == []


async def test_an_allowed_target_opens_that_address_and_port_alone() -> None:
    async with town({"/": reply("in")}) as place, town({"/": reply("other")}) as other:
        client = place.client()
        assert (await client.get(place.url("/"))).body == b"in"
        assert (await client.get(f"http://127.0.0.1:{place.port}/")).body == b"in"
        with pytest.raises(Refused, match=f"127.0.0.1:{other.port} to PARVIS_ALLOW_PRIVATE"):
            await client.get(f"http://127.0.0.1:{other.port}/")
        place.names.names["six.test"] = [["::1"]]
        with pytest.raises(Refused, match="not on the public internet"):
            await client.get(place.url("/", "six.test"))
        assert not other.requests


async def test_a_name_in_the_address_is_refused() -> None:
    async with town({"/": reply()}) as place:
        with pytest.raises(Refused, match="name or password"):
            await place.client().get(f"http://me:pw@a.test:{place.port}/")


@pytest.mark.parametrize(
    ("hosts", "host", "passes"),
    [
        (("a.test",), "a.test", True),
        (("A.test",), "a.TEST", True),
        (("*.test",), "a.test", True),
        (("*",), "a.test", True),
        (("b.test",), "a.test", False),
        (("est",), "a.test", False),
        (("*.a.test",), "a.test", False),
        (("a.test",), "evil-a.test", False),
        (("a.test",), "a.test.evil.test", False),
        ((), "a.test", False),
    ],
)
async def test_an_extension_reaches_its_own_hosts_alone(
    hosts: tuple[str, ...], host: str, passes: bool
) -> None:
    async with town({"/": reply("ok")}) as place:
        client = place.client().scoped("x", hosts=hosts)
        if passes:
            assert (await client.get(place.url("/", host))).body == b"ok"
        else:
            with pytest.raises(Refused, match="may not connect"):
                await client.get(place.url("/", host))
            with pytest.raises(Refused, match="may not connect"):  # a view of it cannot widen it
                await client.scoped("y", hosts=("*",)).get(place.url("/", host))
            assert not place.requests


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_three_redirects_are_followed_and_no_fourth(status: int) -> None:
    routes = {
        f"/{number}": reply(status=status, headers={"Location": f"{number + 1}"})
        for number in range(4)
    }
    async with town({**routes, "/4": reply("end")}) as place:
        client = place.client()
        got = await client.get(place.url("/1"))
        assert (got.body, got.url) == (b"end", place.url("/4"))
        with pytest.raises(Refused, match="more than 3 times"):
            await client.get(place.url("/0"))
        with pytest.raises(Refused, match="another address"):
            await client.get(place.url("/1"), redirects=0)


@pytest.mark.parametrize(
    "where",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:10.0.0.1]/",
        "http://inside.test/",
        "http://2130706433/",
        "file:///etc/passwd",
        "http://b.test:22/",
        "http://me:pw@b.test/",
        "http://[",
    ],
)
async def test_a_redirect_into_the_inside_is_refused(where: str) -> None:
    hop = reply(status=302, headers={"Location": "/hop"})
    async with town({"/": hop, "/hop": reply(status=302, headers={"Location": where})}) as place:
        place.names.names["inside.test"] = [["10.0.0.1"]]
        with pytest.raises(Refused):
            await place.client().get(place.url("/"))
        assert len(place.requests) == 2


async def test_a_redirect_leaves_the_allow_list_for_nobody() -> None:
    async with town({}) as place:
        away = reply(status=302, headers={"Location": place.url("/x", "b.test")})
    async with town({"/": away, "/x": reply("b")}) as place:
        with pytest.raises(Refused, match=r"may not connect to b\.test"):
            await place.client().scoped("x", hosts=("a.test",)).get(place.url("/"))


async def test_credentials_never_cross_to_another_host() -> None:
    where: dict[str, str] = {}

    async def away(request: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": where[request.path]})

    async with town({"/far": away, "/near": away, "/x": reply("ok")}) as place:
        where["/far"], where["/near"] = place.url("/x", "b.test"), "/x"
        client, secret = place.client(), {"X-Api-Key": "k", "Cookie": "c=1"}
        for path in ("/far", "/near"):
            await client.get(place.url(path), bearer="t", headers=secret, accept=("*/*",))
    _, far, _, near = place.requests
    for name in ("Authorization", "X-Api-Key", "Cookie"):
        assert name not in far.headers and name in near.headers
    assert far.headers["Host"].startswith("b.test") and far.headers["Accept"] == "*/*"


async def test_an_endless_body_is_cut_at_the_cap() -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in itertools.count():
            await response.write(b"x" * 10_000)
        return response

    async with town({"/": endless, "/long": reply(b"x" * 200_000)}) as place:
        client = place.client()
        for path in ("/", "/long"):
            with pytest.raises(Refused, match="more than 100000 bytes"):
                await client.get(place.url(path), max_bytes=100_000)
        got = await client.get(place.url("/long"), max_bytes=200_000)
        assert len(got.body) == 200_000


def _bomb(kind: str) -> bytes:
    body = b"\0" * 50_000_000
    if kind == "gzip":
        return gzip.compress(body, 9)
    if kind == "members":
        return gzip.compress(b"\0" * 1_000_000) * 50
    raw = zlib.compressobj(9, wbits=-15) if kind == "raw" else zlib.compressobj(9)
    return raw.compress(body) + raw.flush()


@pytest.mark.parametrize("kind", ["gzip", "members", "zlib", "raw"])
async def test_a_compressed_bomb_is_defused(kind: str) -> None:
    name = "gzip" if kind in ("gzip", "members") else "deflate"
    async with town({"/": reply(_bomb(kind), headers={"Content-Encoding": name})}) as place:
        with pytest.raises(Refused, match="more than"):
            await place.client().get(place.url("/"), max_bytes=1_000_000)


@pytest.mark.parametrize("kind", ["gzip", "zlib", "raw", "cut", "garbage", "br"])
async def test_compressed_answers_are_unpacked_or_refused(kind: str) -> None:
    text = b"hello " * 1_000
    raw = zlib.compressobj(wbits=-15)
    bodies = {
        "gzip": ("gzip", gzip.compress(text[:3_000]) + gzip.compress(text[3_000:])),
        "zlib": ("deflate", zlib.compress(text)),
        "raw": ("deflate", raw.compress(text) + raw.flush()),
        "cut": ("gzip", gzip.compress(text)[:-12]),
        "garbage": ("gzip", b"\x1f\x8b but no"),
        "br": ("br", b"\x8b\x00"),
    }
    name, body = bodies[kind]
    async with town({"/": reply(body, headers={"Content-Encoding": name})}) as place:
        asking = place.client().get(place.url("/"))
        if kind == "br":
            with pytest.raises(Refused, match="compression 'br'"):
                await asking
        elif kind in ("cut", "garbage"):
            with pytest.raises(Later, match="broke off"):
                await asking
        else:
            assert (await asking).body == text


@pytest.mark.parametrize("slow", ["head", "body", "redirect"])
async def test_a_drip_ends_at_the_total_deadline(slow: str) -> None:
    """A byte every few milliseconds would pass any time-out that counts each read."""

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        if slow == "redirect" and b"GET /to" not in request:
            writer.write(b"HTTP/1.1 302 Found\r\nLocation: /to\r\nContent-Length: 0\r\n\r\n")
            request = await reader.readuntil(b"\r\n\r\n")
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n"
        writer.write(head + (b"X: " if slow == "head" else b"\r\n"))
        while not reader.at_eof():
            writer.write(b"x")
            with contextlib.suppress(TimeoutError):  # until the client hangs up
                await asyncio.wait_for(reader.read(1), 0.005)

    async with raw_server(speak) as port, town({"/": reply("ok")}) as place:
        client = place.client(allow_private=(f"127.0.0.1:{port}", f"127.0.0.1:{place.port}"))
        dripping = asyncio.create_task(client.get(f"http://a.test:{port}/", deadline_s=0.3))
        assert (await client.get(place.url("/", "b.test"))).body == b"ok"  # others proceed
        with pytest.raises(Later, match=r"within 0\.3 seconds"):
            await dripping


async def test_a_proxy_is_the_only_way_out() -> None:
    asked: list[bytes] = []

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")[0])
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        await writer.drain()

    async with raw_server(speak) as port, town({"/": reply()}) as place:
        client = place.client(proxy=f"http://127.0.0.1:{port}", allow_private=())
        assert (await client.get("http://anywhere.example/x")).body == b"ok"
        with pytest.raises(Refused, match="not on the public internet"):
            await client.get("http://127.1/")
        named = place.client(proxy=f"http://a.test:{port}", allow_private=())
        assert (await named.get("http://anywhere.example/y")).body == b"ok"
        assert place.names.asked == ["a.test"]  # targets are for the proxy to resolve
        assert not place.requests
    assert asked == [
        b"GET http://anywhere.example/x HTTP/1.1",
        b"GET http://anywhere.example/y HTTP/1.1",
    ]


async def test_a_socket_is_guarded_alike() -> None:
    async with town({}) as place:
        client = place.client(allow_private=())
        for url in ("ws://169.254.169.254/", "wss://a.test/"):
            with pytest.raises(Refused, match="not on the public internet"):
                async with client.websocket(url):
                    raise AssertionError("never open")
