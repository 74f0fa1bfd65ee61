"""A scripted network in the place of the real client."""

from __future__ import annotations

import json as jsonlib
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from parvis.core.ports import Memory
from parvis.plug.http import Http, Params
from parvis.plug.manifest import Budget
from parvis.plug.outcome import judge
from parvis.plug.reply import Reply, check_type, host_of
from parvis.plug.stream import Socket, Stream
from parvis.plug.testkit.clock import NOW_MS
from parvis.plug.validators import validators


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that `FakeHttp` got; `body` as it would have been sent."""

    method: str
    url: str
    params: Mapping[str, str] = field(default_factory=dict[str, str])
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    bearer: str = ""
    body: bytes = b""


class FakeHttp(Http):
    """A scripted network: each address answers what it was told, in turn; the last answer repeats.

    Statuses mean what they mean to the real client. What was asked stands in `asked`; an address
    nobody scripted is a test's mistake and raises AssertionError.
    """

    def __init__(self) -> None:  # no session, no sockets: nothing of the real client is made
        self.asked: list[Asked] = []
        self.sent: list[str | bytes] = []
        self._replies: dict[str, list[Reply | Exception]] = {}
        self._streams: dict[str, list[tuple[bytes | Exception, ...]]] = {}

    def answers(
        self,
        url: str,
        body: bytes | str | dict[str, Any] | list[Any] = b"",
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        error: Exception | None = None,
    ) -> FakeHttp:
        """The next answer at `url` (without its query; '*' for every address that has none); a dict
        or list is sent as JSON, `error` is raised.
        """
        told = {name.lower(): text for name, text in (headers or {}).items()}
        if isinstance(body, dict | list):
            told.setdefault("content-type", "application/json")
            body = jsonlib.dumps(body, ensure_ascii=False)
        packed = body.encode() if isinstance(body, str) else body
        reply = Reply(status, told, packed, url, validators=validators(told))
        self._replies.setdefault(_bare(url), []).append(error or reply)
        return self

    def streams(self, url: str, *chunks: bytes | Exception) -> FakeHttp:
        """The next connection at `url` gives `chunks` (a socket: messages); an exception breaks it
        off.
        """
        self._streams.setdefault(_bare(url), []).append(chunks)
        return self

    def scoped(
        self,
        key: str,
        *,
        hosts: Iterable[str] | None = None,
        budget: Budget | None = None,
        memory: Memory | None = None,
    ) -> Http:
        """Itself."""
        return self

    async def get(
        self,
        url: str,
        *,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        bearer: str = "",
        conditional: bool | str = False,
        max_bytes: int = 0,
        deadline_s: float = 0,
        accept: tuple[str, ...] = (),
        redirects: int = 3,
        allow: tuple[int, ...] = (),
    ) -> Reply:
        """The next scripted answer; 304 when `conditional` names its validators."""
        self.asked.append(Asked("GET", url, dict(params or {}), dict(headers or {}), bearer))
        reply = self._next(url, accept, allow)
        if conditional and reply.validators and conditional == reply.validators:
            return Reply(304, reply.headers, b"", url, not_modified=True)
        return reply

    async def post(
        self,
        url: str,
        *,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        bearer: str = "",
        json: Any = None,
        form: Params | None = None,
        body: bytes = b"",
        content_type: str = "",
        max_bytes: int = 0,
        deadline_s: float = 0,
        accept: tuple[str, ...] = (),
        allow: tuple[int, ...] = (),
    ) -> Reply:
        """The next scripted answer."""
        if json is not None:
            body = jsonlib.dumps(json, ensure_ascii=False, separators=(",", ":")).encode()
        elif form is not None:
            body = jsonlib.dumps(dict(form)).encode()
        self.asked.append(Asked("POST", url, dict(params or {}), dict(headers or {}), bearer, body))
        return self._next(url, accept, allow)

    def stream(
        self,
        url: str,
        *,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        bearer: str = "",
        idle_s: float = 90.0,
        max_line: int = 1024 * 1024,
        deadline_s: float = 20.0,
        accept: tuple[str, ...] = (),
        redirects: int = 3,
        allow: tuple[int, ...] = (),
    ) -> AbstractAsyncContextManager[Stream]:
        """The next scripted stream."""
        self.asked.append(Asked("GET", url, dict(params or {}), dict(headers or {}), bearer))
        return self._stream(url, max_line, allow)

    def websocket(
        self,
        url: str,
        *,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        bearer: str = "",
        protocols: Sequence[str] = (),
        idle_s: float = 90.0,
        max_message: int = 1024 * 1024,
        deadline_s: float = 20.0,
    ) -> AbstractAsyncContextManager[Socket]:
        """The next scripted socket; what is sent stands in `sent`."""
        self.asked.append(Asked("GET", url, dict(params or {}), dict(headers or {}), bearer))
        return self._socket(url)

    async def close(self) -> None:
        """Nothing to close."""

    def _next(self, url: str, accept: tuple[str, ...], allow: tuple[int, ...]) -> Reply:
        left = self._replies.get(_bare(url)) or self._replies.get("*")
        assert left, f"nobody scripted an answer at {_bare(url)}"
        reply = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(reply, Exception):
            raise reply
        error = judge(reply.status, reply.headers, host_of(url), NOW_MS / 1000, 1.0)
        if error is not None and reply.status not in allow:
            raise error
        if 200 <= reply.status < 300:
            check_type(reply, accept)
        return reply

    @asynccontextmanager
    async def _stream(
        self, url: str, max_line: int, allow: tuple[int, ...]
    ) -> AsyncGenerator[Stream]:
        if _bare(url) not in self._streams:
            said = self._next(url, (), allow)  # a scripted refusal
            body = _flow((said.body,))
            yield Stream(body, url=url, status=said.status, headers=said.headers)
            return
        yield Stream(_flow(self._script(url)), url=url, max_line=max_line)

    @asynccontextmanager
    async def _socket(self, url: str) -> AsyncGenerator[Socket]:
        if _bare(url) not in self._streams:
            self._next(url, (), ())
        yield _FakeSocket(self._script(url), self.sent)

    def _script(self, url: str) -> tuple[bytes | Exception, ...]:
        left = self._streams.get(_bare(url))
        assert left, f"nobody scripted a stream at {_bare(url)}"
        return left.pop(0) if len(left) > 1 else left[0]


class _FakeSocket(Socket):
    def __init__(self, chunks: tuple[bytes | Exception, ...], sent: list[str | bytes]) -> None:
        self._chunks = chunks
        self._sent = sent

    async def send(self, message: str | bytes) -> None:
        self._sent.append(message)

    def messages(self) -> AsyncIterator[bytes]:
        return _flow(self._chunks)


async def _flow(chunks: tuple[bytes | Exception, ...]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        if isinstance(chunk, Exception):
            raise chunk
        yield chunk


def _bare(url: str) -> str:
    return url.split("?", 1)[0].split("#", 1)[0]
