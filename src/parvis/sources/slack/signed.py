"""How Slack signs: `v0=` and HMAC-SHA256 over `v0:timestamp:body`, good for five minutes.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

TOLERANCE_MS = 5 * 60 * 1000


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """The signature, as the header `x-slack-signature` carries it."""
    signed = f"v0:{timestamp}:".encode() + body
    return "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def is_signed(headers: Mapping[str, str], body: bytes, secret: str, now_ms: int) -> bool:
    """Whether Slack signed these bytes within the last five minutes."""
    stamp = headers.get("x-slack-request-timestamp", "")
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) < 14):
        return False
    if abs(now_ms - int(stamp) * 1000) > TOLERANCE_MS:
        return False
    given = headers.get("x-slack-signature", "").encode("utf-8", "replace")
    return hmac.compare_digest(given, sign(secret, int(stamp), body).encode())
