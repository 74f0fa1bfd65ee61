"""Pictures of shown posts, fetched once and served from our own address.

No open proxy: an address names a post and a number, the picture's own address comes from the store,
and only posts whose card is on a wall are answered. What is withdrawn is answered no more.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from parvis.core.errors import Later, Refused
from parvis.core.post import BLOB, Post
from parvis.core.wire import Card
from parvis.engine import Engine
from parvis.plug.http import Http
from parvis.web.problem import problem
from parvis.web.static_files import same

MAX_BYTES = 12 * 1024 * 1024
CACHE_BYTES = 128 * 1024 * 1024
FAILED_S = 60.0
"""How long a picture that could not be fetched is not asked for again: every screen wants it."""
FAILED_MOST = 10_000
KINDS: tuple[tuple[bytes, int, str], ...] = (
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"GIF8", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
    (b"ftypavif", 4, "image/avif"),
)
HEADERS = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "sandbox; default-src 'none'",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "private, max-age=600",
}


OWN = {
    "cache-control": "private, no-cache",
    "accept-ranges": "bytes",
    "content-disposition": "inline; filename=shown",
}
_SPAN = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


class Picture(msgspec.Struct, frozen=True):
    """Bytes and the kind that they show themselves to be."""

    body: bytes
    mime: str


def kind_of(body: bytes) -> str:
    """The picture's kind by its first bytes, whatever a server says; '' for anything else."""
    for mark, at, mime in KINDS:
        if body[at : at + len(mark)] == mark:
            return mime
    return ""


async def never(scope: Mapping[str, Any]) -> bool:
    """For a room without an owner."""
    return False


