"""A small HTTP client that costs little: keep-alive requests, and ears for a live stream."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Any

import msgspec

from parvis.core.errors import Later


class Talk:
    """One keep-alive connection; `talking` opens it."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, key: str
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._key = key

    async def ask(self, method: str, path: str, body: bytes = b"") -> bytes:
        """The body of the answer. Raises `Later` when it is none of 2xx."""
        key = f"Authorization: Bearer {self._key}\r\n" if self._key else ""
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"{key}Content-Length: {len(body)}\r\n\r\n"
        )
        self._writer.write(head.encode() + body)
        answer = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        size = 0
        _, named, value = answer.partition(b"content-length: ")
        if named:
            size = int(value.split(b"\r\n", 1)[0])
        said = await self._reader.readexactly(size)
        if answer[9:10] != b"2":
            raise Later(f"{path} answered {answer[9:12].decode()}: {said[:200].decode()}")
        return said

    async def post(self, path: str, value: Any) -> bytes:
        """POST a value as JSON."""
        return await self.ask("POST", path, msgspec.json.encode(value))


@contextlib.asynccontextmanager
async def talking(port: int, key: str = "") -> AsyncIterator[Talk]:
    """A connection that sends `key`, if any, with each request."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield Talk(reader, writer, key)
    finally:
        writer.close()


class Ears:
    """Follows a wall; `listening` opens it.

    `events` are (seconds, id, message type, post), as they came.
    """

    def __init__(self) -> None:
        self.events: list[tuple[float, int, str, str]] = []
        self.came = asyncio.Condition()

    async def hear(self, kind: str, post: str, within_s: float = 30.0) -> float:
        """When this message came; waits for it. Raises `Later`."""
        try:
            async with asyncio.timeout(within_s), self.came:
                await self.came.wait_for(lambda: self.when(kind, post) is not None)
        except TimeoutError:
            raise Later(f"No {kind} of {post} came within {within_s:.0f} s.") from None
        return self.when(kind, post) or 0.0

    def when(self, kind: str, post: str) -> float | None:
        """When this message came, if it did."""
        for at, _seq, said, about in reversed(self.events):
            if said == kind and about == post:
                return at
        return None

    async def listen(self, reader: asyncio.StreamReader) -> None:
        """Until the stream ends."""
        held = b""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while size := int((await reader.readuntil(b"\r\n")).strip(), 16):
                held += (await reader.readexactly(size + 2))[:-2]
                *whole, held = held.split(b"\n\n")
                at = time.monotonic()
                heard = [event for event in whole if b"data: " in event]
                self.events += [(at, *_parsed(event)) for event in heard]
                async with self.came:
                    self.came.notify_all()


def _parsed(event: bytes) -> tuple[int, str, str]:
    fields = dict(line.split(b": ", 1) for line in event.split(b"\n"))
    message = msgspec.json.decode(fields[b"data"])
    about = message.get("post") or message.get("card", {}).get("post", "")
    return int(fields.get(b"id", b"0")), message["type"], about


@contextlib.asynccontextmanager
async def listening(port: int, path: str, last: int = 0) -> AsyncIterator[Ears]:
    """Ears on a stream, from the event after `last` on when that is given."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    since = f"Last-Event-ID: {last}\r\n" if last else ""
    writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{since}\r\n".encode())
    await reader.readuntil(b"\r\n\r\n")
    ears = Ears()
    task = asyncio.create_task(ears.listen(reader))
    try:
        yield ears
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        writer.close()
