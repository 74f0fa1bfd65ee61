"""What an error of Google's means: https://developers.google.com/youtube/v3/docs/errors (read
2026-11).
"""

from __future__ import annotations

from typing import NamedTuple

from parvis.core.errors import Later, Refused
from parvis.plug.fields import Fields, decode, rows, table, text

SLOW_S = 30.0
_KEYS = "console.cloud.google.com, APIs & Services"
_KEY = ("keyInvalid", "keyExpired", "API_KEY_INVALID")
_OFF = ("accessNotConfigured", "SERVICE_DISABLED")
_BLOCKED = (
    "ipRefererBlocked",
    "API_KEY_SERVICE_BLOCKED",
    "API_KEY_IP_ADDRESS_BLOCKED",
    "API_KEY_HTTP_REFERRER_BLOCKED",
)
QUOTA = ("quotaExceeded", "dailyLimitExceeded", "dailyLimitExceededUnreg")
_RATE = ("rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED")
_GONE = {
    "commentsDisabled": "The comments of {what} are turned off; take it out of the setting videos.",
    "videoNotFound": "YouTube has no {what}, or it is private; correct the settings.",
    "playlistNotFound": "The channel {what} shows no uploads; correct the setting channels.",
    "channelNotFound": "YouTube knows no channel {what}; correct the settings.",
}
_OVER = ("liveChatEnded", "liveChatNotFound", "liveChatDisabled")
_STALE = ("pageTokenInvalid", "invalidPageToken")


class Quota(Exception):
    """The network says that the day's allowance is spent."""


class ChatOver(Later):
    """The chat has ended, or was never there."""


class Stale(Later):
    """The place in a list is no longer known."""


class Said(NamedTuple):
    """What Google says: every reason that it gives, and a sentence."""

    reasons: tuple[str, ...]
    message: str


def said(body: bytes) -> Said | None:
    """The error in an answer; None when it is none of Google's."""
    try:
        value = decode(body)
    except ValueError:
        return None
    if not isinstance(value, dict) or "error" not in value:
        return None
    error: Fields = table(value, "error")
    reasons = [text(each, "reason") for each in (*rows(error, "errors"), *rows(error, "details"))]
    reasons.append(text(error, "status"))
    return Said(tuple(filter(None, reasons)), text(error, "message"))


def meaning(status: int, body: bytes, host: str, what: str) -> Exception:
    """The error to raise; `what` was asked about."""
    error = said(body)
    if error is None:
        return Later(
            f"{host} answered {status} without YouTube's words; is the setting server right?"
        )

    def any_of(names: tuple[str, ...]) -> bool:
        return any(name in error.reasons for name in names)

    # of searches it is told as 429 "… limit 'Search Queries per day' of service …", seen 2026-08
    if any_of(QUOTA) or "per day" in error.message.lower():
        return Quota()
    if any_of(_RATE) or status == 429:
        return Later("YouTube asks us to slow down (rateLimitExceeded).", SLOW_S)
    if any_of(_KEY) or "API key not valid" in error.message:
        return Refused(f"YouTube does not know this key; make one at {_KEYS}, and set it as key.")
    if any_of(_OFF):
        return Refused(
            f"YouTube Data API v3 is off for the project of this key; enable it at {_KEYS}."
        )
    if any_of(_BLOCKED):
        return Refused(
            f"This key may not be used from this server; lift its restriction at {_KEYS}."
        )
    if any_of(_OVER):
        return ChatOver(f"The chat of {what} has ended or is turned off.")
    if any_of(_STALE):
        return Stale("YouTube no longer knows where we stopped.")
    for reason, sentence in _GONE.items():
        if reason in error.reasons:
            return Refused(sentence.format(what=what))
    named = ", ".join(error.reasons) or str(status)
    return Refused(
        f"YouTube does not answer about {what} ({named}); check the settings and the key."
    )
