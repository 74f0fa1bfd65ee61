"""Asking the Data API: every request is counted, and refused requests are understood."""

from __future__ import annotations

from collections.abc import Mapping

from parvis.core.errors import Later
from parvis.core.ports import Vault
from parvis.plug.fields import Fields, decode, text
from parvis.plug.http import Http
from parvis.sources.youtube.units import Units
from parvis.sources.youtube.wrong import Quota, meaning

KINDS: Mapping[str, str] = {
    "search": "youtube#searchListResponse",
    "videos": "youtube#videoListResponse",
    "channels": "youtube#channelListResponse",
    "playlistItems": "youtube#playlistItemListResponse",
    "commentThreads": "youtube#commentThreadListResponse",
    "comments": "youtube#commentListResponse",
    "liveChat/messages": "youtube#liveChatMessageListResponse",
}
AT_ONCE = 50
"""The most ids of one request."""


class Api:
    """The network's server, and what may still be asked of it."""

    def __init__(self, http: Http, server: str, vault: Vault, units: Units) -> None:
        self._http = http
        self._server = server
        self._vault = vault
        self.units = units
        self.host = server.partition("://")[2]

    async def list(
        self, resource: str, params: Mapping[str, str], *, what: str, cost: int = 1, keep: int = 0
    ) -> Fields:
        """The answer, of the kind that was asked for and with its list. Raises `Spent`, `ChatOver`,
        `Stale`, `Later`, `Refused`; `keep` units are left for others.
        """
        key = self._vault.secret("key")
        search = resource == "search"
        await (self.units.take_search() if search else self.units.take(cost, keep))
        reply = await self._http.get(
            f"{self._server}/youtube/v3/{resource}",
            params=params,
            # not in the address: addresses are logged and recorded
            headers={"X-Goog-Api-Key": key},
            accept=("application/json",),
            allow=(400, 401, 403, 404, 409, 429),
        )
        if reply.status != 200:
            error = meaning(reply.status, reply.body, self.host, what)
            raise await self.units.refused(search=search) if isinstance(error, Quota) else error
        answer = _object(reply.body)
        items = answer.get("items", [])
        if text(answer, "kind") != KINDS[resource] or not isinstance(items, list):
            raise Later(f"{self.host} answered something else than {KINDS[resource]}.")
        return answer


def _object(body: bytes) -> Fields:
    try:
        value = decode(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
