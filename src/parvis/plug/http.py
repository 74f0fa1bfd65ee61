"""The shared HTTP client: everything parvis asks of the outside goes through here."""

from __future__ import annotations

import asyncio
import json as jsonlib
import random
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from parvis import __version__
from parvis.core.errors import Later, Refused
from parvis.core.ports import Clock, Memory
from parvis.plug.egress import Egress
from parvis.plug.inflate import Inflate
from parvis.plug.manifest import Budget
from parvis.plug.outcome import broken, judge
from parvis.plug.recorder import Recorder
from parvis.plug.reply import Reply, check_type
from parvis.plug.stream import OpenSocket, Socket, Stream, silent
from parvis.plug.transport import Ask, Scope, Transport, lowered, read_body
from parvis.plug.validators import conditions, memory_name, validators

__all__ = ["Http", "Params", "Reply", "Socket", "Stream"]

Params = Mapping[str, str] | Sequence[tuple[str, str]]

MAX_BYTES = 5 * 1024 * 1024
MAX_LINE = 1024 * 1024
RECORDED_STREAM = 1024 * 1024


class Http:
    """The client. `run` makes one a process; an extension gets its own `scoped` view of it.

    Raises `Refused` (4xx, forbidden addresses, wrong content) and `Later` (429, 5xx, network,
    time-outs; with the server's Retry-After where it gives one, else with a jittered back-off).
    """

    def __init__(
        self,
        *,
        public_url: str = "",
        allow_private: Iterable[str] = (),
        proxy: str = "",
        record: Path | None = None,
        clock: Clock | None = None,
        rng: random.Random | None = None,
        resolver: AbstractResolver | None = None,
    ) -> None:
        """`allow_private`: exact `address:port` targets that may be reached though they are not
        public.
        """
        clock = clock or _system_clock
        self._transport = Transport(
            user_agent=f"parvis/{__version__}" + (f" (+{public_url})" if public_url else ""),
            clock=clock,
            rng=rng or random.Random(),  # noqa: S311 (jitter, no secret)
            egress=Egress(allow_private, proxy),
            resolver=resolver,
            recorder=Recorder(record, clock) if record else None,
        )
        self._scope = Scope()
        self._memory: Memory | None = None
        self._fresh: dict[str, str] = {}

    def scoped(
        self,
        key: str,
        *,
        hosts: Iterable[str] | None = None,
        budget: Budget | None = None,
        memory: Memory | None = None,
    ) -> Http:
        """A view for one extension: it reaches `hosts` alone and has the budget `key`, shared by
        all of that key.

        A view of a view only narrows: the hosts of both apply. `memory` keeps validators of
        conditional requests.
        """
        view = object.__new__(Http)
        view._transport = self._transport
        lists = self._scope.hosts + (() if hosts is None else (tuple(hosts),))
        view._scope = Scope(
            key, lists, budget.requests if budget else 0, budget.window_s if budget else 0.0
        )
        view._memory = memory or self._memory
        view._fresh = {}
        return view

    async def get(
        self,
        url: str,
        *,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        bearer: str = "",
        conditional: bool | str = False,
        max_bytes: int = MAX_BYTES,
        deadline_s: float = 20.0,
        accept: tuple[str, ...] = (),
        redirects: int = 3,
        allow: tuple[int, ...] = (),
    ) -> Reply:
        """The answer to a GET. `accept`: content types, all when empty; `allow`: error statuses to
        hand over as they are.

        `conditional`: a text is the `validators` of an earlier reply, which the caller keeps with
        its cursor (and so cannot lose posts); True keeps them in the extension's memory, noted when
        the same address is asked again.
        """
        ask = self._ask("GET", url, params, headers, bearer, deadline_s, accept, redirects)
        known = await self._known(ask.url, conditional)
        if known:
            ask = _with_headers(ask, conditions(known))
        reply = await self._exchange(ask, max_bytes, accept, allow)
        if conditional is True and reply.validators:
            self._fresh[memory_name(ask.url)] = reply.validators
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
        max_bytes: int = MAX_BYTES,
        deadline_s: float = 20.0,
        accept: tuple[str, ...] = (),
        allow: tuple[int, ...] = (),
    ) -> Reply:
        """The answer to a POST of `json`, `form` or `body`; redirects are not followed."""
        if json is not None:
            body = jsonlib.dumps(json, ensure_ascii=False, separators=(",", ":")).encode()
            content_type = content_type or "application/json"
        elif form is not None:
            body = urlencode(
                list(form.items()) if isinstance(form, Mapping) else list(form)
            ).encode()
            content_type = content_type or "application/x-www-form-urlencoded"
        ask = self._ask("POST", url, params, headers, bearer, deadline_s, accept, 0, body)
        ask = _with_headers(ask, {"Content-Type": content_type or "application/octet-stream"})
        return await self._exchange(ask, max_bytes, accept, allow)

    def stream(
        self,
        url: str,
        *,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        bearer: str = "",
        idle_s: float = 90.0,
        max_line: int = MAX_LINE,
        deadline_s: float = 20.0,
        accept: tuple[str, ...] = (),
        redirects: int = 3,
    ) -> AbstractAsyncContextManager[Stream]:
        """An endless answer, line by line. `deadline_s` is for its head; `Later` when nothing comes
        for `idle_s`.
        """
        ask = self._ask("GET", url, params, headers, bearer, deadline_s, accept, redirects)
        return self._streamed(
            _with_headers(ask, {"Accept-Encoding": "identity"}), idle_s, max_line, accept
        )

    def websocket(
        self,
        url: str,
        *,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        bearer: str = "",
        protocols: Sequence[str] = (),
        idle_s: float = 90.0,
        max_message: int = MAX_LINE,
        deadline_s: float = 20.0,
    ) -> AbstractAsyncContextManager[Socket]:
        """A WebSocket (`ws`, `wss`); `Later` when nothing comes for `idle_s` or a message exceeds
        `max_message` bytes.
        """
        ask = self._ask("GET", url, params, headers, bearer, deadline_s, (), 0)
        return self._connected(ask, tuple(protocols), idle_s, max_message)

    async def close(self) -> None:
        """Closes every connection, of all views."""
        await self._transport.close()

    async def _exchange(
        self, ask: Ask, max_bytes: int, accept: tuple[str, ...], allow: tuple[int, ...]
    ) -> Reply:
        with self._transport.mapped(ask.url, ask.deadline_s):
            async with asyncio.timeout(ask.deadline_s):
                response = await self._transport.send(ask, self._scope)
                try:
                    body = await self._body(ask, response, max_bytes, allow)
                finally:
                    response.close()  # a body read to its end has given its connection back already
        reply = _reply(response, body)
        if 200 <= reply.status < 300:
            check_type(reply, accept)
        return reply

    async def _body(
        self, ask: Ask, response: aiohttp.ClientResponse, max_bytes: int, allow: tuple[int, ...]
    ) -> bytes:
        error = None if response.status in allow else self._judged(response)
        if error is None:
            body = await read_body(response, max_bytes)
        elif self._transport.recorder is not None:
            try:
                body = await read_body(response, max_bytes)
            except Refused:
                body = b""
        else:
            raise error
        await self._transport.record(ask, response, body)
        if error is not None:
            raise error
        return body

    def _judged(self, response: aiohttp.ClientResponse) -> Refused | Later | None:
        now_s = self._transport.now_s()
        circuit = self._transport.circuit(response.url)
        wait = circuit.wait_s(now_s)
        host = response.url.host or ""
        return judge(response.status, lowered(response.headers), host, now_s, wait)

    @asynccontextmanager
    async def _streamed(
        self, ask: Ask, idle_s: float, max_line: int, accept: tuple[str, ...]
    ) -> AsyncGenerator[Stream]:
        with self._transport.mapped(ask.url, ask.deadline_s):
            async with asyncio.timeout(ask.deadline_s):
                response = await self._transport.send(ask, self._scope)
        kept = bytearray()
        try:
            if error := self._judged(response):
                raise error
            check_type(_reply(response, b"?"), accept)
            chunks = self._chunks(response, idle_s, max_line, kept)
            yield Stream(
                chunks,
                url=str(response.url),
                status=response.status,
                headers=lowered(response.headers),
                max_line=max_line,
            )
        finally:
            response.close()
            await self._transport.record(ask, response, bytes(kept))

    async def _chunks(
        self, response: aiohttp.ClientResponse, idle_s: float, most: int, kept: bytearray
    ) -> AsyncIterator[bytes]:
        inflate = Inflate(response.headers.get("Content-Encoding", ""), response.url.host or "")
        recording = self._transport.recorder is not None
        with self._transport.mapped(response.url, idle_s):
            while True:
                try:
                    async with asyncio.timeout(idle_s):
                        packed = await response.content.readany()
                except TimeoutError as error:
                    raise silent(response.url, idle_s) from error
                if not packed:
                    return
                chunk = inflate.feed(packed, 16 * most)
                if recording and len(kept) < RECORDED_STREAM:
                    kept += chunk
                yield chunk

    @asynccontextmanager
    async def _connected(
        self, ask: Ask, protocols: tuple[str, ...], idle_s: float, max_message: int
    ) -> AsyncGenerator[Socket]:
        with self._transport.mapped(ask.url, ask.deadline_s):
            try:
                async with asyncio.timeout(ask.deadline_s):
                    opened = await self._transport.connect(
                        ask,
                        self._scope,
                        protocols=protocols,
                        max_message=max_message,
                        beat_s=max(idle_s / 3, 1.0),
                    )
            except aiohttp.WSServerHandshakeError as error:
                raise self._handshake(ask.url, error) from error
        try:
            yield OpenSocket(opened, ask.url, idle_s)
        finally:
            with suppress(TimeoutError, aiohttp.ClientError, OSError):
                await opened.close()

    def _handshake(self, url: URL, error: aiohttp.WSServerHandshakeError) -> Refused | Later:
        headers = lowered(error.headers or {})
        now_s = self._transport.now_s()
        self._transport.budget(url, self._scope).learn(headers, now_s, error.status)
        wait = self._transport.failed(url, f"status {error.status}") if error.status >= 500 else 0.0
        judged = judge(error.status, headers, url.host or "", now_s, wait)
        return judged or Refused(f"{url.host} opens no WebSocket at this address; check it.")

    def _ask(
        self,
        method: str,
        url: str,
        params: Params | None,
        headers: Mapping[str, str] | None,
        bearer: str,
        deadline_s: float,
        accept: tuple[str, ...],
        redirects: int,
        data: bytes | None = None,
    ) -> Ask:
        try:
            target = URL(url)
            if params:
                pairs = params.items() if isinstance(params, Mapping) else params
                target = target.extend_query(list(pairs))
            _ = target.port
        except (ValueError, TypeError) as error:
            raise broken(ValueError(), "", 0.0, deadline_s) from error
        sent = dict(headers or {})
        if accept and not any(name.lower() == "accept" for name in sent):
            sent["Accept"] = ", ".join(accept)
        if bearer:
            sent["Authorization"] = f"Bearer {bearer}"
        if any(sign in f"{name}{text}" for name, text in sent.items() for sign in "\r\n\0"):
            raise Refused(
                f"A header for {target.host} has a line break in it; check the credential."
            )
        secrets = (bearer,) if bearer else ()
        return Ask(method, target, sent, deadline_s, redirects, data, secrets)

    async def _known(self, url: URL, conditional: bool | str) -> str:
        if isinstance(conditional, str):
            return conditional
        if not conditional:
            return ""
        name = memory_name(url)
        if fresh := self._fresh.pop(name, ""):
            # The caller came back, so it is done with the last answer: only now may it be
            # remembered as seen.
            if self._memory is not None:
                await self._memory.remember(name, fresh)
            self._fresh[name] = fresh
            return fresh
        return (await self._memory.recall(name) or "") if self._memory is not None else ""


def _reply(response: aiohttp.ClientResponse, body: bytes) -> Reply:
    headers = lowered(response.headers)
    return Reply(
        status=response.status,
        headers=headers,
        body=body,
        url=str(response.url),
        not_modified=response.status == 304,
        validators=validators(headers) if response.status == 200 else "",
    )


def _with_headers(ask: Ask, headers: Mapping[str, str]) -> Ask:
    return replace(ask, headers={**ask.headers, **headers})


def _system_clock() -> int:
    return time.time_ns() // 1_000_000
