"""The certificate of this installation: at once from the disk, else asked for, renewed in time.

One task. A third of its lifetime before it ends a certificate is renewed, a little earlier by
chance; a try that fails is followed by longer and longer waits, also across restarts, and never
stops the server.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from parvis.core.errors import Later, Refused
from parvis.core.ports import Clock
from parvis.run.acme.safe import Kept, Safe, Tried
from parvis.web.reach import CertificateNow

log = logging.getLogger("parvis.certificate")

LOOK_S = 1.0
"""The clock is looked at this often: it may be set while we wait."""
BASE_MS = 2 * 60_000
CAP_MS = 6 * 3_600_000
"""2, 4, 8 … minutes after a failure: a public authority allows five failed proofs an hour."""
AGAIN_MS = 2 * 60_000
"""A restart is a person's sign that something was mended; not sooner than this after a try."""
LEAST_PART = 9
"""No new certificate in the first ninth of one's lifetime, whatever the clock says."""
LONGEST_MS = 7 * 24 * 3_600_000


class Place(Protocol):
    """Where certificates are served."""

    async def take_up(self, pem: Path) -> None:
        """Serve this from now on, without cutting a connection. Raises `Refused`."""
        ...


class Renewal:
    """`obtain` gives a new certificate (`Ordering.certificate`, with what it needs opened first);
    `lost` is what does not work without one, and `say` prints to the person who started it.
    """

    def __init__(
        self,
        safe: Safe,
        obtain: Callable[[], Awaitable[bytes]],
        place: Place,
        *,
        clock: Clock,
        lost: str,
        say: Callable[[str], None],
        rng: random.Random | None = None,
    ) -> None:
        self._safe = safe
        self._obtain = obtain
        self._place = place
        self._clock = clock
        self._lost = lost
        self._say = say
        self._rng = rng or random.Random()  # noqa: S311 - jitter, no secret
        self._kept: Kept | None = None
        self._early = 0.0
        self._tried = Tried()
        self._again_ms = 0
        self._task: asyncio.Task[None] | None = None

    def recall(self) -> Kept | None:
        """What is on the disk: the certificate to serve at once, if it is good now."""
        now = self._clock()
        self._tried = self._safe.tried()
        self._know(good(self._safe, now))
        if self._kept is not None and not self._is_old(now):
            with contextlib.suppress(OSError):
                self._safe.forget_pending()  # it was kept, and we were killed before we said so
        last = min(self._tried.tried_ms, now)
        own = min(last + AGAIN_MS, now + AGAIN_MS) if self._tried.failures else 0
        held = self._tried.failures or self._kept is not None  # a lost certificate is asked for
        asked = min(self._tried.not_before_ms, now + LONGEST_MS) if held else 0
        self._again_ms = max(own, asked)
        return self._kept

    def start(self) -> None:
        """Go on in a task."""
        self._task = asyncio.create_task(self._work(), name="certificate")

    async def stop(self) -> None:
        """Stop; an order under way is taken up at the next start."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    @property
    def due_ms(self) -> int:
        """When to ask next."""
        if self._kept is None:
            return self._again_ms
        life = self._kept.until_ms - self._kept.from_ms
        return max(self._kept.until_ms - int(life / 3 * (1 + self._early)), self._again_ms)

    def now(self) -> CertificateNow:
        """How it is, for whoever asks."""
        return how(self._kept, self._tried, self.due_ms, self._lost)

    async def look(self) -> None:
        """Ask, if it is time."""
        now = self._clock()
        self._again_ms = min(self._again_ms, now + LONGEST_MS)  # the clock may have been set back
        if now < self.due_ms:
            return
        try:
            kept = await self._renewed()
            await self._place.take_up(kept.path)
        except (Refused, Later) as error:
            self._failed(str(error), getattr(error, "retry_after_s", 0.0))
        except OSError as error:
            self._failed(f"The data folder does not take it ({error.strerror}).", 0.0)
        except Exception as error:
            log.exception("certificate.bug")
            self._failed(f"Something unforeseen went wrong ({type(error).__name__}).", 0.0)
        else:
            self._succeeded(kept)

    async def _renewed(self) -> Kept:
        there = self._safe.certificate() if self._kept is None else None
        if there is None or there.from_ms <= self._clock():  # else the next would be no better
            pem = await self._obtain()
            self._safe.keep(pem)
            self._safe.forget_pending()
        kept = good(self._safe, self._clock())
        if kept is None:
            raise Refused("The new certificate is not valid now; check this machine's clock.")
        return kept

    def _succeeded(self, kept: Kept) -> None:
        self._know(kept)
        log.info("certificate.new", extra={"until_ms": kept.until_ms})
        self._say(f"certificate: {self._safe.name} is served encrypted until {day(kept.until_ms)}.")
        now = self._clock()
        # a clock that runs weeks ahead must not find every new one due at once
        self._again_ms = now + (kept.until_ms - kept.from_ms) // LEAST_PART
        self._tried = Tried(tried_ms=now, not_before_ms=self._again_ms)
        self._write_tried()

    def _failed(self, says: str, retry_after_s: float) -> None:
        now, was = self._clock(), self._tried
        asked = now + min(int(retry_after_s * 1000), LONGEST_MS) if retry_after_s else 0
        failures = was.failures + 1
        own = min(CAP_MS, BASE_MS * 2 ** min(failures - 1, 20)) * self._rng.uniform(1.0, 1.25)
        self._again_ms = max(now + int(own), asked)
        self._tried = Tried(failures, now, asked, says, was.since_ms or now)
        if not was.failures:
            log.warning("certificate.broken", extra={"why": says})
        if says != was.says:
            self._say(f"certificate! {self.now().says}")
        self._write_tried()

    def _write_tried(self) -> None:
        try:
            self._safe.keep_tried(self._tried)
        except OSError as error:
            log.warning("certificate.unkept", extra={"error": type(error).__name__})

    def _know(self, kept: Kept | None) -> None:
        self._kept, self._early = kept, self._rng.uniform(0.0, 0.1)

    def _is_old(self, now: int) -> bool:
        return self._kept is not None and now >= self._kept.until_ms - (
            (self._kept.until_ms - self._kept.from_ms) // 3
        )

    async def _work(self) -> None:
        while True:
            await self.look()
            wait_s = (self.due_ms - self._clock()) / 1000
            await asyncio.sleep(min(max(wait_s, 0.0), LOOK_S))


def good(safe: Safe, now_ms: int) -> Kept | None:
    """The certificate that is kept, if its time has come and is not over. What cannot be read is as
    if it were not there: the next one takes its place.
    """
    try:
        kept = safe.certificate()
    except OSError as error:
        log.warning("certificate.unreadable", extra={"error": type(error).__name__})
        return None
    return kept if kept is not None and kept.from_ms <= now_ms < kept.until_ms else None


def how(kept: Kept | None, tried: Tried, due_ms: int, lost: str) -> CertificateNow:
    """The state in one sentence."""
    until_ms = kept.until_ms if kept is not None else 0
    valid = f"The certificate is valid until {day(until_ms)}" if kept is not None else ""
    if not tried.failures:
        says = f"{valid}." if valid else f"No certificate yet: it is being asked for. {lost}"
        return CertificateNow(kept is not None, says, until_ms, due_ms)
    again = f"It is tried again at {minute(due_ms)}."
    says = f"{valid} and could not be renewed. " if valid else "There is no certificate. "
    says += f"{tried.says} {again}" + ("" if valid else f" {lost}")
    return CertificateNow(False, says, until_ms, due_ms, tried.since_ms)


def day(at_ms: int) -> str:
    """A day, UTC."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).date().isoformat()


def minute(at_ms: int) -> str:
    """A moment on this machine's clock."""
    return datetime.fromtimestamp(at_ms / 1000).isoformat(" ", "minutes")
