"""`GET /live/{wall}`: what both ways of serving it share, and the pure-ASGI way."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from functools import partial
from typing import Any
from urllib.parse import parse_qs, unquote

import msgspec

from parvis.web.admit import Admission, Turned
from parvis.web.live.channel import Channel
from parvis.web.live.fanout import Fanout
from parvis.web.live.hub import Hub
from parvis.web.problem import problem

log = logging.getLogger("parvis.live")

PREFIX = "/live/"
NEWEST = 2**53
"""Sequences beyond it are no sequences: a browser could not hold them."""

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Header = tuple[bytes, bytes]

HEADERS: tuple[Header, ...] = (
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # or nginx keeps the events to itself
    (b"x-content-type-options", b"nosniff"),
)


class Joined(msgspec.Struct, frozen=True):
    """A reader that may come in: to which wall, in which view; `left` is called when it is gone."""

    wall: str
    view: str = "all"
    headers: tuple[Header, ...] = ()
    left: Callable[[], None] | None = None


Admit = Callable[[Mapping[str, Any]], Joined | Turned]
"""Says of an ASGI scope whether its reader may come in; called once for each request."""


def wall_of(scope: Mapping[str, Any]) -> str:
    """The wall that the address names."""
    return unquote(str(scope["path"]).rpartition(PREFIX)[2])


def view_of(scope: Mapping[str, Any]) -> str:
    """The view that the address asks for (`?view=cards`)."""
    asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("view", ["all"])
    return str(asked[-1])


def admit_with(admission: Admission, views: frozenset[str]) -> Admit:
    """Everyone whom `admission` lets in, counted per address while the stream is open."""

    def admit(scope: Mapping[str, Any]) -> Joined | Turned:
        visitor = admission.admit(scope)
        if isinstance(visitor, Turned):
            return visitor
        view = view_of(scope)
        if view not in views:
            return Turned(400, f"There is no view {view!r}; there are {', '.join(sorted(views))}.")
        if not admission.enter(visitor.address):
            return Turned(429, "Too many open streams from this address; close some.", 30.0)
        now = (b"x-parvis-now", str(time.time_ns() // 1_000_000).encode())
        left = partial(admission.leave, visitor.address)
        return Joined(wall_of(scope), view, (now,), left)

    return admit


def admitted(admit: Admit, scope: Mapping[str, Any]) -> Joined | Turned:
    """What `admit` says; a bug in it is logged and turns the reader away."""
    try:
        return admit(scope)
    except Exception as error:
        log.error("live.bug", exc_info=error, extra={"error": type(error).__name__})
        return Turned(500, "Something in parvis itself broke; its log says what.")


def position(scope: Mapping[str, Any]) -> int | None:
    """Where the reader stands: `Last-Event-ID`, else `?after=`; None for from now on.

    What is no sequence becomes one that no wall has reached: it gets a reset.
    """
    given = [value for name, value in scope["headers"] if name == b"last-event-id"][-1:]
    query = scope.get("query_string", b"")
    if not given or not given[0]:
        given = [v.encode() for v in parse_qs(query.decode("latin-1")).get("after", [])[-1:]]
    if not given:
        return None
    text = given[0].strip()
    return min(int(text), NEWEST) if text.isdigit() and len(text) < 20 else NEWEST


class AsgiReader:
    """A reader behind any ASGI server; what it is owed waits here, as much as the fan-out lets."""

    _keys = itertools.count(1)

    def __init__(self, joined: Joined) -> None:
        self.began = asyncio.Event()
        self.turned: Turned | None = None
        self.task: asyncio.Task[None] | None = None
        self._joined = joined
        self._key = -next(self._keys)
        self._fanout: Fanout | None = None
        self._bodies: list[bytes] = []
        self._size = 0
        self._more = asyncio.Event()
        self._sent = asyncio.Event()
        self._ended = False

    def begin(self, body: bytes) -> None:
        """Answer 200 and say `body`."""
        self.write(body)
        self.began.set()

    def say(self, body: bytes) -> None:
        """Say more."""
        self.write(body)

    async def heard(self) -> None:
        """Wait until what was said was handed on."""
        while self._size:
            self._sent.clear()
            await self._sent.wait()

    def join(self, channel: Channel) -> None:
        """Be given what the channel says."""
        self._fanout = channel.plain
        channel.plain.add(self._key, self, held=True)

    def end(self) -> None:
        """No more."""
        self._ended = True
        self._more.set()

    def turn_away(self, why: Turned) -> None:
        """Answer with an error."""
        self.turned = why
        self.began.set()

    def abort(self) -> None:
        """Hang up: an ASGI application has no way to but to return."""
        self._bodies.clear()
        self._size = 0
        self.end()
        if not self.began.is_set():
            self.turn_away(Turned(503, "The server is stopping; try again in a moment.", 2.0))
        elif self.task is not None:
            self.task.cancel()

    def write(self, data: bytes) -> None:
        """Say `data`."""
        if data and not self._ended:
            self._bodies.append(data)
            self._size += len(data)
            self._more.set()

    def close(self) -> None:
        """No more after what was said."""
        self.end()

    def get_write_buffer_size(self) -> int:
        """Bytes that the server has not taken."""
        return self._size

    def leave(self) -> None:
        """The reader has gone."""
        if self._fanout is not None:
            self._fanout.remove(self._key)
        if self._joined.left is not None:
            self._joined.left()

    async def pump(self, send: Send) -> None:
        """Hand everything on until the end."""
        while True:
            while self._bodies:
                body = b"".join(self._bodies)
                self._bodies.clear()
                await send({"type": "http.response.body", "body": body, "more_body": True})
                self._size -= len(body)
                self._sent.set()
            if self._ended:
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                return
            self._more.clear()
            await self._more.wait()


class LiveApp:
    """The live addresses as an ASGI application: works on any server, at a third of the speed."""

    def __init__(self, hub: Hub, admit: Admit) -> None:
        self._hub = hub
        self._admit = admit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["method"] not in ("GET", "HEAD"):
            said = problem(405, "A live address is only read; use GET.")
            said.headers["allow"] = "GET, HEAD"
            await said(scope, receive, send)
            return
        joined = admitted(self._admit, scope)
        if isinstance(joined, Turned):
            await _turn_away(joined, scope, receive, send)
        elif scope["method"] == "HEAD":
            if joined.left is not None:
                joined.left()
            await send(_start(joined))
            await send({"type": "http.response.body", "body": b""})
        else:
            await self._serve(AsgiReader(joined), joined, scope, receive, send)

    async def _serve(
        self, reader: AsgiReader, joined: Joined, scope: Scope, receive: Receive, send: Send
    ) -> None:
        loop = asyncio.get_running_loop()
        helped = self._hub.follow(joined.wall, joined.view, position(scope), reader)
        reader.task = loop.create_task(_answer(reader, joined, scope, receive, send))
        gone = loop.create_task(_gone(receive))
        try:
            await asyncio.wait((reader.task, gone), return_when=asyncio.FIRST_COMPLETED)
        finally:
            reader.leave()
            tasks = [task for task in (helped, reader.task, gone) if task is not None]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _answer(
    reader: AsgiReader, joined: Joined, scope: Scope, receive: Receive, send: Send
) -> None:
    await reader.began.wait()
    if reader.turned is not None:
        await _turn_away(reader.turned, scope, receive, send)
        return
    await send(_start(joined))
    with contextlib.suppress(OSError):
        await reader.pump(send)


def _start(joined: Joined) -> MutableMapping[str, Any]:
    headers = [*HEADERS, *joined.headers]
    return {"type": "http.response.start", "status": 200, "headers": headers}


async def _gone(receive: Receive) -> None:
    """Wait for the disconnect: sending to a reader that left is no error, so nothing else tells."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _turn_away(turned: Turned, scope: Scope, receive: Receive, send: Send) -> None:
    said = problem(turned.status, turned.says, turned.retry_after_s)
    await said(scope, receive, send)
