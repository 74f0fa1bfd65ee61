"""The one way out: guard, budgets, circuits, redirects and recording around one aiohttp session."""

from __future__ import annotations

import asyncio
import logging
import zlib
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from random import Random
from typing import TypeVar

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from parvis.core.errors import Later, Refused
from parvis.core.ports import Clock
from parvis.plug.backoff import Circuit
from parvis.plug.budget import RateBudget
from parvis.plug.egress import Egress
from parvis.plug.inflate import ACCEPTED, Inflate, TooLong
from parvis.plug.outcome import broken, hurts
from parvis.plug.recorder import Exchange, Recorder
from parvis.plug.resolver import CheckedResolver
from parvis.plug.scope import Scope

MAX_HOSTS = 10_000
REDIRECTS = (301, 302, 303, 307, 308)

_CROSSES_HOSTS = frozenset(
    (
        "accept",
        "accept-encoding",
        "accept-language",
        "if-none-match",
        "if-modified-since",
        "user-agent",
    )
)
_BROKEN = (aiohttp.ClientError, TimeoutError, OSError, zlib.error)
_log = logging.getLogger("parvis.plug")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ask:
    """One request."""

    method: str
    url: URL
    headers: Mapping[str, str]
    deadline_s: float
    redirects: int = 0
    data: bytes | None = None
    secrets: tuple[str, ...] = field(default=(), repr=False)


class Transport:
    """One a process; made by `run` through `Http`. The session opens with the first request."""

    def __init__(
        self,
        *,
        user_agent: str,
        clock: Clock,
        rng: Random,
        egress: Egress,
        resolver: AbstractResolver | None = None,
        recorder: Recorder | None = None,
    ) -> None:
        self.clock = clock
        self.recorder = recorder
        self._user_agent = user_agent
        self._rng = rng
        self._egress = egress
        self._resolver = resolver
        self._session: aiohttp.ClientSession | None = None
        self._circuits: dict[str, Circuit] = {}
        self._budgets: dict[str, RateBudget] = {}

    def now_s(self) -> float:
        """Seconds since 1970 UTC."""
        return self.clock() / 1000

    def circuit(self, url: URL) -> Circuit:
        """The circuit of a host."""
        return _kept(self._circuits, f"{url.host}:{url.port}", lambda: Circuit(self._rng))

    def budget(self, url: URL, scope: Scope) -> RateBudget:
        """The rate budget of an extension at a host."""
        key = f"{scope.key} {url.host}"
        return _kept(self._budgets, key, lambda: RateBudget(scope.requests, scope.window_s))

    async def send(self, ask: Ask, scope: Scope) -> aiohttp.ClientResponse:
        """The answer's head, after redirects, each checked again; the caller reads or closes it."""
        hops = 0
        while True:
            self.admit(ask.url, scope)
            with self.mapped(ask.url, ask.deadline_s):
                response = await self.session().request(
                    ask.method,
                    ask.url,
                    headers={"Accept-Encoding": ACCEPTED, **ask.headers},
                    data=ask.data,
                    proxy=self._egress.proxy,
                    allow_redirects=False,
                )
            self.learn(ask.url, scope, response)
            where = response.headers.get("Location", "")
            if response.status not in REDIRECTS or not where or not ask.redirects:
                return response
            response.close()
            if hops == ask.redirects:
                raise Refused(
                    f"{ask.url.host} sends us on more than {ask.redirects} times;"
                    " set the final address."
                )
            hops += 1
            ask = _redirected(ask, where)

    async def connect(
        self, ask: Ask, scope: Scope, *, protocols: Sequence[str], max_message: int, beat_s: float
    ) -> aiohttp.ClientWebSocketResponse:
        """An open WebSocket."""
        self.admit(ask.url, scope)
        socket = await self.session().ws_connect(
            ask.url,
            headers=ask.headers,
            protocols=tuple(protocols),
            proxy=self._egress.proxy,
            max_msg_size=max_message,
            heartbeat=beat_s,
        )
        self._healed(ask.url)
        return socket

    def admit(self, url: URL, scope: Scope) -> None:
        """Raises `Refused` where it is forbidden to go, `Later` while a circuit or a budget says to
        wait.
        """
        self._egress.check(url, scope.hosts)
        now_s = self.now_s()
        budget = self.budget(url, scope)
        if (wait := budget.wait_s(now_s)) > 0:
            raise Later(f"The budget for {url.host} is used up for now.", wait)
        if (wait := self.circuit(url).enter(now_s)) > 0:
            held = f"{url.host} kept failing and is left alone for a while."
            raise Later(" ".join((held, self.circuit(url).why)).strip(), wait)
        budget.spend(now_s)

    def learn(self, url: URL, scope: Scope, response: aiohttp.ClientResponse) -> None:
        """Takes in what an answer's head says of budget and health."""
        headers = lowered(response.headers)
        self.budget(url, scope).learn(headers, self.now_s(), response.status)
        if hurts(response.status):
            self.failed(url, f"status {response.status}")
            self.circuit(url).why = f"{url.host} has trouble answering ({response.status})."
        else:
            self._healed(url)

    def failed(self, url: URL, why: str) -> float:
        """Counts a failure of the host; seconds until the next try."""
        circuit = self.circuit(url)
        was_open = circuit.open
        wait = circuit.failed(self.now_s())
        if circuit.open and not was_open:
            _log.warning("http.host_down", extra={"host": url.host, "why": why})
        return wait

    def _healed(self, url: URL) -> None:
        if self.circuit(url).healed():
            _log.info("http.host_up", extra={"host": url.host})

    @contextmanager
    def mapped(self, url: URL, deadline_s: float) -> Generator[None]:
        """Turns what goes wrong on the way into `Refused` and `Later`, counted for the host's
        circuit.
        """
        try:
            yield
        except (aiohttp.InvalidURL, ValueError) as error:
            raise broken(error, url.host or "", 0.0, deadline_s) from error
        except aiohttp.WSServerHandshakeError:
            raise
        except _BROKEN as error:
            wait = self.failed(url, type(error).__name__)
            said = broken(error, url.host or "", wait, deadline_s)
            self.circuit(url).why = str(said)
            raise said from error

    def session(self) -> aiohttp.ClientSession:
        """The session; opened on first use, inside the running loop."""
        if self._session is None or self._session.closed:
            connector = aiohttp.TCPConnector(
                resolver=CheckedResolver(self._egress, self._resolver),
                socket_factory=self._egress.socket,
                limit=200,
                limit_per_host=20,
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self._user_agent},
                middlewares=(_no_redirected_socket,),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=20.0),
                trust_env=False,
            )
        return self._session

    async def record(self, ask: Ask, response: aiohttp.ClientResponse, body: bytes) -> None:
        """Writes the exchange when recording is on."""
        if self.recorder is None:
            return
        await self.recorder.record(
            Exchange(
                method=ask.method,
                url=str(response.url),
                asked=dict(ask.headers),
                status=response.status,
                headers=lowered(response.headers),
                body=body,
                secrets=ask.secrets,
            )
        )

    async def close(self) -> None:
        """Closes the session."""
        if self._session is not None:
            await self._session.close()
            await asyncio.sleep(0)  # lets the transports see that they are closed


