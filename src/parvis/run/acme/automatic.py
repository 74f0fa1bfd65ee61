"""`tls = "automatic"`: the port that answers the authority, the server, and the renewal between."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Callable
from pathlib import Path

from parvis.core.errors import Later, Refused
from parvis.core.ports import Clock
from parvis.plug.http import Http
from parvis.run.acme.authority import Authority
from parvis.run.acme.order import Ordering
from parvis.run.acme.renewal import Renewal, how
from parvis.run.acme.safe import Safe
from parvis.run.certificate import served_with
from parvis.run.settings import Settings, host_of
from parvis.web.live.plain_door import PlainDoor
from parvis.web.live.server import Server
from parvis.web.reach import CertificateNow

log = logging.getLogger("parvis.certificate")

LOST = (
    "Until there is one, pages are served by http:// and nothing is encrypted: a wall does not come"
    " back by itself without the server, and whoever signs in can be overheard."
)


class Automatic:
    """One installation's. `moved` is called once when the server turns from plain to encrypted."""

    def __init__(
        self,
        settings: Settings,
        http: Http,
        clock: Clock,
        *,
        say: Callable[[str], None],
        moved: Callable[[str], None],
    ) -> None:
        self._settings = settings
        self._http = http.scoped("certificate")
        self._clock = clock
        self._moved = moved
        self._say = say
        self._server: Server | None = None
        self._live: ssl.SSLContext | None = None
        self._safe = _safe_of(settings)
        self.door = PlainDoor(settings.public_url)
        self.renewal = Renewal(
            self._safe, self._obtain, self, clock=clock, lost=LOST, say=say
        )  # fmt: skip

    def context(self) -> ssl.SSLContext | None:
        """What encrypts at once: the certificate on the disk, when it is good."""
        kept = self.renewal.recall()
        if kept is not None:
            try:
                self._live = served_with(kept.path)
            except Refused:
                self._live = None
        self.door.moved = self._live is not None
        return self._live

    async def begin(self, server: Server) -> str:
        """`attach`, then look after the certificate; where pages can be opened meanwhile, '' when
        that is the public address.
        """
        plain = await self.attach(server)
        if self._live is None:
            self._say(f"certificate: {self.renewal.now().says}")
        self.renewal.start()
        return "" if self._live is not None else plain

    async def attach(self, server: Server) -> str:
        """Answer at the plain port, now that `server` serves; the address without TLS."""
        self._server = server
        try:
            await self._open_door()
        except Later as later:  # the renewal says it, with what to do, once it needs the port
            log.warning("certificate.port_closed", extra={"why": str(later)})
            return _plain(self._settings, int(server.address.rpartition(":")[2]))
        return _plain(self._settings, self._settings.tls_challenge_port)

    async def stop(self) -> None:
        """Nothing is asked for any more."""
        await self.renewal.stop()

    async def take_up(self, pem: Path) -> None:
        """Serve this from now on, without cutting a connection."""
        fresh = served_with(pem)  # a file that does not hold must not touch what is served
        if self._live is not None:
            self._live.load_cert_chain(pem)  # the next handshakes have it
            return
        if self._server is not None:
            await self._server.encrypt(fresh)
            self._live = fresh
            self.door.moved = True
            self._moved(self._server.address)

    async def _obtain(self) -> bytes:
        await self._open_door()
        account = self._safe.account()
        settings = self._settings
        authority = Authority(
            self._http, settings.tls_directory, account, self._clock, settings.tls_email
        )
        return await Ordering(authority, self._safe, self.door.answers).certificate()

    async def _open_door(self) -> None:
        """Raises `Later` where the port is taken or not ours to use."""
        if self._server is None:
            raise Later("The server does not serve yet.")
        port = self._settings.tls_challenge_port
        try:
            await self._server.open_plain(self._settings.host, port, self.door.before)
        except Refused as refused:
            why = str(refused).partition(" (")[2].partition(")")[0] or "no address"
            raise Later(
                f"Port {port}, where the authority asks whether the name is ours, cannot be used"
                f" ({why.lower()}); free it, or give parvis the right to it."
            ) from refused


def state_of(settings: Settings, now_ms: int) -> CertificateNow:
    """How it is by what lies in the data folder, for when nothing runs. Raises OSError."""
    safe = _safe_of(settings)
    kept, tried = safe.certificate(), safe.tried()
    if kept is not None and not kept.from_ms <= now_ms < kept.until_ms:
        kept = None
    if kept is None and not tried.failures:
        damaged = " The file that is kept cannot be served." if safe.damaged() else ""
        says = f"There is no certificate yet; the next start asks for one.{damaged}"
        return CertificateNow(True, says)
    return how(kept, tried, max(tried.not_before_ms, now_ms), LOST)


def _safe_of(settings: Settings) -> Safe:
    return Safe(settings.folder, settings.tls_directory, host_of(settings.public_url))


def _plain(settings: Settings, port: int) -> str:
    name = host_of(settings.public_url)
    return f"http://{name}" if port == 80 else f"http://{name}:{port}"
