"""Stand-ins for what `run` wires: a scripted network, a vault, a memory, a clock."""

from __future__ import annotations

import hashlib
import json as jsonlib
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from parvis.core.errors import Refused
from parvis.core.ports import Memory, Vault
from parvis.plug.http import Http, Params
from parvis.plug.manifest import Budget, check_settings, read_manifest
from parvis.plug.outcome import judge
from parvis.plug.reply import Reply, check_type
from parvis.plug.stream import Socket, Stream
from parvis.plug.tools import Tools
from parvis.plug.validators import validators

NOW_MS = 1_790_000_000_000


class ManualClock:
    """A clock that moves only when told; milliseconds since 1970 UTC."""

    def __init__(self, now_ms: int = NOW_MS) -> None:
        self.now_ms = now_ms

    def __call__(self) -> int:
        """The time it shows."""
        return self.now_ms

    def advance(self, seconds: float) -> None:
        """Moves the clock (back, when negative)."""
        self.now_ms += round(seconds * 1000)


class MemoryVault:
    """A `Vault` over a dict."""

    def __init__(self, secrets: Mapping[str, str] | None = None) -> None:
        self._secrets = dict(secrets or {})

    def secret(self, name: str) -> str:
        """The value; raises `Refused` when there is none."""
        if name not in self._secrets:
            raise Refused(f"The credential {name} is missing; give it to the test's vault.")
        return self._secrets[name]

    def has(self, name: str) -> bool:
        """Whether it is set."""
        return name in self._secrets


class DictMemory:
    """A `Memory` over a dict, `kept`."""

    def __init__(self, kept: Mapping[str, str] | None = None) -> None:
        self.kept = dict(kept or {})

    async def recall(self, name: str) -> str | None:
        """The value kept under `name`."""
        return self.kept.get(name)

    async def remember(self, name: str, value: str) -> None:
        """Keeps `value` under `name`."""
        self.kept[name] = value


class MemoryBlobs:
    """`Blobs` over a dict."""

    def __init__(self) -> None:
        self._bodies: dict[str, bytes] = {}

    async def put(self, body: bytes, mime: str) -> str:
        """The sha256 under which `body` is kept."""
        name = hashlib.sha256(body).hexdigest()
        self._bodies[name] = body
        return name

    async def open(self, sha256: str) -> bytes:
        """The bytes; raises `Refused` when there are none."""
        if sha256 not in self._bodies:
            raise Refused(f"There is no file {sha256}; it was dropped or never kept.")
        return self._bodies[sha256]

    async def drop(self, sha256: str) -> None:
        """Forgets them."""
        self._bodies.pop(sha256, None)


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
    ) -> AbstractAsyncContextManager[Stream]:
        """The next scripted stream."""
        self.asked.append(Asked("GET", url, dict(params or {}), dict(headers or {}), bearer))
        return self._stream(url, max_line)

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
        error = judge(reply.status, reply.headers, _host(url), NOW_MS / 1000, 1.0)
        if error is not None and reply.status not in allow:
            raise error
        if 200 <= reply.status < 300:
            check_type(reply, accept)
        return reply

    @asynccontextmanager
    async def _stream(self, url: str, max_line: int) -> AsyncGenerator[Stream]:
        if _bare(url) not in self._streams:
            self._next(url, (), ())  # a scripted refusal
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


def tools(
    settings: Mapping[str, Any] | None = None,
    *,
    folder: Path | str | None = None,
    http: Http | None = None,
    vault: Vault | None = None,
    memory: Memory | None = None,
    clock: ManualClock | None = None,
    public_url: str = "",
) -> Tools:
    """Tools made of fakes; with the extension's `folder` (or a file in it) the settings are checked
    and filled.
    """
    given = dict(settings or {})
    if folder is not None:
        given = check_settings(read_manifest(folder_of(folder) / "plugin.toml"), given)
    return Tools(
        settings=given,
        http=http or FakeHttp(),
        vault=vault or MemoryVault(),
        memory=memory or DictMemory(),
        clock=clock or ManualClock(),
        public_url=public_url,
    )


def folder_of(place: Path | str) -> Path:
    """The folder that is, or holds the file, `place`."""
    path = Path(place).resolve()
    return path.parent if path.is_file() else path


def _bare(url: str) -> str:
    return url.split("?", 1)[0].split("#", 1)[0]


def _host(url: str) -> str:
    return _bare(url).split("//", 1)[-1].split("/", 1)[0]
