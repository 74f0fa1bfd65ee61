"""Who may come in at all: one function for every request, HTTP and live alike."""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import msgspec

from parvis.core.errors import Refused
from parvis.web.auth import LOCAL

ADDRESSES = 20_000
"""How many addresses are remembered; beyond it, those unseen the longest are forgotten."""
REQUESTS_PER_S = 1_000.0
REQUESTS_AT_ONCE = 20_000.0
"""A venue's thousands of phones stand behind one address: generous, but no loop starves all."""
STREAMS = 20_000
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Visitor(msgspec.Struct, frozen=True):
    """A request that may come in. `host` is lower case without port; `origin` is `scheme://host[:port]`."""

    address: str
    host: str
    origin: str
    local: bool = False


class Turned(msgspec.Struct, frozen=True):
    """A request that may not, with the status and the sentence that say why."""

    status: int
    says: str
    retry_after_s: float = 0.0


class Bucket:
    """A budget per name that refills; memory is bounded."""

    def __init__(
        self,
        per_s: float,
        at_once: float,
        names: int = ADDRESSES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._per_s = per_s
        self._at_once = at_once
        self._names = names
        self._clock = clock
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._held)

    def take(self, name: str) -> float:
        """Spend one; 0 when there was one, else the seconds until there is."""
        now = self._clock()
        left, then = self._held.pop(name, (self._at_once, now))
        left = min(self._at_once, left + (now - then) * self._per_s)
        wait_s = 0.0 if left >= 1 else (1 - left) / self._per_s
        self._held[name] = (left if wait_s else left - 1, now)
        if len(self._held) > self._names:
            self._held.popitem(last=False)
        return wait_s


class Admission:
    """Host allow-list against DNS rebinding, proxy headers from named proxies only, cross-site
    requests turned away, requests and streams counted per address.
    """

    def __init__(
        self,
        *,
        public_url: str = "",
        hosts: Iterable[str] = (),
        trusted_proxies: Iterable[str] = (),
        requests: Bucket | None = None,
        streams: int = STREAMS,
    ) -> None:
        public = urlsplit(public_url)
        named = [public.hostname or "", "localhost", *hosts]
        self._hosts = frozenset(name.lower().rstrip(".") for name in named if name)
        self._public = f"{public.scheme}://{public.netloc}".lower() if public.netloc else ""
        self._proxies = tuple(_network(proxy) for proxy in trusted_proxies)
        self._requests = Bucket(REQUESTS_PER_S, REQUESTS_AT_ONCE) if requests is None else requests
        self._streams = streams
        self._open: dict[str, int] = {}

    def admit(self, scope: Mapping[str, Any]) -> Visitor | Turned:
        """Whether this request may come in; `scope` is an ASGI HTTP scope. Counts it."""
        headers = Headers(scope)
        if scope.get(LOCAL) is True:
            return Visitor("", "localhost", "http://localhost", local=True)
        address, scheme, host = self._seen(scope, headers)
        name = host_name(host)
        if name is None:
            return Turned(400, "The request names no host, or more than one; send one Host header.")
        if not self._known(name):
            return Turned(
                421,
                f"This server does not answer for the host {name[:80]}; add it to `hosts` or"
                " `public_url` in parvis.toml.",
            )
        origin = f"{scheme}://{host.lower()}"
        if scope.get("method", "GET") not in SAFE and not self._same_site(headers, origin):
            return Turned(403, "Another site sent this request; open the page here and try again.")
        if not scope.get("path", "").startswith("/in/"):
            wait_s = self._requests.take(household(address))
            if wait_s:
                return Turned(429, "Too many requests from this address; wait a moment.", wait_s)
        return Visitor(address, name, origin)

    def enter(self, address: str) -> bool:
        """One more open stream from this address; False when it has too many."""
        address = household(address)
        count = self._open.get(address, 0)
        if count >= self._streams:
            return False
        self._open[address] = count + 1
        return True

    def leave(self, address: str) -> None:
        """One open stream less."""
        address = household(address)
        count = self._open.get(address, 0) - 1
        if count > 0:
            self._open[address] = count
        else:
            self._open.pop(address, None)

    def _seen(self, scope: Mapping[str, Any], headers: Headers) -> tuple[str, str, str]:
        """Client address, scheme and host as they are beyond our own proxies."""
        client = scope.get("client") or ("", 0)
        address, scheme = str(client[0]), str(scope.get("scheme", "http"))
        host = headers.one("host")
        if not self._trusts(address):
            return address, scheme, host
        for hop in reversed(headers.all("x-forwarded-for")):
            address = _bare(hop)
            if not self._trusts(address):
                break
        forwarded = headers.all("x-forwarded-proto")[-1:]
        if forwarded and forwarded[0].lower() in ("http", "https"):
            scheme = forwarded[0].lower()
        return address, scheme, (headers.all("x-forwarded-host")[-1:] or [host])[0]

    def _trusts(self, address: str) -> bool:
        parsed = _address(address)
        return parsed is not None and any(parsed in proxy for proxy in self._proxies)

    def _known(self, name: str) -> bool:
        # A rebinding attack needs a name of the attacker's; an address names nobody.
        return name in self._hosts or _address(name) is not None

    def _same_site(self, headers: Headers, origin: str) -> bool:
        site = headers.one("sec-fetch-site")
        if site:
            return site in ("same-origin", "none")
        given = headers.one("origin").lower()
        return not given or given in (origin, self._public)


class Headers:
    """A scope's headers by name; lists split at commas."""

    def __init__(self, scope: Mapping[str, Any]) -> None:
        self._pairs: Iterable[tuple[bytes, bytes]] = scope.get("headers", ())

    def one(self, name: str) -> str:
        """The header's value, or '' when it is absent or stands there twice."""
        wanted = name.encode()
        found = [value for key, value in self._pairs if key == wanted]
        return found[0].decode("latin-1").strip() if len(found) == 1 else ""

    def values(self, name: str) -> list[str]:
        """Every value of the header as it stands."""
        wanted = name.encode()
        return [value.decode("latin-1") for key, value in self._pairs if key == wanted]

    def all(self, name: str) -> list[str]:
        """Every item of the header, in order."""
        wanted = name.encode()
        joined = ",".join(v.decode("latin-1") for k, v in self._pairs if k == wanted)
        return [item.strip() for item in joined.split(",") if item.strip()]


@lru_cache(maxsize=4096)
def host_name(host: str) -> str | None:
    """The name in a Host header, lower case, without port and brackets; None if malformed."""
    if not host or any(ord(sign) <= 32 or sign in "/\\@#?," for sign in host):
        return None
    try:
        parts = urlsplit(f"//{host}")
        name, _port = parts.hostname, parts.port
    except ValueError:
        return None
    return name.rstrip(".") if name else None


def _bare(hop: str) -> str:
    """The address in one X-Forwarded-For item, which may carry a port."""
    if _address(hop) is not None:
        return hop
    return host_name(hop) or hop


@lru_cache(maxsize=4096)
def household(address: str) -> str:
    """Who shares a budget: an IPv4 address, or the /64 that is the least an IPv6 line is given."""
    parsed = _address(address)
    if not isinstance(parsed, ipaddress.IPv6Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.IPv6Address(int(parsed) >> 64 << 64))


@lru_cache(maxsize=4096)
def _address(text: str) -> Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise Refused(
            f"trusted_proxies has {text!r}, which is no address or network; write 10.0.0.1 or"
            " 10.0.0.0/8."
        ) from error
