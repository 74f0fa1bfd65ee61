"""The talk with a certificate authority, RFC 8555: directory, nonces, signed requests, problems."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import Any

from parvis.core.errors import Later, Refused
from parvis.core.ports import Clock
from parvis.plug.http import Http, Reply
from parvis.run.acme.account import SIGNED, Account

PROBLEMS = (400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429, 503)
"""Answers that carry a problem document, which says more than the status."""
TRIES = 3
WEEK_S = 7 * 24 * 3600.0
"""No limit of an authority is longer."""
DEADLINE_S = 30.0
SAID = 300


class Authority:
    """One, as one account sees it. Everything raises `Refused` and `Later`."""

    def __init__(
        self, http: Http, directory: str, account: Account, clock: Clock, email: str = ""
    ) -> None:
        self.account = account
        self._http = http
        self._directory = directory
        self._clock = clock
        self._email = email
        self._at: dict[str, Any] = {}
        self._nonce = ""
        self._account_url = ""
        self._name = directory.split("/")[2]

    async def enter(self) -> None:
        """Read where everything is, and be known: the same key is the same account each time."""
        reply = await self._http.get(
            self._directory, allow=PROBLEMS, redirects=0, deadline_s=DEADLINE_S
        )
        self._check(reply)
        said = reply.json()
        if not isinstance(said, dict) or not all(
            isinstance(said.get(name), str) for name in ("newNonce", "newAccount", "newOrder")
        ):
            raise Refused(f"{self._name} answers as no certificate authority; see tls_directory.")
        self._at = said
        agreed: dict[str, Any] = {"termsOfServiceAgreed": True}
        if self._email:
            agreed["contact"] = [f"mailto:{self._email}"]
        self._account_url = ""
        reply = await self.ask(said["newAccount"], agreed)
        self._account_url = reply.headers.get("location", "")
        if not self._account_url:
            raise Later(f"{self._name} did not say where our account is.")

    async def order(self, name: str) -> tuple[str, dict[str, Any]]:
        """A new order for one name: its address, and how it is."""
        wanted = {"identifiers": [{"type": "dns", "value": name}]}
        reply = await self.ask(self._at["newOrder"], wanted)
        url = reply.headers.get("location", "")
        if not url:
            raise Later(f"{self._name} did not say where our order is.")
        return url, self.read(reply)

    async def ask(self, url: str, payload: Any = None) -> Reply:
        """A signed request; a nonce that is not taken is replaced, as the RFC wants (6.5)."""
        own = self._directory.startswith("http://") and url.split("/")[2:3] == [self._name]
        if not url.startswith("https://") and not own:
            raise Refused(f"{self._name} sends us to an address without https; see tls_directory.")
        for _ in range(TRIES):
            body = self.account.sign(url, await self._fresh(), payload, self._account_url)
            reply = await self._http.post(
                url, body=body, content_type=SIGNED, allow=PROBLEMS, deadline_s=DEADLINE_S
            )
            self._nonce = reply.headers.get("replay-nonce", "")
            if kind_of(reply) != "badNonce":
                self._check(reply)
                return reply
        raise Later(f"{self._name} takes none of the nonces that it gives.")

    def read(self, reply: Reply) -> dict[str, Any]:
        """The object in an answer."""
        said = reply.json()
        if not isinstance(said, dict):
            raise Later(f"{self._name} answered with JSON of another shape.")
        return said

    def wait_s(self, reply: Reply) -> float:
        """What `Retry-After` asks (seconds or a date), at most a week; 0 where it asks nothing."""
        text = reply.headers.get("retry-after", "").strip()
        if text.isascii() and text.isdecimal():
            return min(float(text[:9]), WEEK_S)
        try:
            at_s = parsedate_to_datetime(text).timestamp()
        except (ValueError, TypeError, OverflowError):
            return 0.0
        return min(max(at_s - self._clock() / 1000, 0.0), WEEK_S)

    async def _fresh(self) -> str:
        nonce, self._nonce = self._nonce, ""
        if not nonce:
            reply = await self._http.get(
                self._at["newNonce"], allow=PROBLEMS, redirects=0, deadline_s=DEADLINE_S
            )
            self._check(reply)
            nonce = reply.headers.get("replay-nonce", "")
        if not nonce:
            raise Later(f"{self._name} gives no nonce.")
        return nonce

    def _check(self, reply: Reply) -> None:
        if reply.status < 400:
            return
        why = f"{self._name} says: {detail_of(reply) or f'status {reply.status}'}"
        if reply.status in (429, 503) or kind_of(reply) in ("rateLimited", "serverInternal"):
            raise Later(why, self.wait_s(reply))
        raise Refused(why)


def kind_of(reply: Reply) -> str:
    """Which of the RFC's errors it is (6.7), or ''."""
    if reply.status < 400:
        return ""
    return str(problem_of(reply).get("type", "")).rpartition(":")[2]


def detail_of(reply: Reply) -> str:
    """What the authority wrote about it."""
    return words_of(problem_of(reply))


def words_of(problem: Any) -> str:
    """The sentence in a problem document, for one line of ours."""
    said = problem.get("detail", "") if isinstance(problem, dict) else ""
    line = " ".join(str(said)[: SAID * 2].split())
    return "".join(sign for sign in line if sign.isprintable())[:SAID]


def problem_of(reply: Reply) -> dict[str, Any]:
    """The problem document of an answer; empty where there is none."""
    try:
        said = reply.json()
    except Later:
        return {}
    return said if isinstance(said, dict) else {}
