"""The server that the house stands on: uvicorn, with the live hub inside, and a local socket."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import logging
import os
import signal
import socket
import ssl
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, cast

import uvicorn

from parvis.core.errors import Refused
from parvis.web.auth import LOCAL
from parvis.web.live.follow import PREFIX, Admit, LiveApp, Receive, Scope, Send
from parvis.web.live.hub import Hub

log = logging.getLogger("parvis.server")

BACKLOG = 4096
GRACE_S = 2
SOCKET_NAME = "parvis.sock"
SOCKET_PATH_BYTES = 100
"""A Unix socket's path has room for 103 bytes on macOS, 107 on Linux."""
UVICORN = "0.54."
"""The version that the protocol class was written against."""

AsgiApp = Callable[[Scope, Receive, Send], Any]


def new_loop() -> asyncio.AbstractEventLoop:
    """uvloop where it is there."""
    if importlib.util.find_spec("uvloop") is None:
        return asyncio.new_event_loop()
    import uvloop

    return uvloop.new_event_loop()


def direct_path() -> bool:
    """Whether the hub can sit inside uvicorn's protocol; else the pure-ASGI path serves."""
    known = uvicorn.__version__.startswith(UVICORN)
    return known and importlib.util.find_spec("httptools") is not None


def with_live(app: AsgiApp, live: LiveApp) -> AsgiApp:
    """`app`, with the live addresses served by `live`."""

    async def both(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and str(scope["path"]).startswith(PREFIX):
            await live(scope, receive, send)
        else:
            await app(scope, receive, send)

    return both


def from_here(app: AsgiApp) -> AsgiApp:
    """`app`, told that its requests come through the data folder's socket."""

    async def local(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, LOCAL: True}, receive, send)

    return local


@contextlib.contextmanager
def socket_address(path: Path) -> Iterator[str]:
    """A name for the socket at `path` that is short enough for the system.

    Raises `Refused` where there is none.
    """
    if len(os.fsencode(path)) <= SOCKET_PATH_BYTES:
        yield str(path)
        return
    if sys.platform != "linux":
        raise Refused(
            f"The path of the data folder {path.parent} is too long for a socket;"
            " choose a shorter one with --data."
        )
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


class Server(uvicorn.Server):
    """Serves `app` on TCP and, when told a data folder, on its socket; ends streams at once when
    stopped. `ready` is called with the address once it serves.
    """

    def __init__(
        self,
        app: AsgiApp,
        hub: Hub,
        admit: Admit,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        data: Path | None = None,
        ready: Callable[[str], None] = lambda address: None,
        tls: ssl.SSLContext | None = None,
        direct: bool | None = None,
        signals: bool = True,
    ) -> None:
        self.hub = hub
        self.address = ""
        self._ready = ready
        self._data = data
        self._signals = signals
        self._plain = False
        self._listening: socket.socket | None = None
        whole = self._whole = with_live(app, LiveApp(hub, admit))
        self._local_app = from_here(whole)
        config = uvicorn.Config(
            whole,
            host=host,
            port=port,
            http=_http(hub, admit, direct),
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,  # admission reads them, from the proxies it was told of
            server_header=False,
            backlog=BACKLOG,
            timeout_graceful_shutdown=GRACE_S,
            ssl_context_factory=None if tls is None else lambda _config, _default: tls,
        )
        super().__init__(config)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so. Raises `Refused` where the address is taken."""
        listening = self._listening = _listen(self.config.host, self.config.port)
        await super().startup(sockets=[listening])
        if self._data is not None and sys.platform != "win32":  # it has no sockets with a path
            self.servers.append(await self._listen_locally(self._data / SOCKET_NAME))
        self.address = self._address_of(listening)
        self._ready(self.address)

    async def encrypt(self, tls: ssl.SSLContext) -> None:
        """Speak TLS at the same port from now on. Open connections go on as they began; who comes
        in between waits in the socket's queue.
        """
        if self._listening is None:
            raise Refused("The server does not listen yet.")
        listening = self._listening.dup()
        self.servers[0].close()
        self.config.ssl = tls
        protocol = partial(
            cast("Any", self.config.http_protocol_class),
            config=self.config,
            server_state=self.server_state,
            app_state={},
        )
        loop = asyncio.get_running_loop()
        serving = await loop.create_server(protocol, sock=listening, ssl=tls, backlog=BACKLOG)
        self.servers.append(serving)
        self._listening = listening
        self.address = self._address_of(listening)

    async def open_plain(self, host: str, port: int, before: Callable[[AsgiApp], AsgiApp]) -> None:
        """Serve the same without TLS at a second port, behind what stands `before` it; nothing when
        that port is open. Raises `Refused` where it cannot be used.
        """
        if self._plain:
            return
        listening = _listen(host, port)
        protocol = _unencrypted(before(self._whole), "auto", self.server_state, {})
        loop = asyncio.get_running_loop()
        server = await loop.create_server(protocol, sock=listening, backlog=BACKLOG)
        self.servers.append(server)
        self._plain = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, end the streams, answer what was asked, hang up on the rest."""
        for server in self.servers:
            server.close()
        await self.hub.stop()
        await super().shutdown(sockets)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        if self._data is not None:
            (self._data / SOCKET_NAME).unlink(missing_ok=True)

    def stop(self) -> None:
        """Ask it to stop; it does soon after."""
        self.should_exit = True

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Ctrl-C and SIGTERM stop it cleanly, and are not raised again afterwards."""
        if not self._signals:
            yield
            return
        before = {
            number: signal.signal(number, self.handle_exit)
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _address_of(self, listening: Any) -> str:
        host, port = listening.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        scheme = "https" if self.config.is_ssl or self.config.ssl else "http"
        return f"{scheme}://{shown}:{port}"

    async def _listen_locally(self, path: Path) -> asyncio.Server:
        state = {LOCAL: True}
        protocol = _unencrypted(self._local_app, self.config.http, self.server_state, state)
        try:
            path.unlink(missing_ok=True)  # the folder's lock is ours: whoever left it there is dead
        except OSError as error:
            raise Refused(f"{path} is in the way ({error.strerror}); remove it.") from error
        loop = asyncio.get_running_loop()
        with socket_address(path) as address:
            server = await loop.create_unix_server(protocol, path=address)
            Path(address).chmod(0o600)
        return server


def _unencrypted(
    app: AsgiApp, http: Any, state: Any, app_state: dict[Any, Any]
) -> Callable[[], asyncio.Protocol]:
    """What speaks HTTP for `app` at a further socket of this server."""
    config = uvicorn.Config(
        app,
        http=http,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
    )
    config.load()
    made = cast("Any", config.http_protocol_class)
    return partial(made, config=config, server_state=state, app_state=app_state)


def _http(hub: Hub, admit: Admit, direct: bool | None) -> Any:
    if direct if direct is not None else direct_path():
        from parvis.web.live.protocol import live_protocol

        return live_protocol(hub, admit)
    if direct is None:
        log.warning("live.asgi_only", extra={"uvicorn": uvicorn.__version__})
    return "auto" if importlib.util.find_spec("httptools") is not None else "h11"


def _listen(host: str, port: int) -> socket.socket:
    try:
        where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, number, _name, address = where[0]
        listening = socket.socket(family, kind, number)
    except (OSError, UnicodeError) as error:  # a name too long, or of no signs, is no OSError
        raise Refused(f"There is no address {host!r}; give another one with --host.") from error
    if os.name == "posix":
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(address)
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise Refused(
            f"Port {port} on {host} cannot be used ({error.strerror}); choose another with --port."
        ) from error
    listening.setblocking(False)
    return listening
