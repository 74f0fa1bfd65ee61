"""Where phones reach this server: the public address, else the machine's own on its network."""

from __future__ import annotations

import io
import ipaddress
import socket
from collections.abc import Callable
from urllib.parse import quote, urlsplit

import msgspec
import segno

LONGEST = 300


class CertificateNow(msgspec.Struct, frozen=True):
    """How the certificate is that parvis gets for itself. `until_ms` is 0 without one; `due_ms` is
    when it is asked for next, `since_ms` since when that fails.
    """

    healthy: bool
    says: str
    until_ms: int = 0
    due_ms: int = 0
    since_ms: int = 0


class Reach:
    """`public_url` is what the operator said; `serving` is told where the server listens."""

    def __init__(self, public_url: str = "") -> None:
        self._public = public_url.rstrip("/")
        self._listening = ""
        self._meanwhile = ""
        self.certificate: Callable[[], CertificateNow | None] = lambda: None

    @property
    def address(self) -> str:
        """Where this process listens; '' until it does."""
        return self._listening

    def serving(self, address: str) -> None:
        """The server listens at `address`, such as http://0.0.0.0:8400."""
        self._listening = address

    def meanwhile(self, address: str) -> None:
        """Phones open `address` instead of the public one, which does not serve yet; '' ends it."""
        self._meanwhile = address

    def join(self, wall: str) -> str:
        """The address of the wall's phone page as a phone opens it; '' when none can."""
        base = self._meanwhile or self._public or self._outside()
        return f"{base}/p/{quote(wall)}" if base else ""

    def _outside(self) -> str:
        if not self._listening:
            return ""
        address = outside(self._listening)
        return "" if is_here(urlsplit(address).hostname or "") else address


def outside(address: str) -> str:
    """The address as other machines open it, as far as this machine can know."""
    parts = urlsplit(address)
    if not is_wildcard(parts.hostname or ""):
        return address
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: asks which way a packet would leave
            return f"{parts.scheme}://{probe.getsockname()[0]}:{parts.port}"
        except OSError:
            return reachable(address)


def reachable(address: str) -> str:
    """The address as this machine opens it: a wildcard answers at loopback."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    if is_wildcard(host):
        loopback = "[::1]" if ":" in host else "127.0.0.1"
        return f"{parts.scheme}://{loopback}:{parts.port}"
    return address


def is_wildcard(host: str) -> bool:
    """Whether it stands for every address of the machine."""
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


def is_here(host: str) -> bool:
    """Whether only this machine can open it."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def qr_svg(text: str) -> bytes:
    """The QR code of `text`, dark on light, with its quiet zone of four modules."""
    code = segno.make(text[:LONGEST], error="m", micro=False)
    drawn = io.BytesIO()
    code.save(drawn, kind="svg", border=4, dark="#000", light="#fff", xmldecl=False, omitsize=True)
    return drawn.getvalue()