async def read_body(response: aiohttp.ClientResponse, max_bytes: int) -> bytes:
    """The whole body, unpacked; raises `TooLong` above `max_bytes`, packed or unpacked."""
    host = response.url.host or ""
    inflate = Inflate(response.headers.get("Content-Encoding", ""), host)
    parts: list[bytes] = []
    packed, left = response.content_length or 0, max_bytes
    if packed <= max_bytes:
        packed = 0
        while chunk := await response.content.readany():
            packed += len(chunk)
            if packed > max_bytes:
                break
            parts.append(inflate.feed(chunk, left))
            left -= len(parts[-1])
    if packed > max_bytes:
        raise TooLong(f"{host} answered with more than {max_bytes} bytes; ask for less at once.")
    if not inflate.done:
        raise zlib.error("cut")
    return b"".join(parts)


def lowered(headers: Mapping[str, str]) -> dict[str, str]:
    """Header names in lower case; of a repeated name, the first."""
    found: dict[str, str] = {}
    for name, value in headers.items():
        found.setdefault(name.lower(), value)
    return found


def _redirected(ask: Ask, where: str) -> Ask:
    try:
        url = ask.url.join(URL(where))
    except ValueError as error:
        raise Refused(
            f"{ask.url.host} sends us on to no web address; set the final one."
        ) from error
    if url.origin() == ask.url.origin():
        return replace(ask, url=url)
    # credentials and anything an extension added are for the host they were meant for
    headers = {name: text for name, text in ask.headers.items() if name.lower() in _CROSSES_HOSTS}
    return replace(ask, url=url, headers=headers)


async def _no_redirected_socket(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    # ws_connect follows redirects by itself, past our checks of hosts and headers
    response = await handler(request)
    if request.headers.get("Upgrade") == "websocket" and response.status in REDIRECTS:
        response.close()
        raise Refused(f"{request.url.host} sends the socket on to another address; set that one.")
    return response


def _kept(things: dict[str, T], key: str, make: Callable[[], T]) -> T:
    found = things.get(key)
    if found is None:
        if len(things) >= MAX_HOSTS:
            things.pop(next(iter(things)))
        found = things[key] = make()
    return found
