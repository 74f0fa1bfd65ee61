"""The server around the hub: what uvicorn must go on offering, TLS, the local socket, its end."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import json
import signal
import ssl
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from parvis.core.errors import Refused
from parvis.web.auth import LOCAL
from parvis.web.live.follow import Joined
from parvis.web.live.hub import Hub
from parvis.web.live.protocol import LiveProtocol
from parvis.web.live.server import UVICORN, Server, direct_path, new_loop, socket_address
from tests.live_listener import LOOPS, plain_app, run, welcome
from tests.memory_wall import MemoryWall
from tests.snapshots import Stream, player, verify
from tests.waiting import until

CERTIFICATE = Path(__file__).parent / "fixtures" / "localhost.pem"


def test_uvicorn_is_the_one_that_the_protocol_was_written_against() -> None:
    assert uvicorn.__version__.startswith(UVICORN)
    assert direct_path()


def test_what_the_protocol_relies_on_is_there() -> None:
    hooks = "on_message_begin on_url on_header on_headers_complete on_body on_message_complete"
    for hook in (*hooks.split(), "data_received", "send_400_response", "shutdown"):
        assert inspect.isfunction(getattr(HttpToolsProtocol, hook)), hook
        own = inspect.signature(getattr(LiveProtocol, hook)).parameters
        assert list(own) == list(inspect.signature(getattr(HttpToolsProtocol, hook)).parameters)
    made = inspect.getsource(HttpToolsProtocol.__init__)
    for name in ("parser", "cycle", "pipeline", "scope", "flow", "root_path", "app_state"):
        assert f"self.{name}" in made, name
    assert "_unset_keepalive_if_required" in vars(HttpToolsProtocol)


@pytest.mark.parametrize("version", ["0.53.9", "0.55.0"])
def test_another_uvicorn_is_served_over_asgi(
    version: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(uvicorn, "__version__", version)
    assert not direct_path()
    server = Server(plain_app, Hub(MemoryWall().engine()), welcome)
    assert isinstance(server.config.http, str)
    assert [record.message for record in caplog.records] == ["live.asgi_only"]


@contextlib.asynccontextmanager
async def serving(hub: Hub, **more: Any) -> AsyncIterator[Server]:
    ready = asyncio.Event()
    app = more.pop("app", plain_app)
    admit = more.pop("admit", welcome)
    server = Server(app, hub, admit, ready=lambda _address: ready.set(), signals=False, **more)
    task = asyncio.create_task(server.serve())
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait((task, waiting), return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    try:
        if task.done():
            await task
        yield server
    finally:
        server.stop()
        with contextlib.suppress(Refused):
            await task


async def locally(path: Path, request: str) -> tuple[int, bytes]:
    with socket_address(path) as address:
        reader, writer = await asyncio.open_unix_connection(address)
    writer.write(f"GET {request} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    stream = Stream(reader, writer)
    await stream.read_head()
    body = await stream.body()
    writer.close()
    return stream.status, body


async def who(scope: Any, _receive: Any, send: Any) -> None:
    body = json.dumps(scope.get(LOCAL)).encode()
    headers = [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("deep", [False, True])
def test_the_data_folders_socket_is_served_and_known_as_local(
    loop: str, deep: bool, tmp_path: Path
) -> None:
    folder = tmp_path / ("d" * 120) if deep else tmp_path
    folder.mkdir(exist_ok=True)
    path = folder / "parvis.sock"
    path.touch()  # left by a process that was killed

    async def scenario() -> None:
        hub = Hub(MemoryWall().engine())
        async with serving(hub, app=who, data=folder) as server:
            assert await locally(path, "/x") == (200, b"true")
            stream = await Stream.open(server.address, "/x", "X-Forwarded-For: 127.0.0.1")
            assert await stream.body() == b"null"
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            stream.hang_up()
        assert not path.exists()

    run(loop, scenario())


@pytest.mark.parametrize("direct", [True, False])
async def test_a_live_request_through_the_socket_is_local_too(direct: bool, tmp_path: Path) -> None:
    seen: list[Any] = []

    def admit(scope: Any) -> Joined:
        seen.append(scope.get(LOCAL))
        return Joined("square")

    hub = Hub(MemoryWall().engine())
    async with serving(hub, admit=admit, data=tmp_path, direct=direct) as server:
        reader, writer = await asyncio.open_unix_connection(str(tmp_path / "parvis.sock"))
        writer.write(b"GET /live/square HTTP/1.1\r\nHost: localhost\r\n\r\n")
        local = Stream(reader, writer)
        await local.read_head()
        distant = await Stream.open(server.address, "/live/square")
        assert local.status == distant.status == 200
        assert seen == [True, None]


def test_a_socket_path_too_long_for_the_system_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parvis.web.live.server.sys.platform", "darwin")
    with pytest.raises(Refused, match="--data"), socket_address(tmp_path / ("x" * 120)):
        pass


async def test_a_port_that_is_taken_is_one_sentence() -> None:
    async with serving(Hub(MemoryWall().engine())) as first:
        port = int(first.address.rpartition(":")[2])
        with pytest.raises(Refused, match=rf"Port {port} .* --port"):
            async with serving(Hub(MemoryWall().engine()), port=port):
                pass


@pytest.mark.parametrize("host", ["no.such.host.invalid", "a" * 300, "é..x", "\udcff"])
async def test_a_host_that_is_none_is_one_sentence(host: str) -> None:
    with pytest.raises(Refused, match="--host"):
        async with serving(Hub(MemoryWall().engine()), host=host):
            pass


async def test_what_stands_in_the_sockets_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "parvis.sock").mkdir()
    with pytest.raises(Refused, match=r"parvis\.sock is in the way"):
        async with serving(Hub(MemoryWall().engine()), data=tmp_path):
            pass


async def test_an_ipv6_address_is_written_as_one() -> None:
    async with serving(Hub(MemoryWall().engine()), host="::1") as server:
        assert server.address.startswith("http://[::1]:")


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("direct", [True, False])
def test_over_tls_nothing_is_written_past_the_encryption(loop: str, direct: bool) -> None:
    async def scenario() -> None:
        wall = MemoryWall()
        hub = Hub(wall.engine())
        here = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        here.load_cert_chain(CERTIFICATE)
        there = ssl.create_default_context(cafile=str(CERTIFICATE))
        async with serving(hub, tls=here, direct=direct) as server:
            assert server.address.startswith("https://")
            port = int(server.address.rpartition(":")[2])
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", port, ssl=there, server_hostname="localhost"
            )
            writer.write(b"GET /live/square?after=0 HTTP/1.1\r\nHost: x\r\n\r\n")
            stream = Stream(reader, writer)
            await stream.read_head()
            await until(lambda: hub.readers == 1)
            for number in range(1, 6):
                wall.show(f"test:x:{number}", "x" * 40_000)
                assert (await stream.event())["id"] == str(number)
            await hub.stop()
            assert await stream.event() == {}
            stream.hang_up()

    run(loop, scenario())


async def test_a_signal_stops_it_and_is_not_raised_again() -> None:
    hub = Hub(MemoryWall().engine())
    ready = asyncio.Event()
    server = Server(plain_app, hub, welcome, ready=lambda _address: ready.set())
    before = signal.getsignal(signal.SIGTERM)
    task = asyncio.create_task(server.serve())
    await ready.wait()
    signal.raise_signal(signal.SIGTERM)
    await task
    assert signal.getsignal(signal.SIGTERM) is before
    assert not server.server_state.connections


async def test_the_whole_server_keeps_the_property() -> None:
    wall = MemoryWall(capacity=3)
    hub = Hub(wall.engine())
    async with serving(hub) as server:
        screens = [await player(wall.engine(), server.address, "square") for _ in range(3)]
        for number in range(20):
            wall.show(f"test:x:{number % 7}", f"v{number}")
            if number % 4 == 3:
                wall.hide(f"test:x:{number % 5}")
        await verify(wall.engine(), "square", *screens)
        for screen in screens:
            await screen.cut()


def test_the_loop_is_uvloop_where_that_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = new_loop()
    assert type(loop).__module__.startswith("uvloop")
    loop.close()
    monkeypatch.setattr("parvis.web.live.server.importlib.util.find_spec", lambda _name: None)
    loop = new_loop()
    assert type(loop).__module__.startswith("asyncio")
    loop.close()
