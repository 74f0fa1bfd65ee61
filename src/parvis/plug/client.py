"""What the shared client does once something goes out: aiohttp is imported here and not before."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from parvis.core.errors import Later, Refused
from parvis.core.ports import Clock
from parvis.plug.egress import Egress
from parvis.plug.inflate import Inflate
from parvis.plug.open_socket import OpenSocket
from parvis.plug.outcome import broken, judge
from parvis.plug.recorder import Recorder
from parvis.plug.reply import Reply, check_type
from parvis.plug.scope import Scope
from parvis.plug.stream import Socket, Stream, silent
from parvis.plug.transport import Ask, Transport, lowered, read_body
from parvis.plug.validators import validators

Params = Mapping[str, str] | Sequence[tuple[str, str]]

RECORDED_STREAM = 1024 * 1024


class Client:
    """One a process, shared by every view of `Http`."""

    def __init__(
        self,
        *,
        user_agent: str,
        egress: Egress,
        record: Path | None,
        clock: Clock,
        rng: random.Random,
        resolver: AbstractResolver | None,
    ) -> None:
        self.transport = Transport(
            user_agent=user_agent,
            clock=clock,
            rng=rng,
            egress=egress,
            resolver=resolver,
            recorder=Recorder(record, clock) if record else None,
        )

    def ask(
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
        """The request; raises `Refused` for what is no web address or would break its head."""
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

    async def exchange(
        self,
        ask: Ask,
        scope: Scope,
        max_bytes: int,
        accept: tuple[str, ...],
        allow: tuple[int, ...],
    ) -> Reply:
        """One request and its whole answer."""
        with self.transport.mapped(ask.url, ask.deadline_s):
            async with asyncio.timeout(ask.deadline_s):
                response = await self.transport.send(ask, scope)
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
        elif self.transport.recorder is not None:
            try:
                body = await read_body(response, max_bytes)
            except Refused:
                body = b""
        else:
            raise error
        await self.transport.record(ask, response, body)
        if error is not None:
            raise error
        return body

    def _judged(self, response: aiohttp.ClientResponse) -> Refused | Later | None:
        now_s = self.transport.now_s()
        circuit = self.transport.circuit(response.url)
        wait = circuit.wait_s(now_s)
        host = response.url.host or ""
        return judge(response.status, lowered(response.headers), host, now_s, wait)

    @asynccontextmanager
    async def streamed(
        self,
        ask: Ask,
        scope: Scope,
        idle_s: float,
        max_line: int,
        accept: tuple[str, ...],
        allow: tuple[int, ...] = (),
    ) -> AsyncGenerator[Stream]:
        """An endless answer, while the block lasts."""
        with self.transport.mapped(ask.url, ask.deadline_s):
            async with asyncio.timeout(ask.deadline_s):
                response = await self.transport.send(ask, scope)
        kept = bytearray()
        try:
            if response.status not in allow:
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
            await self.transport.record(ask, response, bytes(kept))

    async def _chunks(
        self, response: aiohttp.ClientResponse, idle_s: float, most: int, kept: bytearray
    ) -> AsyncIterator[bytes]:
        inflate = Inflate(response.headers.get("Content-Encoding", ""), response.url.host or "")
        recording = self.transport.recorder is not None
        with self.transport.mapped(response.url, idle_s):
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
    async def connected(
        self, ask: Ask, scope: Scope, protocols: tuple[str, ...], idle_s: float, max_message: int
    ) -> AsyncGenerator[Socket]:
        """An open WebSocket, while the block lasts."""
        with self.transport.mapped(ask.url, ask.deadline_s):
            try:
                async with asyncio.timeout(ask.deadline_s):
                    opened = await self.transport.connect(
                        ask,
                        scope,
                        protocols=protocols,
                        max_message=max_message,
                        beat_s=max(idle_s / 3, 1.0),
                    )
            except aiohttp.WSServerHandshakeError as error:
                raise self._handshake(ask.url, scope, error) from error
        try:
            yield OpenSocket(opened, ask.url, idle_s)
        finally:
            with suppress(TimeoutError, aiohttp.ClientError, OSError):
                await opened.close()

    def _handshake(
        self, url: URL, scope: Scope, error: aiohttp.WSServerHandshakeError
    ) -> Refused | Later:
        headers = lowered(error.headers or {})
        now_s = self.transport.now_s()
        self.transport.budget(url, scope).learn(headers, now_s, error.status)
        wait = self.transport.failed(url, f"status {error.status}") if error.status >= 500 else 0.0
        judged = judge(error.status, headers, url.host or "", now_s, wait)
        return judged or Refused(f"{url.host} opens no WebSocket at this address; check it.")

    async def close(self) -> None:
        """Closes every connection."""
        await self.transport.close()


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
