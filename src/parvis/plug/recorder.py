"""Writes every exchange with a network to a folder (`PARVIS_RECORD`), without its secrets, for
fixtures and reports.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import logging
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from yarl import URL

from parvis.core.errors import Refused
from parvis.core.ports import Clock

REDACTED = "redacted"
MAX_BODY = 5 * 1024 * 1024

_SECRET = re.compile(
    r"token|secret|passw|passphrase|signature|credential|authori[sz]ation|session|cookie|verifier"
    r"|jwt|(^|[_-])(key|apikey|auth|sig|code|hmac|assertion|user-?id)$|api_?key",
    re.IGNORECASE,
)
_IN_BODY = re.compile(
    rb'("(?:[a-z_]*token|[a-z_]*secret|password|api_?key|authorization)"\s*:\s*)"(?:[^"\\]|\\.)*"',
    re.IGNORECASE,
)
_log = logging.getLogger("parvis.plug")


class Exchange(msgspec.Struct, frozen=True):
    """One request and what was answered. `body` may be cut at `MAX_BODY`."""

    method: str
    url: str
    asked: Mapping[str, str]
    status: int
    headers: Mapping[str, str]
    body: bytes
    secrets: tuple[str, ...] = ()
    """Values that must not be written wherever they stand."""


class Recorder:
    """One file an exchange, named by time and order."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Refused(
                f"PARVIS_RECORD names {folder}, which cannot be used ({error.strerror});"
                " name a folder that can be written."
            ) from error
        self._folder = folder
        self._clock = clock
        self._numbers = itertools.count(1)
        self._broken = False

    async def record(self, exchange: Exchange) -> None:
        """Writes `exchange`; a full disk is logged once and costs the recording alone."""
        now_ms = self._clock()
        host = re.sub(r"[^a-z0-9.-]", "_", URL(exchange.url).host or "none")[:80]
        path = self._folder / f"{now_ms}-{next(self._numbers):06d}-{host}.json"
        text = msgspec.json.format(msgspec.json.encode(_told(exchange, now_ms)), indent=1)
        try:
            await asyncio.to_thread(path.write_bytes, text)
            self._broken = False
        except OSError as error:
            if not self._broken:
                _log.error("plug.recording_failed", extra={"why": error.strerror})
            self._broken = True


def _told(exchange: Exchange, now_ms: int) -> dict[str, Any]:
    body = _IN_BODY.sub(rb'\1"' + REDACTED.encode() + b'"', exchange.body[:MAX_BODY])
    for secret in exchange.secrets:
        if len(secret) >= 4:
            body = body.replace(secret.encode(), REDACTED.encode())
    response: dict[str, Any] = {
        "status": exchange.status,
        "headers": redact_headers(exchange.headers),
    }
    try:
        response["text"] = body.decode("utf-8")
    except UnicodeDecodeError:
        response["base64"] = base64.b64encode(body).decode("ascii")
    return {
        "at_ms": now_ms,
        "request": {
            "method": exchange.method,
            "url": redact_url(exchange.url, exchange.secrets),
            "headers": redact_headers(exchange.asked),
        },
        "response": response,
    }


def redact_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers by lower-case name, secrets blanked; addresses in `location` and `link` too."""
    told: dict[str, str] = {}
    for name, value in headers.items():
        low = name.lower()
        if _SECRET.search(low):
            told[low] = REDACTED
        elif low in ("location", "link", "content-location"):
            told[low] = _QUERY_SECRET.sub(r"\1" + REDACTED, value)
        else:
            told[low] = value
    return told


_QUERY_SECRET = re.compile(r"([?&;][^=&;#>]*(?:token|secret|key|sig|auth|code)[^=&;#>]*=)[^&;#>]*")


def redact_url(url: str, secrets: tuple[str, ...] = ()) -> str:
    """The address with secret-looking query values blanked, and `secrets` wherever they stand."""
    told = URL(url)
    query = [
        (name, REDACTED if _SECRET.search(name) else value) for name, value in told.query.items()
    ]
    text = str(told.with_user(None).with_query(query or None).with_fragment(None))
    for secret in secrets:
        if len(secret) >= 4:
            text = text.replace(secret, REDACTED)
    return re.sub(r"/bot\d+:[\w-]+", f"/bot{REDACTED}", text)
