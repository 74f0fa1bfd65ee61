"""The streaming half: one connection a hashtag, merged; where they are, is asked of the server.

https://docs.joinmastodon.org/methods/streaming/ (read 2026-11): no ids, no resume, `:thump` every
15 s.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from urllib.parse import urlsplit

from parvis.core.errors import Forbidden, Later, Refused
from parvis.plug.fields import table, text
from parvis.plug.http import Http, Stream
from parvis.plug.together import heard_together
from parvis.sources.mastodon.asking import Asking, Target
from parvis.sources.mastodon.events import Event, Events
from parvis.sources.mastodon.rest import Rest

SILENCE_S = 31.0
"""Two heartbeats missed: the connection is dead though nobody said so."""
HEALTH = "/api/v1/streaming/health"


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
    ) -> AsyncGenerator[AsyncIterator[tuple[str, Event]]]:
        """All streams, open: each event as it comes, after its target's name; a cut raises `Later`.

        Raises `Refused` when the server will not stream, `Later` when it cannot be reached.
        """
        base = await self._base()
        names = [target.name for target in targets]
        async with heard_together(names, lambda name: self._opened(base, Target(name))) as told:
            yield told

    @asynccontextmanager
    async def _opened(self, base: str, target: Target) -> AsyncGenerator[AsyncIterator[Event]]:
        async with AsyncExitStack() as stack:
            try:
                stream = await stack.enter_async_context(self._stream(base, target))
            except Forbidden:
                raise  # no token opens the way that the guard keeps closed
            except Refused as refused:
                # a redirect to another host sheds the token: ask where it leads, go there with it
                other = await self._moved(base) if self._token else ""
                if not other:
                    raise self._refusal(target, refused) from refused
                try:
                    stream = await stack.enter_async_context(self._stream(other, target))
                except Refused as again:
                    raise self._refusal(target, again) from again
            yield self._events(stream, target)

    def _stream(self, base: str, target: Target) -> AbstractAsyncContextManager[Stream]:
        return self._http.stream(
            f"{base}/api/v1/streaming/{'user' if target.mentions else 'hashtag'}",
            params={"tag": target.tag} if target.tag else None,
            bearer=self._token,
            idle_s=self._silence_s,
            accept=("text/event-stream",),
        )

    async def _events(self, stream: Stream, target: Target) -> AsyncIterator[Event]:
        events = Events()
        async for line in stream.lines():
            if event := events.take(line):
                yield event
        raise Later(f"{self._asking.host} closed the stream of {target.label}.")

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

    def _refusal(self, target: Target, error: Refused) -> Refused:
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
