"""The property that holds for every action in the product: snapshot + events = fresh snapshot.

Open a `Player` on a wall, do anything, and call `verify`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import msgspec

from parvis.core.wire import Face, Message, Reset, Snapshot, apply
from parvis.engine import Engine
from tests.waiting import until

_message = msgspec.json.Decoder(Message)
Load = Callable[[], Awaitable[Snapshot | None]]


class Stream:
    """A server-sent event stream over a bare socket: no library hides what the server does."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.status = 0
        self.headers: dict[str, str] = {}
        self.over = False
        self._held = b""

    @classmethod
    async def open(cls, address: str, path: str, *lines: str, version: str = "1.1") -> Stream:
        """Ask for `path` and read the answer's head."""
        url = urlsplit(address)
        assert url.hostname and url.port
        reader, writer = await asyncio.open_connection(url.hostname, url.port)
        stream = cls(reader, writer)
        request = "".join(f"{line}\r\n" for line in (f"Host: {url.netloc}", *lines))
        writer.write(f"GET {path} HTTP/{version}\r\n{request}\r\n".encode())
        await stream.read_head()
        return stream

    async def read_head(self) -> None:
        """Read status and headers."""
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.split("\r\n")
        self.status = int(first.split()[1])
        pairs = [line.partition(": ") for line in lines if line]
        self.headers = {name.lower(): value for name, _, value in pairs}

    async def body(self) -> bytes:
        """The rest, of an answer that ends."""
        length = int(self.headers.get("content-length", "0"))
        return await self._reader.readexactly(length)

    async def event(self) -> dict[str, str]:
        """The next event that has data, its fields by name; {} when the stream ended."""
        while True:
            while b"\n\n" not in self._held:
                try:
                    more = await self._more()
                except (asyncio.IncompleteReadError, ConnectionError):
                    more = b""  # the server hung up: as good as an end
                if not more:
                    self.over = True
                    return {}
                self._held += more
            text, _, self._held = self._held.partition(b"\n\n")
            pairs = [line.partition(": ") for line in text.decode().split("\n")]
            fields = {name: value for name, _, value in pairs if name}
            if "data" in fields:
                return fields

    async def _more(self) -> bytes:
        if "chunked" not in self.headers.get("transfer-encoding", ""):
            return await self._reader.read(65536)
        size = int((await self._reader.readuntil(b"\r\n")).strip() or b"0", 16)
        body = await self._reader.readexactly(size + 2)
        assert body.endswith(b"\r\n")
        return body[:-2]

    def hang_up(self, *, rudely: bool = False) -> None:
        """Close, or reset."""
        if rudely:
            self._writer.transport.abort()
        else:
            self._writer.close()


class Player:
    """A screen as a protocol sees it: a snapshot, a stream, and what it has applied."""

    def __init__(self, address: str, wall: str, load: Load, query: str = "") -> None:
        self.address = address
        self.wall = wall
        self.snapshot: Snapshot | None = None
        self.resets = 0
        self.applied: list[int] = []
        self._load = load
        self._query = query
        self._last = ""
        self._stream: Stream | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> Player:
        """Load the snapshot and follow."""
        self.snapshot = await self._load()
        assert self.snapshot is not None
        self._last = ""
        await self.connect()
        return self

    async def connect(self) -> None:
        """Open the stream: after the snapshot at first, by Last-Event-ID later."""
        assert self.snapshot is not None
        lines = [f"Last-Event-ID: {self._last}"] if self._last else []
        path = f"/live/{self.wall}?after={self.snapshot.seq}{self._query}"
        self._stream = await Stream.open(self.address, path, *lines)
        assert self._stream.status == 200, self._stream.status
        self._task = asyncio.create_task(self._follow(self._stream))

    async def cut(self, *, rudely: bool = False) -> None:
        """Lose the connection; nothing that arrives later is applied."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._stream is not None:
            self._stream.hang_up(rudely=rudely)
        self._task = self._stream = None

    def trouble(self) -> str:
        """What went wrong while following."""
        if self._task is not None and self._task.done() and not self._task.cancelled():
            error = self._task.exception()
            if error is not None:
                return repr(error)
        return ""

    async def _follow(self, stream: Stream) -> None:
        seen = -1
        while fields := await stream.event():
            message = _message.decode(fields["data"])
            if isinstance(message, Reset):
                assert "id" not in fields, "a reset carries no id"
                self.resets += 1
                stream.hang_up()
                await self._again()
                return
            if "id" not in fields:  # said of now alone, as the browser's kit takes it
                assert isinstance(message, Face) and self.snapshot is not None
                self.snapshot = apply(self.snapshot, message, 0)
                continue
            seq = int(fields["id"])
            assert seq > seen, f"id {seq} came after {seen} on one connection"
            assert self.snapshot is not None
            assert seq > self.snapshot.seq, f"id {seq} told of what the snapshot already held"
            seen = seq
            self._last = fields["id"]
            self.applied.append(seq)
            self.snapshot = apply(self.snapshot, message, seq)
        with contextlib.suppress(OSError):  # a server that is gone for good is none of ours
            await self._again(loaded=True)

    async def _again(self, *, loaded: bool = False) -> None:
        if not loaded:
            self.snapshot = await self._load()
            self._last = ""
        await self.connect()


def looks(snapshot: Snapshot | None) -> tuple[Any, ...]:
    """What a screen shows; `seq` also counts what no screen is told."""
    assert snapshot is not None
    return (snapshot.wall, snapshot.cards, snapshot.formats, snapshot.picks)


async def verify(engine: Engine, wall: str, *players: Player, within_s: float = 10.0) -> None:
    """Every player comes to show what a fresh snapshot shows, and none saw an id out of order."""

    async def agree() -> bool:
        fresh = looks(await engine.snapshot_of_wall(wall))
        for player in players:
            assert not player.trouble(), player.trouble()
        return all(looks(player.snapshot) == fresh for player in players)

    try:
        await until(agree, within_s)
    except TimeoutError:
        fresh = looks(await engine.snapshot_of_wall(wall))
        differing = [p.snapshot for p in players if looks(p.snapshot) != fresh]
        raise AssertionError(f"fresh: {fresh}\nplayers: {differing}") from None


async def player(engine: Engine, address: str, wall: str, query: str = "") -> Player:
    """A started player that reads its snapshots from the engine."""
    return await Player(address, wall, lambda: engine.snapshot_of_wall(wall), query).start()
