"""A cookie that only looks, for whoever works in a browser with the owner's key alone.

The key travels in a header, which scripts send. Pictures, films and frames are asked for by the
browser itself, and with those it sends cookies and nothing else. This one lets it see what waits
and the look's preview. It reads and changes nothing besides, ends by itself, and is signed with the
key: another key ends it at once, on every node, and the store holds nothing of it.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from parvis.core.person import OWNER, Actor
from parvis.core.ports import Clock
from parvis.web.admit import SAFE
from parvis.web.auth import Keyring, bearer
from parvis.web.cookie import keep, kept

NAME = "parvis-glance"
GLANCE_MS = 12 * 3600 * 1000
"""An evening; the studio asks for it anew every hour."""
SEEN = ("/media/", "/preview/")
"""What a browser asks for by itself."""
LOOKER = Actor(OWNER.by, OWNER.name, "viewer", OWNER.lang)


class Glance:
    """Gives and knows the cookie."""

    def __init__(self, keyring: Keyring, clock: Clock) -> None:
        self._keyring = keyring
        self._clock = clock

    def give(self, scope: Mapping[str, Any], response: Response) -> None:
        """Beside an answer to the owner's key; a request by anything else gets none."""
        if bearer(scope) and self._keyring.opens(scope):
            until = str(self._clock() + GLANCE_MS)
            keep(scope, response, NAME, f"{until}.{self._seal(until)}", GLANCE_MS)

    def take(self, scope: Mapping[str, Any], response: Response) -> None:
        """Away with it, on this browser."""
        if kept(scope, NAME):
            keep(scope, response, NAME, "", 0)

    def looker(self, scope: Mapping[str, Any]) -> Actor | None:
        """One who looks, where the cookie holds and the address is one to look at."""
        if scope["method"] not in SAFE or not str(scope["path"]).startswith(SEEN):
            return None
        until, _, seal = kept(scope, NAME).partition(".")
        if not (until.isascii() and until.isdecimal() and len(until) < 20):
            return None
        fits = hmac.compare_digest(seal.encode(), self._seal(until).encode())
        return LOOKER if fits and self._clock() < int(until) else None

    def _seal(self, until: str) -> str:
        return self._keyring.sign(f"{NAME} {until}")
