"""Mastodon, and servers that speak its API: streams, repaired by REST after each cut, or polls."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence

import msgspec

from parvis.core.errors import Refused
from parvis.core.post import Arrival, Post, Raw
from parvis.plug.cursor import Cursor, newer
from parvis.plug.fields import Fields, decode, ident, rows, table, text
from parvis.plug.pace import next_wait_s, spread_s
from parvis.plug.recent import Recent
from parvis.plug.source import Page, Probe, Source
from parvis.plug.tools import Tools
from parvis.sources.mastodon import probing
from parvis.sources.mastodon.asking import Target, read_asking
from parvis.sources.mastodon.events import Event
from parvis.sources.mastodon.read import NOTIFICATION, Reader
from parvis.sources.mastodon.rest import Look, Rest
from parvis.sources.mastodon.streaming import Streams

FASTEST_S = 5.0
LIST_S = 2.0
PAGES_A_POLL = 10
MISSED_A_POLL = 10
LEFT_OUT = 5000
AT_ONCE = 20
"""The most statuses that one request may ask after (`DEFAULT_STATUSES_LIMIT`, 4.3 to 4.6)."""
CONCERNS_US = ("update", "status.update", "delete")


class Mastodon(Source):
    """Hashtags and accounts as one server knows them."""

    polls = True
    recheck_at_once = AT_ONCE

    def __init__(self, tools: Tools) -> None:
        self._asking = read_asking(tools.settings)
        token = tools.vault.secret("token") if tools.vault.has("token") else ""
        self._clock = tools.clock
        self._rest = Rest(tools.http, self._asking, token)
        if self._asking.mentions and not token:
            raise Refused(
                f"The setting mentions needs an account of {self._asking.host}: create a token at"
                f" {self._asking.settings_page} (scope read) and set it as this source's credential"
                " token."
            )
        self._streams = Streams(tools.http, self._rest, self._asking, token)
        self._reader = Reader(self._asking.host, self._asking.honour)
        self._pages: dict[str, tuple[tuple[str, str], ...]] = {}
        self._last: dict[str, bytes] = {}
        self._pace_s = FASTEST_S
        self._left_out: Recent[None] = Recent(LEFT_OUT)
        self._mentioned: Recent[None] = Recent(LEFT_OUT)
        # an account has no stream of its own, so whoever asks for one is polled for everything
        self.streams = len(self._asking.streamed) == len(self._asking.targets)

    def read(self, raw: Raw) -> Iterator[Arrival]:
        """Pure; see `Reader`."""
        return self._reader.read(raw)

    async def stream(self, cursor: str) -> AsyncIterator[Raw]:
        """First what was missed, with the streams already open, so that nothing falls between."""
        at = Cursor.read(cursor)
        async with self._streams.open(self._asking.streamed) as told:
            for target in self._asking.targets:
                since = at.newest(target.name)
                async for look in self._rest.catch_up(target, since):
                    at.move(target.name, look.newest)
                    if target.mentions:
                        _note(self._mentioned, look.statuses)
                    yield self._stamped(look.raw, at.write(), gap_fill=bool(since))
            async for name, event in told:
                if raw := self._heard(Target(name), event, at):
                    yield raw

    async def poll(self, cursor: str) -> Page:
        """The newest page of each list, and what lies between it and the cursor."""
        at = Cursor.read(cursor)
        raws: list[Raw] = []
        before, more = cursor, False
        for target in self._asking.targets:
            pages = 0
            since = at.newest(target.name)
            async for look in self._rest.catch_up(target, since):
                pages += 1
                at.move(target.name, look.newest)
                if self._changed(target, look):
                    raws.append(self._stamped(look.raw, "", gap_fill=bool(since)))
                if pages == PAGES_A_POLL:
                    more = True
                    break
            else:
                raws += await self._missing(target, look)
        self._pace_s = next_wait_s(self._pace_s, FASTEST_S, news=at.write() != before)
        lists = len(self._asking.targets)
        wait_s = max(self._pace_s, LIST_S * lists)
        wait_s = spread_s(wait_s, self._rest.headers, lists, self._clock())
        return Page(tuple(raws), at.write(), wait_s, more)

    async def probe(self) -> Probe:
        """See `probing`."""
        return await probing.look(self._rest, self._asking, self._clock())

    async def recheck(self, posts: Sequence[Post]) -> AsyncIterator[Raw]:
        """Twenty a request, or each by itself on servers before 4.3; posts that reached us through
        another server are left to it.
        """
        ids = [id_ for post in posts if (id_ := self._local_id(post))]
        for place in range(0, len(ids), AT_ONCE):
            async for raw in self._rest.statuses(ids[place : place + AT_ONCE]):
                yield self._stamped(raw, "", gap_fill=True)
        self.recheck_at_once = AT_ONCE if self._rest.in_batches else 1

    def _heard(self, target: Target, event: Event, at: Cursor) -> Raw | None:
        name, data = event
        if target.mentions:
            return self._heard_of_us(target, event, at)
        if name not in CONCERNS_US:
            return None
        cursor = ""
        if name != "delete":
            try:
                status = decode(data)
            except ValueError:
                status = {}  # `read` says what is wrong with it
            id_ = ident(status) if isinstance(status, dict) else ""
            if isinstance(status, dict) and id_ and self._leave_out(name, id_, status):
                return None
            if name == "update":
                at.move(target.name, id_)
                cursor = at.write()
        return self._stamped(Raw(body=data, kind=name), cursor)

    def _heard_of_us(self, target: Target, event: Event, at: Cursor) -> Raw | None:
        """The account's own stream also has the posts of whoever it follows: they are not ours."""
        name, data = event
        if name == "delete":
            return self._stamped(Raw(body=data, kind=name), "")
        if name not in (NOTIFICATION, "status.update"):
            return None
        try:
            said = decode(data)
        except ValueError:
            said = {}  # `read` says what is wrong with it
        row = said if isinstance(said, dict) else {}
        if name == "status.update":
            return self._stamped(Raw(body=data, kind=name), "") if self._knows(row) else None
        if text(row, "type") not in ("mention", ""):
            return None
        at.move(target.name, ident(row))
        _note(self._mentioned, [ident(table(row, "status"))])
        return self._stamped(Raw(body=data, kind=name), at.write())

    def _knows(self, status: Fields) -> bool:
        return ident(status) in self._mentioned

    def _leave_out(self, name: str, id_: str, status: dict[str, object]) -> bool:
        """Streams know no `all` and `none`; an edit follows what was decided of the post."""
        if name == "update" and not self._asking.wants(
            [text(t, "name") for t in rows(status, "tags")]
        ):
            _note(self._left_out, [id_])
        return id_ in self._left_out

    def _changed(self, target: Target, look: Look) -> bool:
        """Whether the page says anything that the one before did not."""
        sha256 = hashlib.sha256(look.raw.body).digest()
        before, self._last[target.name] = self._last.get(target.name), sha256
        return sha256 != before

    async def _missing(self, target: Target, look: Look) -> list[Raw]:
        """Polls are not told of deletions: what the last page had and this one lacks is asked."""
        page = tuple(zip(look.ids, look.statuses, strict=True))
        before, self._pages[target.name] = self._pages.get(target.name, ()), page
        there, oldest = frozenset(look.ids), look.oldest
        missed = [of for id_, of in before if of and id_ not in there and newer(id_, oldest)]
        found: list[Raw] = []
        try:
            for id_ in missed[:MISSED_A_POLL]:
                raw = await self._rest.status(id_)
                if raw is not None:
                    found.append(self._stamped(raw, ""))
        except Refused:
            return found  # the server shows lists but no single posts: nothing can be learnt
        return found

    def _stamped(self, raw: Raw, cursor: str, *, gap_fill: bool = False) -> Raw:
        return msgspec.structs.replace(
            raw, cursor=cursor, received_at_ms=self._clock(), gap_fill=gap_fill
        )

    def _local_id(self, post: Post) -> str:
        own = self._reader.local_key("-")[:-1]
        for name in (post.extra.get("alias", ""), post.key):
            if name.startswith(own):
                return ident({"id": name.removeprefix(own)})
        return ""


def _note(ids: Recent[None], new: Iterable[str]) -> None:
    for id_ in filter(None, new):
        ids.put(id_, None)


def open_source(tools: Tools) -> Mastodon:
    """Raises `Refused` for settings that cannot be meant."""
    return Mastodon(tools)
