"""The streaming half: one connection a hashtag, merged; where they are, is asked of the server.

https://docs.joinmastodon.org/methods/streaming/ (read 2026-11): no ids, no resume, `:thump` every
15 s.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple
from urllib.parse import urlsplit

from parvis.core.errors import Later, Refused
from parvis.plug.fields import table, text
from parvis.plug.http import Http
from parvis.sources.mastodon.asking import Asking, Target
from parvis.sources.mastodon.events import Event, Events
from parvis.sources.mastodon.rest import Rest

SILENCE_S = 31.0
"""Two heartbeats missed: the connection is dead though nobody said so."""
WAITING = 1000
HEALTH = "/api/v1/streaming/health"


class Told(NamedTuple):
    """An event of the stream of `target`."""

    target: Target
    event: Event


class Streams:
    """Opens the streams of some targets at one server."""

    def __init__(
        self, http: Http, rest: Rest, asking: Asking, token: str, silence_s: float = SILENCE_S
    ) -> None:
        self._http = http
        self._rest = rest
        self._asking = asking
        self._token = token
        self._silence_s = silence_s

    @asynccontextmanager
    async def open(
        self, targets: Sequence[Target]
    ) -> AsyncIterator[asyncio.Queue[Told | Exception]]:
        """All streams, open: what arrives from now on waits in the queue; an error ends it.

        Raises `Refused` when the server will not stream, `Later` when it cannot be reached.
        """
        base = await self._base()
        queue: asyncio.Queue[Told | Exception] = asyncio.Queue(WAITING)
        loop = asyncio.get_running_loop()
        ready = [loop.create_future() for _ in targets]
        tasks = [
            asyncio.create_task(
                self._pump(base, target, queue, opened), name=f"mastodon {target.name}"
            )
            for target, opened in zip(targets, ready, strict=True)
        ]
        try:
            for opened in ready:
                if error := await opened:
                    raise error
            yield queue
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _pump(
        self,
        base: str,
        target: Target,
        queue: asyncio.Queue[Told | Exception],
        opened: asyncio.Future[Exception | None],
    ) -> None:
        try:
            await self._listen(base, target, queue, opened)
            raise Later(f"{self._asking.host} closed the stream of {target.label}.")
        except Exception as error:  # handed over, in its place after the events before it
            if opened.done():
                await queue.put(error)
            else:
                opened.set_result(self._refusal(target, error))

    async def _listen(
        self,
        base: str,
        target: Target,
        queue: asyncio.Queue[Told | Exception],
        opened: asyncio.Future[Exception | None],
    ) -> None:
        try:
            await self._read(base, target, queue, opened)
        except Refused:
            # a redirect to another host sheds the token: ask where it leads, and go there with it
            other = await self._moved(base) if self._token and not opened.done() else ""
            if not other:
                raise
            await self._read(other, target, queue, opened)

    async def _read(
        self,
        base: str,
        target: Target,
        queue: asyncio.Queue[Told | Exception],
        opened: asyncio.Future[Exception | None],
    ) -> None:
        events = Events()
        async with self._http.stream(
            f"{base}/api/v1/streaming/{'user' if target.mentions else 'hashtag'}",
            params={"tag": target.tag} if target.tag else None,
            bearer=self._token,
            idle_s=self._silence_s,
            accept=("text/event-stream",),
        ) as stream:
            opened.set_result(None)
            async for line in stream.lines():
                if event := events.take(line):
                    await queue.put(Told(target, event))

    async def _base(self) -> str:
        try:
            said = await self._rest.instance()
        except Refused:
            return self._asking.base  # closed to strangers: the streams may still be where usual
        urls = table(table(said, "configuration"), "urls")
        address = text(urls, "streaming") or text(table(said, "urls"), "streaming_api")
        return self._whole(address) or self._asking.base

    async def _moved(self, base: str) -> str:
        try:
            reply = await self._http.get(base + HEALTH, allow=(401, 403, 404), deadline_s=10)
        except (Refused, Later):
            return ""
        other = self._whole(reply.url)
        return other if other != base else ""

    def _whole(self, address: str) -> str:
        """`wss://host/…` as `https://host`; never from https down to http."""
        try:
            parts = urlsplit(address)
        except ValueError:
            return ""
        scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
        if scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
            return ""
        if self._asking.base.startswith("https:"):
            scheme = "https"
        return f"{scheme}://{parts.netloc}"

    def _refusal(self, target: Target, error: Exception) -> Exception:
        if not isinstance(error, Refused):
            return error
        host, why = self._asking.host, str(error).rstrip(".")
        if self._token:
            return Refused(
                f"{host} does not stream {target.label} to the account of the token: {why}."
            )
        return Refused(
            f"{host} does not stream {target.label} without a token ({why}); create one at"
            f" {self._asking.settings_page} (scope read) and set it as this source's credential"
            " token."
        )
