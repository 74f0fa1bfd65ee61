"""Feeds: RSS, Atom and JSON Feed, asked politely and pushed by WebSub where a hub offers it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from parvis.core.errors import Later, Refused
from parvis.core.post import Arrival, Gone, Post, Raw
from parvis.plug.address import safe_href
from parvis.plug.digest import short_hash
from parvis.plug.door import Answer, Door, Knock
from parvis.plug.pace import next_wait_s
from parvis.plug.plain import one_line
from parvis.plug.source import Page, Probe, Source
from parvis.plug.tools import Tools
from parvis.plug.websub import WebSub, linked
from parvis.sources.feed.entry import Looked, Parsed, posts_of
from parvis.sources.feed.json_feed import parse_json
from parvis.sources.feed.xml_feed import parse_xml

MAX_BYTES = 4 * 1024 * 1024
MAX_KEPT = 500
MAX_LOOKUPS = 5
LONGEST_TTL_S = 3600.0
_MAX_AGE = re.compile(r"max-age\s*=\s*\"?([0-9]{1,9})")


class _Kept(msgspec.Struct, frozen=True):
    """What the last look leaves behind: `left` are the entries that the first look passed over,
    `links` the pages of the last one's, newest first.
    """

    left: tuple[str, ...] = ()
    links: dict[str, str] = {}


class _Cursor(msgspec.Struct, frozen=True):
    validators: str = ""
    wait_s: float = 0.0


def open_source(tools: Tools) -> Source:
    """The source."""
    return Feed(tools)


def parse(body: bytes, content_type: str, url: str) -> Parsed:
    """The document, whatever its format. Never raises."""
    start = body[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] in (b"{", b"["):
        return parse_json(body, url)
    return parse_xml(body, content_type, url)


class Feed(Source):
    """One feed."""

    polls = True

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._url = str(tools.settings["url"])
        self._title = one_line(str(tools.settings["title"]), 100)
        self._limit = int(tools.settings["limit"])
        self._every_s = float(tools.settings["every_s"])
        self._hub = WebSub(tools, max_bytes=MAX_BYTES)

    def read(self, raw: Raw) -> Iterator[Arrival]:
        """The entries, oldest first."""
        if raw.kind == "gone":
            yield Gone(raw.body.decode("utf-8", "replace"))
            return
        looked = _looked(raw) if raw.kind == "looked" else None
        if looked is None:
            parsed = parse(raw.body, raw.content_type, raw.url or self._url)
            looked = posts_of(parsed, self._url, self._title, raw.received_at_ms)
        yield from looked.posts
        yield from looked.unreadable

    async def poll(self, cursor: str) -> Page:
        """What the feed has now; at the first look only its newest entries."""
        last = _read_cursor(cursor)
        # the validators stand in the cursor, which is kept with the posts: no change can be missed
        reply = await self._tools.http.get(
            self._url, conditional=last.validators, max_bytes=MAX_BYTES
        )
        kept = await self._kept()
        if reply.not_modified:
            wait_s = next_wait_s(last.wait_s, self._every_s, news=False)
            await self._hub.keep_up()
            return self._page((), last.validators, wait_s, _max_age_s(reply.headers))
        parsed, looked = await self._parse(
            reply.body, reply.headers.get("content-type", ""), reply.url
        )
        if parsed.because:
            raise Refused(f"{self._url}: {parsed.because}")
        news, kept_now = _news(looked, kept, first=not cursor, limit=self._limit)
        gone, unsure = await self._gone(kept, looked) if cursor else ([], {})
        kept_now = msgspec.structs.replace(kept_now, links={**unsure, **kept_now.links})
        fresh = any(post.key not in kept.links for post in news.posts)
        wait_s = next_wait_s(last.wait_s, self._every_s, news=fresh or not cursor)
        await self._remember(kept_now)
        hub = parsed.head.hub or linked(reply.headers.get("link", ""), "hub")
        topic = parsed.head.topic or linked(reply.headers.get("link", ""), "self") or self._url
        await self._hub.follow(safe_href(hub), topic)
        raws = (self._raw(news), *gone) if news.posts or news.unreadable else tuple(gone)
        asked_s = max(float(parsed.head.ttl_s), _max_age_s(reply.headers))
        return self._page(raws, reply.validators, wait_s, asked_s)

    async def probe(self) -> Probe:
        """Whether there is a feed, and how many entries it has."""
        try:
            reply = await self._tools.http.get(self._url, max_bytes=MAX_BYTES)
        except (Refused, Later) as error:
            return Probe(ok=False, says=str(error))
        parsed, looked = await self._parse(
            reply.body, reply.headers.get("content-type", ""), reply.url
        )
        if parsed.because:
            return Probe(ok=False, says=f"{self._url}: {parsed.because}")
        name = one_line(parsed.head.title, 80) or self._url
        said = f"“{name}” has {len(looked.posts)} entries."
        if not looked.posts:
            said = f"“{name}” is a feed without entries so far."
        if reply.url.split("#")[0] != self._url.split("#")[0]:
            said += f" It has moved to {reply.url}: set that as url."
        since_ms = min((post.created_at_ms for post in looked.posts), default=0)
        return Probe(ok=True, says=said, found=len(looked.posts), since_ms=since_ms)

    def doors(self) -> tuple[Door, ...]:
        """Where a hub verifies and pushes."""
        return (self._hub.door,)

    async def answer(self, knock: Knock) -> Answer:
        """A hub's question or its push."""
        if answered := await self._hub.answer(knock):
            return answered
        _, looked = await self._parse(knock.body, knock.headers.get("content-type", ""), self._url)
        news, _ = _news(looked, await self._kept(), first=False, limit=0)
        return Answer(202, raws=(self._raw(news),))

    async def _parse(self, body: bytes, content_type: str, url: str) -> tuple[Parsed, Looked]:
        """In a thread: a big feed takes longer than a screen may wait."""
        now_ms = self._tools.clock()

        def work() -> tuple[Parsed, Looked]:
            parsed = parse(body, content_type, url)
            return parsed, posts_of(parsed, self._url, self._title, now_ms)

        return await asyncio.to_thread(work)

    async def _gone(self, kept: _Kept, looked: Looked) -> tuple[list[Raw], dict[str, str]]:
        """Entries that left the feed while older ones stay, and whose own page is gone too; and
        those that must be looked up another time.
        """
        here = {post.key for post in looked.posts}
        keys = list(kept.links)
        oldest = max((place for place, key in enumerate(keys) if key in here), default=-1)
        missing = [key for key in keys[: max(oldest, 0)] if key not in here and kept.links[key]]
        raws: list[Raw] = []
        unsure = {key: kept.links[key] for key in missing[MAX_LOOKUPS:]}
        for key in missing[:MAX_LOOKUPS]:
            try:
                reply = await self._tools.http.get(
                    kept.links[key], max_bytes=MAX_BYTES, allow=(404, 410)
                )
            except Refused:
                continue
            except Later:
                unsure[key] = kept.links[key]
                continue
            if reply.status in (404, 410):
                now_ms = self._tools.clock()
                raws.append(Raw(body=key.encode(), kind="gone", received_at_ms=now_ms))
        return raws, unsure

    async def _kept(self) -> _Kept:
        kept = await self._tools.memory.recall("kept")
        try:
            return msgspec.json.decode(kept, type=_Kept) if kept else _Kept()
        except msgspec.DecodeError:
            return _Kept()

    async def _remember(self, kept: _Kept) -> None:
        await self._tools.memory.remember("kept", msgspec.json.encode(kept).decode())

    def _raw(self, looked: Looked) -> Raw:
        body = msgspec.json.encode(looked)
        return Raw(body=body, kind="looked", url=self._url, received_at_ms=self._tools.clock())

    def _page(self, raws: Sequence[Raw], validators: str, wait_s: float, asked_s: float) -> Page:
        cursor = msgspec.json.encode(_Cursor(validators, wait_s)).decode()
        return Page(tuple(raws), cursor, max(wait_s, min(asked_s, LONGEST_TTL_S)))


