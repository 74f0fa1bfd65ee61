"""The shared HTTP client: everything parvis asks of the outside goes through here."""

from __future__ import annotations

import json as jsonlib
import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from parvis import __version__
from parvis.core.ports import Clock, Memory
from parvis.plug.egress import Egress
from parvis.plug.manifest import Budget
from parvis.plug.reply import Reply
from parvis.plug.scope import Scope
from parvis.plug.stream import Socket, Stream
from parvis.plug.validators import conditions, memory_name

if TYPE_CHECKING:
    from aiohttp.abc import AbstractResolver
    from yarl import URL

    from parvis.plug.client import Client
    from parvis.plug.transport import Ask

__all__ = ["Http", "Params", "Reply", "Socket", "Stream"]

Params = Mapping[str, str] | Sequence[tuple[str, str]]

MAX_BYTES = 5 * 1024 * 1024
MAX_LINE = 1024 * 1024


@dataclass(slots=True)
class _Shared:
    open: Callable[[], Client]
    client: Client | None = None


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
        egress = Egress(allow_private, proxy)  # a wrong target is told at the start
        user_agent = f"parvis/{__version__}" + (f" (+{public_url})" if public_url else "")

        def open_client() -> Client:
            from parvis.plug.client import Client  # most of a start, and few starts go out at once

            return Client(
                user_agent=user_agent,
                egress=egress,
                record=record,
                clock=clock or _system_clock,
                rng=rng or random.Random(),  # noqa: S311 (jitter, no secret)
                resolver=resolver,
            )

        self._shared = _Shared(open_client)
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
        view._shared = self._shared
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
        client = self._client()
        ask = client.ask("GET", url, params, headers, bearer, deadline_s, accept, redirects)
        known = await self._known(ask.url, conditional)
        if known:
            ask = _with_headers(ask, conditions(known))
        reply = await client.exchange(ask, self._scope, max_bytes, accept, allow)
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
        client = self._client()
        ask = client.ask("POST", url, params, headers, bearer, deadline_s, accept, 0, body)
        ask = _with_headers(ask, {"Content-Type": content_type or "application/octet-stream"})
        return await client.exchange(ask, self._scope, max_bytes, accept, allow)

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
        allow: tuple[int, ...] = (),
    ) -> AbstractAsyncContextManager[Stream]:
        """An endless answer, line by line. `deadline_s` is for its head; `Later` when nothing comes
        for `idle_s`. `allow`: error statuses to hand over as they are, with what they say.
        """
        client = self._client()
        ask = client.ask("GET", url, params, headers, bearer, deadline_s, accept, redirects)
        ask = _with_headers(ask, {"Accept-Encoding": "identity"})
        return client.streamed(ask, self._scope, idle_s, max_line, accept, allow)

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
        client = self._client()
        ask = client.ask("GET", url, params, headers, bearer, deadline_s, (), 0)
        return client.connected(ask, self._scope, tuple(protocols), idle_s, max_message)

    async def close(self) -> None:
        """Closes every connection, of all views."""
        if self._shared.client is not None:
            await self._shared.client.close()

    def _client(self) -> Client:
        if self._shared.client is None:
            self._shared.client = self._shared.open()
        return self._shared.client

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


def _with_headers(ask: Ask, headers: Mapping[str, str]) -> Ask:
    return replace(ask, headers={**ask.headers, **headers})


def _system_clock() -> int:
    return time.time_ns() // 1_000_000
