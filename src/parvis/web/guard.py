"""Who a request is from: the owner's key, the owner's socket, or a cookie (`glance` has the
one that only looks).

A cookie is sent by the browser whoever made it ask, so a request that changes something by cookie
must say that a page of this very origin sent it. The cookie is `SameSite=Strict` besides.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from starlette.responses import Response

from parvis.core.errors import Later
from parvis.core.person import OWNER, Actor, Person
from parvis.core.ports import Clock
from parvis.engine import Engine
from parvis.engine.store import wall_clock
from parvis.web.admit import SAFE, Headers, Visitor
from parvis.web.auth import Keyring
from parvis.web.away import Away
from parvis.web.cookie import keep, kept
from parvis.web.glance import Glance
from parvis.web.problem import Failed

COOKIE = "parvis"
DAY_MS = 24 * 3600 * 1000
SESSION_MS = 30 * DAY_MS
IDLE_MS = 7 * DAY_MS
TOUCH_MS = 5 * 60 * 1000
PAGE = "x-parvis-page"
"""The header in which a page of the studio says its version."""
STALE = "This page is of another version than the server: reload it, nothing was changed."
PASS_MS = DAY_MS
"""How long a link to the first account or an invitation holds; the latter seven times as long."""
SEEN, SEEN_S = 1_000, 600.0
"""Sessions remembered for while the store is away, and for how long."""
FOREIGN = "This was not sent by a page of this address; open the studio here and try again."


def new_token() -> str:
    """256 random bits that fit into an address."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """How a token is kept: whoever reads the store cannot use it."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


class Guard:
    """Knows who asks."""

    def __init__(
        self,
        engine: Engine,
        keyring: Keyring,
        public_url: str = "",
        version: Callable[[], str] = lambda: "",
        away: Away | None = None,
        clock: Clock = wall_clock,
    ) -> None:
        self._engine = engine
        self._keyring = keyring
        self.glance = Glance(keyring, clock)
        self._public = public_url.rstrip("/").lower()
        self._begun = False
        self._version = version
        self._away = away or Away()
        self._seen: OrderedDict[str, tuple[Person, float]] = OrderedDict()

    async def actor(self, scope: Mapping[str, Any], *, also_away: bool = False) -> Actor | None:
        """Who asks; None for nobody known. 403 when a cookie is used from elsewhere. `also_away`:
        while the store is away, also whom it knew a few minutes ago.
        """
        if self._keyring.opens(scope):
            return OWNER
        token = token_of(scope)
        if not token:
            return self.glance.looker(scope)
        hash_ = digest(token)
        read = partial(self._session, hash_)
        person = await (self._away.ask(read, partial(self._lately, hash_)) if also_away else read())
        if person is None:
            return self.glance.looker(scope)
        if scope["method"] not in SAFE and not self._from_here(scope):
            raise Failed(403, FOREIGN)
        return actor_for(person)

    async def _session(self, hash_: str) -> Person | None:
        person = await self._engine.session(hash_, idle_ms=IDLE_MS, touch_ms=TOUCH_MS)
        self._seen.pop(hash_, None)
        if person is not None:
            self._seen[hash_] = (person, time.monotonic())
            while len(self._seen) > SEEN:
                self._seen.popitem(last=False)
        return person

    def _lately(self, hash_: str, why: Later) -> Person:
        person, at = self._seen.get(hash_, (None, 0.0))
        if person is None or time.monotonic() - at > SEEN_S:
            raise why
        return person

    def forget(self) -> None:
        """Somebody's sessions or role changed: whom the store knew before is asked for again."""
        self._seen.clear()

    async def knows(self, scope: Mapping[str, Any]) -> bool:
        """Whether somebody of the team asks."""
        return await self.actor(scope) is not None

    def refuse_stale(self, scope: Mapping[str, Any]) -> None:
        """409 for a page that says its version, and it is not the server's any more: what it would
        change it may no longer understand.
        """
        said = Headers(scope).one(PAGE)
        if said and scope["method"] not in SAFE and said != self._version():
            raise Failed(409, STALE)

    async def first_run(self) -> bool:
        """Whether nobody has an account yet."""
        if not self._begun:
            self._begun = any(person.joined for person in await self._engine.people())
        return not self._begun

    def _from_here(self, scope: Mapping[str, Any]) -> bool:
        headers, visitor = Headers(scope), visitor_of(scope)
        site = headers.one("sec-fetch-site")
        if site:
            return site == "same-origin"
        return headers.one("origin").lower() in {visitor.origin, self._public} - {""}


def actor_for(person: Person) -> Actor:
    """The person as one who acts."""
    return Actor(f"person:{person.id}", person.name, person.role, person.lang)


def visitor_of(scope: Mapping[str, Any]) -> Visitor:
    """What admission found out about the sender."""
    visitor: Visitor = scope["parvis.visitor"]
    return visitor


def token_of(scope: Mapping[str, Any]) -> str:
    """The session's token that the request carries, or ''."""
    return kept(scope, COOKIE)


def let_in(scope: Mapping[str, Any], response: Response, token: str) -> None:
    """Set the session's cookie; '' takes it away."""
    keep(scope, response, COOKIE, token, SESSION_MS)
