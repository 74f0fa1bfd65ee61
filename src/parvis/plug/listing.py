"""A source that reads one document with a list, over and over: the base of those that differ in how
a document is read, and in nothing else.
"""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from parvis.core.errors import Later, Refused
from parvis.core.post import Arrival, Gone, Post, Raw, Unreadable
from parvis.plug.address import host_of
from parvis.plug.digest import short_hash
from parvis.plug.mapped import at_iso, post_of
from parvis.plug.pace import next_wait_s
from parvis.plug.plain import one_line, shortened
from parvis.plug.reply import Reply
from parvis.plug.source import Page, Probe, Source
from parvis.plug.tools import Tools

GONE = "gone"
"""`Raw.kind`: the body lists the keys that the document no longer has."""
MAX_BYTES = 5 * 1024 * 1024
MOST = 500


class _Cursor(msgspec.Struct, frozen=True):
    validators: str = ""
    wait_s: float = 0.0


class _Kept(msgspec.Struct, frozen=True):
    """The keys that were there, and which of them were missed once."""

    keys: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


class Listing(Source):
    """One document. `url`, `every_s`, `limit` (how many of its first rows count) and `vanish` (what
    leaves the document leaves the wall) are its settings; `network` names its posts.
    """

    polls = True
    network = "list"

    def __init__(self, tools: Tools, headers: Mapping[str, str] | None = None) -> None:
        settings = tools.settings
        self.tools = tools
        self.url = str(settings["url"])
        self.host = host_of(self.url) or "-"
        # two lists of one host may number their rows alike
        self._place = f"{self.host}/{short_hash(self.url.partition('?')[0], size=3)}"
        self._headers = dict(headers or {})
        self._every_s = float(settings["every_s"])
        self._limit = int(settings["limit"])
        self._vanish = bool(settings["vanish"])

    @abstractmethod
    def rows(self, body: bytes, content_type: str) -> Sequence[Mapping[str, object]]:
        """The rows with their values under `mapped.FIELDS`, in the document's order; raises
        `Refused` when it cannot be read, and gives {} for a row that cannot.
        """

    def read(self, raw: Raw) -> Iterator[Arrival]:
        """Oldest first, which is the last row unless times say otherwise."""
        if raw.kind == GONE:
            yield from (Gone(key, "no longer in the list") for key in _keys(raw.body))
            return
        try:
            rows = self.rows(raw.body, raw.content_type)[: self._limit]
        except Refused as refused:
            yield Unreadable("document", str(refused))
            return
        found: list[Post] = []
        for place, row in enumerate(rows):
            post = post_of(row, raw, self.network, self._place) if row else None
            if post is None:
                yield Unreadable(f"[{place}]", "it has neither words nor a picture")
            else:
                found.append(post)
        yield from sorted(reversed(found), key=lambda post: post.created_at_ms)

    async def poll(self, cursor: str) -> Page:
        """The document as it is, unless it says that it is unchanged."""
        last = _read_cursor(cursor)
        reply = await self._get(last.validators)
        if reply.not_modified:
            wait_s = next_wait_s(last.wait_s, self._every_s, news=False)
            return Page((), _cursor(last.validators, wait_s), wait_s)
        raw = self._raw(reply)
        arrivals = await asyncio.to_thread(lambda: list(self.read(raw)))
        self._understood(arrivals)
        raws = [raw]
        keys = [each.key for each in arrivals if isinstance(each, Post)]
        gone = await self._gone(keys) if self._vanish else []
        if gone:
            body = msgspec.json.encode(gone)
            raws.append(Raw(body, kind=GONE, received_at_ms=raw.received_at_ms))
        wait_s = next_wait_s(last.wait_s, self._every_s, news=True)
        return Page(tuple(raws), _cursor(reply.validators, wait_s), wait_s)

    async def probe(self) -> Probe:
        """How many rows there are, and what the first one becomes: so a mapping is tried."""
        try:
            raw = self._raw(await self._get(""))
            arrivals = await asyncio.to_thread(lambda: list(self.read(raw)))
            self._understood(arrivals)
        except (Refused, Later) as error:
            return Probe(ok=False, says=str(error))
        posts = [each for each in arrivals if isinstance(each, Post)]
        bad = len(arrivals) - len(posts)
        if not arrivals:
            return Probe(ok=True, says=f"{self.host} gives an empty list so far.")
        if not posts:
            says = f"{self.host} gives {bad} rows, and none has words: correct what text is."
            return Probe(ok=False, says=says)
        latest = posts[-1]
        by = f" by {latest.author.name}" if latest.author else ""
        words = shortened(one_line(latest.text, 90), 80)
        says = f"{self.host} gives {len(posts)} posts; the latest reads “{words}”{by}"
        says += f", of {at_iso(latest.created_at_ms)}."
        says += f" {bad} rows have neither words nor a picture." if bad else ""
        since_ms = min(post.created_at_ms for post in posts)
        return Probe(ok=True, says=says, found=len(posts), since_ms=since_ms)

    async def _get(self, validators: str) -> Reply:
        return await self.tools.http.get(
            self.url, headers=self._headers, conditional=validators, max_bytes=MAX_BYTES
        )

    def _raw(self, reply: Reply) -> Raw:
        kind = reply.headers.get("content-type", "")
        return Raw(reply.body, content_type=kind, url=self.url, received_at_ms=self.tools.clock())

    def _understood(self, arrivals: Sequence[Arrival]) -> None:
        first = arrivals[0] if arrivals else None
        if isinstance(first, Unreadable) and first.where == "document":
            raise Refused(first.because)

    async def _gone(self, keys: Sequence[str]) -> list[str]:
        """What earlier looks had and this one lacks. Each is told at two looks, for the first may
        be cut off before it is kept: told twice is known, never told would stay for good.
        """
        kept = _read_kept(await self.tools.memory.recall("kept") or "")
        here = set(keys)
        gone = [key for key in kept.keys if key not in here]
        again = [key for key in gone if key not in kept.told]
        after = _Kept(tuple([*keys, *again][: MOST * 2]), tuple(again))
        await self.tools.memory.remember("kept", msgspec.json.encode(after).decode())
        return gone


def _read_kept(kept: str) -> _Kept:
    try:
        return msgspec.json.decode(kept, type=_Kept) if kept else _Kept()
    except msgspec.DecodeError:
        return _Kept()


def _keys(body: bytes) -> list[str]:
    try:
        return msgspec.json.decode(body, type=list[str]) if body else []
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return []


def _read_cursor(cursor: str) -> _Cursor:
    try:
        return msgspec.json.decode(cursor, type=_Cursor) if cursor else _Cursor()
    except msgspec.DecodeError:
        return _Cursor()


def _cursor(validators: str, wait_s: float) -> str:
    return msgspec.json.encode(_Cursor(validators, wait_s)).decode()
