"""Pictures of shown posts, fetched once and served from our own address.

No open proxy: an address names a post and a number, the picture's own address comes from the store,
and only posts whose card is on a wall are answered. What is withdrawn is answered no more.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from parvis.core.errors import Later, Refused
from parvis.core.post import Post
from parvis.engine import Engine
from parvis.plug.http import Http
from parvis.web.problem import problem

MAX_BYTES = 12 * 1024 * 1024
CACHE_BYTES = 128 * 1024 * 1024
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


class Media:
    """Fetches and remembers pictures, at most `CACHE_BYTES`, each fetched once at a time."""

    def __init__(self, engine: Engine, http: Http) -> None:
        self._engine = engine
        self._http = http
        self._held: OrderedDict[str, Picture] = OrderedDict()
        self._bytes = 0
        self._fetching: dict[str, asyncio.Task[Picture]] = {}

    async def answer(self, request: Request) -> Response:
        """GET /media/{number or `avatar`}?post=KEY."""
        post = await self._shown(request.query_params.get("post", ""))
        url = address(post, str(request.path_params["which"])) if post is not None else ""
        if not url:
            return problem(404, "There is no such picture on a wall.")
        try:
            picture = await self._picture(url)
        except Refused as refused:
            return problem(404, str(refused))
        except Later as later:
            return problem(503, str(later), later.retry_after_s or 5.0)
        return Response(picture.body, 200, HEADERS, media_type=picture.mime)

    async def _shown(self, key: str) -> Post | None:
        for placement in await self._engine.placements(key) if key else ():
            if placement.state != "approved":
                continue
            if await self._engine.cards(placement.wall, [key]):
                known = await self._engine.known(placement.wall, [key])
                return known[key].post if key in known else None
        return None

    async def _picture(self, url: str) -> Picture:
        held = self._held.get(url)
        if held is not None:
            self._held.move_to_end(url)
            return held
        task = self._fetching.get(url)
        if task is None:
            task = asyncio.create_task(self._fetch(url))
            self._fetching[url] = task
            task.add_done_callback(lambda _: self._fetching.pop(url, None))
        return await asyncio.shield(task)

    async def _fetch(self, url: str) -> Picture:
        reply = await self._http.get(url, max_bytes=MAX_BYTES, accept=("image/*",))
        mime = kind_of(reply.body)
        if not mime:
            raise Refused("What the network sent is no picture that a wall can show.")
        picture = Picture(reply.body, mime)
        self._held[url] = picture
        self._bytes += len(picture.body)
        while self._bytes > CACHE_BYTES:
            _, old = self._held.popitem(last=False)
            self._bytes -= len(old.body)
        return picture


def address(post: Post, which: str) -> str:
    """Where the network has the picture; '' when the post has none by that name."""
    if which == "avatar":
        return post.author.avatar if post.author is not None else ""
    if which.isdecimal() and len(which) < 4 and int(which) < len(post.media):
        media = post.media[int(which)]
        return media.url if media.type in ("image", "gif") else ""
    return ""
