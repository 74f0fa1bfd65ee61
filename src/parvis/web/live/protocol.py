"""`GET /live/…` inside uvicorn's own protocol class: no ASGI task, no queue, shared bytes.

`HttpToolsProtocol`, below `Bounded`, is no documented extension point: uvicorn is pinned to one
minor version, and `tests/contract/web/test_live_server.py` holds what is relied on.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import urllib.parse
from collections import deque
from http import HTTPStatus
from typing import Any, ClassVar, cast

import httptools

from parvis.web.admit import Turned
from parvis.web.auth import LOCAL
from parvis.web.live.channel import END, Channel, chunk
from parvis.web.live.connection import Bounded
from parvis.web.live.fanout import DIRECT, Fanout
from parvis.web.live.follow import HEADERS, PREFIX, Admit, Header, Joined, admitted, position
from parvis.web.live.hub import Hub
from parvis.web.problem import problem

RAW_PREFIX = PREFIX.encode()
UNACKNOWLEDGED_MS = 15_000
"""A reader that vanished without a word is found by the next heartbeat, this long after it."""
CLOSE: tuple[Header, ...] = ((b"connection", b"close"),)
CHUNKED: tuple[Header, ...] = ((b"transfer-encoding", b"chunked"),)
NOBODY: deque[Any] = deque()


def head_of(status: int, headers: tuple[Header, ...]) -> bytes:
    """Status line and headers."""
    lines = [b"%b: %b\r\n" % header for header in headers]
    phrase = HTTPStatus(status).phrase.encode()
    return b"HTTP/1.1 %d %b\r\n%b\r\n" % (status, phrase, b"".join(lines))


class LiveProtocol(Bounded):
    """A connection; once it follows a wall it is that for the rest of its life."""

    hub: ClassVar[Hub]
    admit: ClassVar[Admit]

    joined: Joined | None = None
    task: asyncio.Task[None] | None = None
    fanout: Fanout | None = None
    fd = -1

    # the request ----------------------------------------------------------------------------------
    def on_message_begin(self) -> None:
        """Uvicorn's hook."""
        if self.joined is None:
            super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Uvicorn's hook."""
        if self.joined is None:
            super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Uvicorn's hook."""
        if self.joined is None:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Take the connection over where it asks for a wall; leave the rest to uvicorn."""
        if self.joined is not None:
            return
        if self._is_live():
            self.head_is_here()
            self._follow()
        else:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Uvicorn's hook."""
        if self.joined is None:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Uvicorn's hook."""
        if self.joined is None:
            super().on_message_complete()

    def data_received(self, data: bytes) -> None:
        """What a reader sends after its request is of no interest."""
        if self.joined is None:
            super().data_received(data)

    def send_400_response(self, msg: str) -> None:
        """Nothing may be written between events."""
        if self.joined is None:
            super().send_400_response(msg)

    def connection_lost(self, exc: Exception | None) -> None:
        """The only clean-up there is."""
        if self.joined is not None:
            self._leave()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """The hub ends streams; those it does not know any more just go."""
        if self.joined is None:
            super().shutdown()
        elif self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            self.transport.close()

    def _is_live(self) -> bool:
        return (
            self.url.startswith(RAW_PREFIX)
            and self.parser.get_method() == b"GET"
            and not self.parser.should_upgrade()
            # An earlier request of this connection is still being answered: uvicorn queues this.
            and (self.cycle is None or self.cycle.response_complete)
            and not self.transport.is_closing()
        )

    def _follow(self) -> None:
        scope = self._whole_scope()
        verdict = admitted(type(self).admit, scope)
        self._unset_keepalive_if_required()
        self.chunked = scope["http_version"] == "1.1"
        if isinstance(verdict, Turned):
            self.joined = Joined("")
            self.turn_away(verdict)
            return
        self.joined = verdict
        self._forget_the_request()
        self._watch_the_line()
        self.task = self.hub.follow(verdict.wall, verdict.view, position(scope), self)

    def _whole_scope(self) -> dict[str, Any]:
        scope = cast("dict[str, Any]", self.scope)
        parsed = httptools.parse_url(self.url)
        path = parsed.path.decode("ascii")
        scope["method"] = "GET"
        if self.app_state.get(LOCAL) is True:
            scope[LOCAL] = True
        scope["http_version"] = self.parser.get_http_version()
        scope["path"] = self.root_path + (urllib.parse.unquote(path) if "%" in path else path)
        scope["raw_path"] = self.root_path.encode("ascii") + parsed.path
        scope["query_string"] = parsed.query or b""
        return scope

    def _forget_the_request(self) -> None:
        """Ten thousand idle screens are ten thousand times what is kept here."""
        self.scope = self.cycle = None  # type: ignore[assignment]
        self.headers = []
        self.url = b""
        self.pipeline = NOBODY
        self.app_state = {}

    def _watch_the_line(self) -> None:
        line = self.transport.get_extra_info("socket")
        option = getattr(socket, "TCP_USER_TIMEOUT", None)
        if option is not None and line.family != getattr(socket, "AF_UNIX", None):
            with contextlib.suppress(OSError):
                line.setsockopt(socket.IPPROTO_TCP, option, UNACKNOWLEDGED_MS)

    def _leave(self) -> None:
        if self.fanout is not None:
            self.fanout.remove(self.fd)
            self.fanout = None
        if self.task is not None:
            self.task.cancel()
            self.task = None
        if self.joined is not None and self.joined.left is not None:
            self.joined.left()
        self.joined = Joined("")

    # what the hub asks of a reader ----------------------------------------------------------------
    def begin(self, body: bytes) -> None:
        """Answer 200 and say `body`."""
        more = self.joined.headers if self.joined is not None else ()
        head = head_of(200, (*HEADERS, *more, *(CHUNKED if self.chunked else CLOSE)))
        self.transport.write(head + (chunk(body) if self.chunked else body))

    def say(self, body: bytes) -> None:
        """Say more."""
        if body:
            self.transport.write(chunk(body) if self.chunked else body)

    async def heard(self) -> None:
        """Wait until the transport wants more."""
        await self.flow.drain()

    def join(self, channel: Channel) -> None:
        """Be written to by file descriptor, or through the transport where that is encrypted."""
        if self.transport.is_closing():
            return
        self.task = None
        self.fanout = channel.chunked if self.chunked else channel.plain
        self.fd = self.transport.get_extra_info("socket").fileno()
        held = not DIRECT or self.transport.get_extra_info("sslcontext") is not None
        self.fanout.add(self.fd, self.transport, held=held)

    def end(self) -> None:
        """End the stream after what was said."""
        if self.transport.is_closing():
            return
        if self.chunked:
            self.transport.write(END)
        self.transport.close()

    def turn_away(self, why: Turned) -> None:
        """Answer with an error and close."""
        said = problem(why.status, why.says, why.retry_after_s)
        head = head_of(why.status, (*said.raw_headers, *CLOSE))
        self.transport.write(head + bytes(said.body))
        self.transport.close()

    def abort(self) -> None:
        """Hang up."""
        self.transport.abort()


def live_protocol(hub: Hub, admit: Admit) -> type[LiveProtocol]:
    """The protocol class of one server."""
    members = {"hub": hub, "admit": staticmethod(admit)}
    return type("LiveProtocol", (LiveProtocol,), members)