class Media:
    """Fetches and remembers pictures, at most `CACHE_BYTES`, each fetched once at a time. `opens`
    says who may also see what is not on a wall yet.
    """

    def __init__(
        self,
        engine: Engine,
        http: Http,
        opens: Callable[[Mapping[str, Any]], Awaitable[bool]] = never,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._opens = opens
        self._http = http
        self._clock = clock
        self._failed: OrderedDict[str, tuple[float, Refused | Later]] = OrderedDict()
        self._held: OrderedDict[str, Picture] = OrderedDict()
        self._bytes = 0
        self._fetching: dict[str, asyncio.Task[Picture]] = {}

    async def answer(self, request: Request) -> Response:
        """GET /media/{number or `avatar`}?post=KEY."""
        key = request.query_params.get("post", "")
        which = str(request.path_params["which"])
        post = await self._shown(key, which) or (
            await self._waiting(key) if await self._opens(request.scope) else None
        )
        own = own_file(post, which) if post is not None else None
        if own is not None:
            return await self.own(request, *own)
        url = address(post, which) if post is not None else ""
        if not url:
            return problem(404, "There is no such picture on a wall.")
        try:
            picture = await self._picture(url)
        except Refused as refused:
            return problem(404, str(refused))
        except Later as later:
            return problem(503, str(later), later.retry_after_s or 5.0)
        return Response(picture.body, 200, HEADERS, media_type=picture.mime)

    async def own(self, request: Request, sha256: str, mime: str) -> Response:
        """A file that we keep. Nobody in between keeps it: what is withdrawn is gone at once."""
        headers = {**HEADERS, **OWN, "etag": f'"{sha256[:32]}"'}
        if same(request, sha256[:32]):
            return Response(None, 304, headers)
        try:
            body = await self._engine.blobs.open(sha256)
        except Refused:
            return problem(404, "There is no such picture on a wall.")
        asked = request.headers.get("range", "")
        if not asked or request.headers.get("if-range", headers["etag"]) != headers["etag"]:
            return Response(body, 200, headers, media_type=kind_of(body) or mime)
        span = span_of(asked, len(body))
        if span is None:
            headers["content-range"] = f"bytes */{len(body)}"
            return Response(None, 416, headers)
        first, last = span
        headers["content-range"] = f"bytes {first}-{last}/{len(body)}"
        part = body[first : last + 1]
        return Response(part, 206, headers, media_type=kind_of(body) or mime)

    async def _shown(self, key: str, which: str) -> Post | None:
        """The post, when a card of it shows this."""
        for placement in await self._engine.placements(key) if key else ():
            if placement.state != "approved":
                continue
            card = (await self._engine.cards(placement.wall, [key])).get(key)
            if card is not None and which in _names(card):
                known = await self._engine.known(placement.wall, [key])
                return known[key].post if key in known else None
        return None

    async def _waiting(self, key: str) -> Post | None:
        """For whoever moderates: also what waits."""
        for placement in await self._engine.placements(key) if key else ():
            if placement.state != "withdrawn":
                known = await self._engine.known(placement.wall, [key])
                return known[key].post if key in known else None
        return None

    async def _picture(self, url: str) -> Picture:
        held = self._held.get(url)
        if held is not None:
            self._held.move_to_end(url)
            return held
        until_s, failure = self._failed.get(url, (0.0, None))
        if failure is not None and self._clock() < until_s:
            raise failure.with_traceback(None)
        task = self._fetching.get(url)
        if task is None:
            task = asyncio.create_task(self._fetch(url))
            self._fetching[url] = task
            task.add_done_callback(lambda _: self._fetching.pop(url, None))
        return await asyncio.shield(task)

    async def _fetch(self, url: str) -> Picture:
        try:
            picture = await self._fetched(url)
        except (Refused, Later) as failure:
            wait_s = failure.retry_after_s or FAILED_S if isinstance(failure, Later) else FAILED_S
            self._failed[url] = (self._clock() + min(wait_s, FAILED_S), failure)
            if len(self._failed) > FAILED_MOST:
                self._failed.popitem(last=False)
            raise
        self._failed.pop(url, None)
        self._held[url] = picture
        self._bytes += len(picture.body)
        while self._bytes > CACHE_BYTES:
            _, old = self._held.popitem(last=False)
            self._bytes -= len(old.body)
        return picture

    async def _fetched(self, url: str) -> Picture:
        reply = await self._http.get(url, max_bytes=MAX_BYTES, accept=("image/*",))
        mime = kind_of(reply.body)
        if not mime:
            raise Refused("What the network sent is no picture that a wall can show.")
        return Picture(reply.body, mime)


def _names(card: Card) -> set[str]:
    """What of its post the card shows."""
    shown = [url for media in card.media for url in (media.url, media.poster)]
    return {"avatar", *(url.removeprefix("/media/").partition("?")[0] for url in shown)}


def own_file(post: Post, which: str) -> tuple[str, str] | None:
    """sha256 and kind of the file that we keep under that name: a number, `p` behind it for a
    film's still picture.
    """
    number, poster = which.removesuffix("p"), which.endswith("p")
    if not (number.isascii() and number.isdecimal() and len(number) < 4):
        return None
    if int(number) >= len(post.media):
        return None
    media = post.media[int(number)]
    url = media.poster if poster else media.url
    if not url.startswith(BLOB):
        return None
    return url.removeprefix(BLOB), "image/jpeg" if poster else media.mime


def span_of(asked: str, length: int) -> tuple[int, int] | None:
    """First and last byte of a range; None when there are no such bytes (RFC 9110, 14.2)."""
    found = _SPAN.fullmatch(asked.strip())
    if found is None or not (found[1] or found[2]) or not length:
        return None
    if not found[1]:
        size = min(int(found[2]), length)
        return (length - size, length - 1) if size else None
    first = int(found[1])
    last = min(int(found[2]) if found[2] else length - 1, length - 1)
    return (first, last) if first <= last else None


def address(post: Post, which: str) -> str:
    """Where the network has the picture; '' when the post has none by that name."""
    if which == "avatar":
        return post.author.avatar if post.author is not None else ""
    number, poster = which.removesuffix("p"), which.endswith("p")
    if not (number.isascii() and number.isdecimal() and len(number) < 4):
        return ""
    if int(number) >= len(post.media):
        return ""
    media = post.media[int(number)]
    if poster:
        return media.poster
    return media.url if media.type in ("image", "gif") else ""
