"""Standard Webhooks 1.0 (specification read 2026-11-24): HMAC-SHA256 over `id.timestamp.body`."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence

from parvis.core.errors import Refused

TOLERANCE_MS = 5 * 60 * 1000
MAX_ID = 200
MAX_SIGNATURES = 10


class Unsigned(Exception):
    """The request is not signed as it must be; the text is one sentence."""


def read_keys(secret: str) -> tuple[bytes, ...]:
    """The keys in `secret`: one `whsec_…`, or several separated by spaces while one is replaced.

    Raises `Refused` when one is none.
    """
    keys = tuple(_key(each) for each in secret.split())
    if not keys:
        raise Refused("The credential secret of this webhook is empty; write whsec_ and base64.")
    return keys


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith("whsec_") or not 24 <= len(key) <= 64:
        raise Refused(
            "The credential secret of this webhook must be whsec_ followed by 24 to 64 bytes in"
            " base64; make one, for example with: openssl rand -base64 32."
        )
    return key


def sign(key: bytes, id_: str, timestamp: int, body: bytes) -> str:
    """The signature, as the header `webhook-signature` carries it."""
    mac = hmac.digest(key, f"{id_}.{timestamp}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(mac).decode()


def verify(keys: Sequence[bytes], headers: Mapping[str, str], body: bytes, now_ms: int) -> str:
    """The webhook's id when one of its signatures is right for one of the keys; else `Unsigned`.

    Over the bytes as they came, never over what they mean.
    """
    id_ = headers.get("webhook-id", "")
    stamp = headers.get("webhook-timestamp", "")
    given = headers.get("webhook-signature", "")
    for name, value in (
        ("webhook-id", id_),
        ("webhook-timestamp", stamp),
        ("webhook-signature", given),
    ):
        if not value:
            raise Unsigned(f"The header {name} is missing; sign as Standard Webhooks says.")
    if len(id_) > MAX_ID:
        raise Unsigned(f"The header webhook-id has more than {MAX_ID} characters; shorten it.")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 14):
        raise Unsigned("The header webhook-timestamp must be whole seconds since 1970.")
    if abs(now_ms - int(stamp) * 1000) > TOLERANCE_MS:
        raise Unsigned(
            "The header webhook-timestamp is more than 5 minutes off; set the sender's clock, or"
            " sign again when sending again."
        )
    signed = f"{id_}.{stamp}.".encode("utf-8", "surrogateescape") + body
    offered = [
        each[3:].encode("utf-8", "surrogateescape")
        for each in given.split(" ")[:MAX_SIGNATURES]
        if each.startswith("v1,")
    ]
    right = False
    for key in keys:
        mac = base64.b64encode(hmac.digest(key, signed, hashlib.sha256))
        for each in offered:
            right |= hmac.compare_digest(mac, each)
    if not right:
        raise Unsigned("No signature fits; check the secret, and sign the bytes as they are sent.")
    return id_
