"""A server with `tls = "automatic"` in this process, a clock that the test sets, and what a client
sees of it.
"""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from parvis.plug.http import Http
from parvis.run.acme.automatic import Automatic
from parvis.run.settings import Settings
from parvis.web.live.hub import Hub
from parvis.web.live.server import Server
from tests.authority import Authority, free_port
from tests.live_listener import plain_app, welcome
from tests.memory_wall import MemoryWall

NAME = "wall.example.org"


@dataclass
class Encrypted:
    authority: Authority
    settings: Settings
    now_ms: int
    said: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    wall: MemoryWall = field(default_factory=MemoryWall)

    @property
    def folder(self) -> Path:
        (found,) = (self.settings.folder / "certificates").iterdir()
        return found

    def door_is_empty(self, automatic: Automatic) -> bool:
        """Whether no answer to a challenge is left."""
        return not automatic.door.answers

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[tuple[Server, Automatic]]:
        """Served, with the port for the authority open; nothing is asked for by itself."""
        http = Http(allow_private=(f"127.0.0.1:{self.authority.port}",))
        automatic = Automatic(
            self.settings, http, lambda: self.now_ms, say=self.said.append, moved=self.moved.append
        )
        ready = asyncio.Event()
        hub = Hub(self.wall.engine())
        server = Server(
            plain_app, hub, welcome, tls=automatic.context(), signals=False,
            ready=lambda _address: ready.set(),
        )  # fmt: skip
        task = asyncio.create_task(server.serve())
        await ready.wait()
        try:
            await automatic.attach(server)
            yield server, automatic
        finally:
            await automatic.stop()
            server.stop()
            await task
            await http.close()


def encrypted(tmp_path: Path, authority: Authority) -> Encrypted:
    authority.challenge_port = authority.challenge_port or free_port()
    settings = Settings(
        data=str(tmp_path),
        public_url=f"https://{NAME}",
        tls="automatic",
        tls_accept_terms=True,
        tls_email="team@example.org",
        tls_directory=authority.directory,
        tls_challenge_port=authority.challenge_port,
    )
    return Encrypted(authority, settings, int(authority.now.timestamp() * 1000))


async def connect(
    server: Server, trust: ssl.SSLContext
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A browser's handshake: the chain and the name are verified."""
    port = int(server.address.rpartition(":")[2])
    return await asyncio.open_connection("127.0.0.1", port, ssl=trust, server_hostname=NAME)


def seen(writer: asyncio.StreamWriter) -> str:
    """Which certificate the other side showed."""
    tls: ssl.SSLObject = writer.get_extra_info("ssl_object")
    return hashlib.sha256(tls.getpeercert(binary_form=True) or b"").hexdigest()


async def shown(server: Server, trust: ssl.SSLContext) -> str:
    """Which certificate a new connection is shown."""
    _, writer = await connect(server, trust)
    try:
        return seen(writer)
    finally:
        writer.close()


async def asked(port: int, path: str, tls: ssl.SSLContext | None = None) -> str:
    """The head and body of a GET, as text."""
    name = NAME if tls is not None else None
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=tls, server_hostname=name)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n".encode())
    try:
        return (await reader.read()).decode()
    finally:
        writer.close()
