"""What the network's public reading side says: who an account is, and posts as they are now.

https://docs.bsky.app/docs/category/http-reference (read 2026-11). No account is needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from parvis.core.errors import Later, Refused
from parvis.core.ports import Clock
from parvis.plug.fields import Fields, decode, rows, text
from parvis.plug.http import Http
from parvis.plug.recent import Recent
from parvis.sources.bluesky.asking import DID

AT_ONCE = 25
"""The most posts, or profiles, of one request."""
FRESH_MS = 15 * 60_000
KEPT = 5_000


class AppView:
    """One reading server, with the profiles that it gave lately."""

    def __init__(self, http: Http, base: str, clock: Clock) -> None:
        self._http = http
        self._base = base
        self._clock = clock
        self._profiles: Recent[tuple[int, Fields]] = Recent(KEPT)
        self.host = base.partition("://")[2]

    async def did_of(self, account: str) -> str:
        """The DID of a handle; raises `Refused` when nobody has it."""
        if DID.fullmatch(account):
            return account
        reply = await self._http.get(
            f"{self._base}/xrpc/com.atproto.identity.resolveHandle",
            params={"handle": account},
            accept=("application/json",),
            allow=(400,),
        )
        did = text(_object(reply.body), "did") if reply.status == 200 else ""
        if not DID.fullmatch(did):
            raise Refused(f"Nobody on Bluesky is called @{account}; check how it is spelt.")
        return did

    async def profiles(self, dids: Iterable[str]) -> dict[str, Fields]:
        """Who they are now, or were within a quarter of an hour; whom the network does not know is
        left out. Raises `Later`.
        """
        now_ms = self._clock()
        known = {did: kept for did in dids if (kept := self._profiles.get(did)) is not None}
        found = {did: row for did, (at_ms, row) in known.items() if 0 <= now_ms - at_ms < FRESH_MS}
        ask = [did for did in dict.fromkeys(dids) if did not in found]
        for at in range(0, len(ask), AT_ONCE):
            for row in await self._asked(ask[at : at + AT_ONCE]):
                did = text(row, "did")
                self._profiles.put(did, (now_ms, row))
                found[did] = row
        return found

    async def _asked(self, dids: Sequence[str]) -> Sequence[Fields]:
        reply = await self._http.get(
            f"{self._base}/xrpc/app.bsky.actor.getProfiles",
            params=[("actors", did) for did in dids],
            accept=("application/json",),
            allow=(400,),
        )
        if reply.status == 400:  # one odd name must not cost the others
            return [row for did in dids for row in await self._asked([did])] if dids[1:] else []
        answer = _object(reply.body)
        if "profiles" not in answer:
            raise Later(f"{self.host} answered without profiles.")
        return rows(answer, "profiles")

    def forget(self, did: str) -> None:
        """Its profile changed."""
        self._profiles.drop(did)

    async def posts(self, uris: Sequence[str]) -> tuple[bytes, tuple[str, ...]]:
        """The answer about these posts, and the addresses that it leaves out: they are no more.

        Raises `Later` when it cannot be reached or answers with anything else.
        """
        reply = await self._http.get(
            f"{self._base}/xrpc/app.bsky.feed.getPosts",
            params=[("uris", uri) for uri in uris],
            accept=("application/json",),
        )
        answer = _object(reply.body)
        posts = rows(answer, "posts")
        if not isinstance(answer.get("posts"), list) or len(posts) > len(uris):
            raise Later(f"{self.host} answered without posts.")
        return reply.body, _without(uris, (text(row, "uri") for row in posts))


def _without(uris: Sequence[str], found: Iterable[str]) -> tuple[str, ...]:
    there = set(found)
    return tuple(uri for uri in uris if uri not in there)


def _object(body: bytes) -> Fields:
    try:
        value = decode(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
