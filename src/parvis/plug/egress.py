"""Where parvis may connect: the guard that keeps outgoing requests off private networks.

The address decides, never the spelling: every answer of the resolver must pass, and the socket is
opened to the very address that was checked. Address table: IANA special-purpose registries, and
what Python's `is_global` gets wrong.
"""

from __future__ import annotations

import socket
import unicodedata
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING

from parvis.core.errors import Forbidden, Refused

if TYPE_CHECKING:
    from yarl import URL

SCHEMES = ("http", "https", "ws", "wss")
PORTS = (80, 443)

Address = IPv4Address | IPv6Address
Target = tuple[str, int]
AddrInfo = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[object, ...]]

_CLOSED_V4 = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_OPEN_V6 = IPv6Network("2000::/3")
_CLOSED_V6 = tuple(
    IPv6Network(block) for block in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
_NAT64 = IPv6Network("64:ff9b::/96")


def is_public(address: Address) -> bool:
    """Whether `address` is an ordinary public one. 6to4, Teredo and the like never are."""
    plain = unwrap(address)
    if isinstance(plain, IPv4Address):
        return not any(plain in block for block in _CLOSED_V4)
    return plain in _OPEN_V6 and not any(plain in block for block in _CLOSED_V6)


def unwrap(address: Address) -> Address:
    """The IPv4 address that a v4-mapped or NAT64 one leads to, else `address` without its zone."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    bare = IPv6Address(int(address))
    return IPv4Address(int(bare) & 0xFFFFFFFF) if bare in _NAT64 else bare


def literal(host: str) -> Address | None:
    """The address that `host` spells in any way `getaddrinfo` understands (`127.1`, `0x7f000001`),
    or None.
    """
    text = unicodedata.normalize("NFKC", host).strip("[]").rstrip(".")
    try:
        return ip_address(text)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(text))
    except (OSError, ValueError):
        return None


def is_among(host: str, hosts: Iterable[str]) -> bool:
    """Whether `host` is one of `hosts` (exact names, `*.name` for those under it, `*` for any)."""
    host = host.lower().rstrip(".")
    for each in hosts:
        if each == "*" or host == each.lower().rstrip("."):
            return True
        if each.startswith("*.") and host.endswith(each[1:].lower()):
            return True
    return False


def read_targets(texts: Iterable[str]) -> frozenset[Target]:
    """`address:port` texts (`[::1]:443` for IPv6); raises `Refused` naming the one that is none."""
    targets: set[Target] = set()
    for text in texts:
        host, _, port = text.strip().rpartition(":")
        try:
            address, number = str(unwrap(ip_address(host.strip("[]")))), int(port)
        except ValueError:
            address, number = "", 0
        if not 0 < number < 65536:
            raise Refused(
                f"{text!r} is no private target; write address and port, such as 10.0.0.7:443."
            )
        targets.add((address, number))
    return frozenset(targets)


class Egress:
    """The guard. With a `proxy`, sockets go to the proxy alone, and the proxy resolves names and
    checks them again.
    """

    def __init__(self, allow_private: Iterable[str] = (), proxy: str = "") -> None:
        self._allowed = read_targets(allow_private)
        self._ports = {port for _, port in self._allowed}
        self.proxy = _read_proxy(proxy) if proxy else None
        self._way: set[Target] = set()
        if self.proxy is not None and (address := literal(self.proxy.host or "")):
            self._way.add((str(unwrap(address)), self.proxy.port or 0))

    def check(self, url: URL, hosts: Sequence[Iterable[str]] = ()) -> None:
        """Raises `Forbidden` unless `url` may be asked (`Refused` for what is no web address);
        `hosts` are allow-lists that each must contain its host.
        """
        host, port = url.raw_host or "", url.port or 0
        if url.scheme not in SCHEMES or not host:
            raise Refused(f"{_shown(url)} is no web address; it must start with https://.")
        if url.user is not None or url.password is not None:
            raise Refused(f"The address of {host} carries a name or password; use a credential.")
        for each in hosts:
            if not is_among(host, each := tuple(each)) and not is_among(url.host or "", each):
                raise Forbidden(
                    f"This extension may not connect to {host}; add it to hosts in its plugin.toml."
                )
        if port not in PORTS and port not in self._ports:
            raise Forbidden(
                f"{host}:{port} uses a port other than 80 and 443; {_mend(host, port)}."
            )
        if (address := literal(host)) is not None:
            self.check_address(address, port, host)

    def check_address(self, address: Address, port: int, host: str) -> None:
        """Raises `Forbidden` unless `address` is public, or allowed by the operator for exactly
        this port.
        """
        plain = str(unwrap(address))
        if (plain, port) in self._allowed:
            return
        if port not in PORTS or not is_public(address):
            raise Forbidden(
                f"{host} leads to {address}, port {port}, which is not on the public internet;"
                f" {_mend(plain, port)}."
            )

    def resolved(self, host: str, port: int, answers: Iterable[str]) -> None:
        """Checks every answer of the resolver for `host`; raises `Forbidden` when one fails."""
        for answer in answers:
            address = ip_address(answer)
            if self.proxy is not None and (host, port) == (self.proxy.raw_host, self.proxy.port):
                self._way.add((str(unwrap(address)), port))
            else:
                self.check_address(address, port, host)

    def socket(self, info: AddrInfo) -> socket.socket:
        """A socket for a connection about to be made: the last gate, whatever led here."""
        family, kind, proto, _, where = info
        address, port = ip_address(str(where[0])), int(str(where[1]))
        if self.proxy is not None:
            if (str(unwrap(address)), port) not in self._way:
                raise Forbidden(f"{address} is not the egress proxy; nothing else may be reached.")
        else:
            self.check_address(address, port, str(address))
        made = socket.socket(family, kind, proto)
        made.setblocking(False)
        return made


def _read_proxy(text: str) -> URL:
    from yarl import URL

    try:
        url = URL(text)
    except ValueError:
        url = URL()
    if url.scheme != "http" or not url.host or not url.port:
        raise Refused(f"The egress proxy {text!r} is no address; write http://host:port.")
    return url


def _mend(host: str, port: int) -> str:
    return f"if that is meant, add {host}:{port} to PARVIS_ALLOW_PRIVATE"


def _shown(url: URL) -> str:
    return repr(str(url.with_query(None))[:100])
