"""`method=hex` in one header, over the bytes as they came: the way in which WebSub hubs sign
(`x-hub-signature`) and Meta's webhooks do (`x-hub-signature-256`).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence

METHODS = ("sha1", "sha256", "sha384", "sha512")


def is_signed(
    headers: Mapping[str, str],
    body: bytes,
    secret: str,
    *,
    header: str = "x-hub-signature",
    methods: Sequence[str] = METHODS,
) -> bool:
    """Whether the header (lower case) fits `body` by one of the `methods`."""
    method, _, given = headers.get(header, "").partition("=")
    if method.lower() not in methods:
        return False
    mac = hmac.new(secret.encode(), body, getattr(hashlib, method.lower())).hexdigest()
    return hmac.compare_digest(mac.encode(), given.strip().lower().encode("utf-8", "replace"))