def _news(looked: Looked, kept: _Kept, *, first: bool, limit: int) -> tuple[Looked, _Kept]:
    """What is handed over, and what is to be kept; posts are oldest first."""
    newest = sorted(looked.posts, key=lambda post: post.created_at_ms)  # stable: feeds' own order
    links = {post.key: post.permalink for post in reversed(newest)}
    links = dict(list(links.items())[:MAX_KEPT])
    if first:
        cut = max(len(newest) - limit, 0)
        left = tuple(_short(post) for post in newest[:cut])
        return Looked(tuple(newest[cut:]), looked.unreadable), _Kept(left, links)
    known = set(kept.left)
    news = tuple(post for post in newest if _short(post) not in known)
    still = {_short(post) for post in newest}
    left = tuple(each for each in kept.left if each in still)
    return Looked(news, looked.unreadable), _Kept(left, links)


def _short(post: Post) -> str:
    return short_hash(post.key, size=6)


def _looked(raw: Raw) -> Looked | None:
    try:
        return msgspec.json.decode(raw.body, type=Looked)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _read_cursor(cursor: str) -> _Cursor:
    try:
        return msgspec.json.decode(cursor, type=_Cursor) if cursor else _Cursor()
    except msgspec.DecodeError:
        return _Cursor()


def _max_age_s(headers: Mapping[str, str]) -> float:
    found = _MAX_AGE.search(headers.get("cache-control", "").lower())
    return float(found[1]) if found else 0.0
