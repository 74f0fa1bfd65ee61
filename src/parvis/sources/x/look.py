"""Searches and lookups, each paid for before it is made."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Final

from parvis.core.errors import Later
from parvis.core.post import Raw
from parvis.plug.cursor import Cursor
from parvis.plug.fields import Fields, ident, rows, table, text
from parvis.plug.meter import Meter
from parvis.sources.x.api import AT_ONCE, FEWEST, Api
from parvis.sources.x.asking import Asking
from parvis.sources.x.paid import Paid
from parvis.sources.x.read import PAGE, id_at, id_ms

LIST: Final = "posts"
BACK_MS: Final = 10_000
"""How far before the newest one a search begins: the stream is in no order, and up to 7 s late."""
REACH_MS: Final = 7 * 86_400_000 - 600_000
"""A search reaches back seven days and refuses what is older."""
MOST_PAGES: Final = 10


class Look:
    """One source's. `spare`: what a search must leave of the ceiling."""

    def __init__(self, api: Api, asking: Asking, meter: Meter, paid: Paid, spare: int) -> None:
        self._api = api
        self._asking = asking
        self._meter = meter
        self._paid = paid
        self._spare = spare

    def most(self, posts: int) -> dict[str, int]:
        """What so many posts may be billed as: with what is reposted, each brings another two."""
        each = 3 if self._asking.reposts else 1
        return {"post": posts * each, "author": posts * each}

    async def missed(self, at: Cursor, now_ms: int) -> AsyncIterator[Raw]:
        """What came since the cursor, or at the first look the newest; oldest first."""
        newest = at.newest(LIST)
        if not newest:
            at.move(LIST, id_at(now_ms))  # so that a cut before the first post is repaired, too
            if self._asking.limit:
                async for raw in self._found("", at, self._asking.limit):
                    yield raw
            return
        since_ms = max(id_ms(newest) - BACK_MS, now_ms - REACH_MS)
        async for raw in self.since(id_at(since_ms), at):
            yield raw

    async def since(self, since_id: str, at: Cursor) -> AsyncIterator[Raw]:
        """What has a greater id; the cursor stands in the last raw alone, for pages come newest
        first and are given oldest first.
        """
        async for raw in self._found(since_id, at, 0):
            yield raw

    async def _found(self, since_id: str, at: Cursor, limit: int) -> AsyncIterator[Raw]:
        bodies: list[bytes] = []
        newest: list[str] = []
        for query in self._asking.searches():
            token = ""
            for _ in range(1 if limit else MOST_PAGES):
                body, found = await self._page(query, since_id, token, limit)
                if ids := [ident(row) for row in rows(found, "data")]:
                    bodies.append(body)
                    newest += ids
                token = text(table(found, "meta"), "next_token")
                if not token:
                    break
        for place, body in enumerate(reversed(bodies), 1):
            if place == len(bodies):
                for id_ in newest:
                    at.move(LIST, id_)
            yield Raw(body, at.write() if place == len(bodies) else "", kind=PAGE)

    async def _page(
        self, query: str, since_id: str, token: str, limit: int
    ) -> tuple[bytes, Fields]:
        room = (await self._meter.left() - self._spare) // max(self._meter.cost(self.most(1)), 1)
        many = max(min(limit or AT_ONCE, AT_ONCE, room), FEWEST)
        hold = await self._meter.hold(self._meter.cost(self.most(many)), spare=self._spare)
        cost = 0
        try:
            body, found = await self._api.search(
                query, many=many, since_id=since_id, next_token=token
            )
            cost = self._meter.cost(self._paid.note(found))
        finally:
            await hold.settle(cost)
        return body, found

    async def posts(self, ids: Sequence[str]) -> tuple[bytes, Fields]:
        """These as they are now; may spend what the others must leave."""
        new = sum(not self._paid.has(id_) for id_ in ids)
        hold = await self._meter.hold(self._meter.cost(self.most(new)))
        cost = 0
        try:
            body, found = await self._api.posts(ids)
            cost = self._meter.cost(self._paid.note(found))
        finally:
            await hold.settle(cost)
        if not rows(found, "data") and not rows(found, "errors"):
            raise Later("X answered without posts.")
        return body, found
