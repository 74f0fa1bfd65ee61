"""A publisher of feeds: RSS 2.0, Atom and JSON Feed of the same entries, conditional requests, a
WebSub hub, and the ways in which a server fails.

`POST /sim/…` with a JSON body steers it:

post    {"title", "text"?, "id"?, "image"?}     → the entry
edit    {"id", "title"?, "text"?}               → the entry
delete  {"id"}                                  the entry leaves the feeds, its page answers 410
break   {"how", "times"?}                       how the feeds fail: 429, 500, moved, gone, slow,
                                                garbage, page, cut; times: for so many requests
mend    {}                                      they work again
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import hmac
import itertools
import secrets
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from typing import Any
from urllib.parse import parse_qs

import aiohttp
import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

SUMMARY = "A publisher of RSS, Atom and JSON feeds, with a WebSub hub."
TYPES = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}
FAILURES = ("429", "500", "moved", "gone", "slow", "garbage", "page", "cut")
SIGNATURE = "sha256"
RETRY_AFTER_S = 7


class Entry(msgspec.Struct):
    """One entry of the feeds."""

    id: str
    title: str
    text: str
    at: datetime
    image: str = ""


class Subscriber(msgspec.Struct, frozen=True):
    """Whom the hub pushes to."""

    callback: str
    topic: str
    secret: str
    lease_s: int


class Publisher:
    """The entries, who subscribed, and what is broken."""

    def __init__(self, entries: int, *, hub: bool) -> None:
        self.hub = hub
        self.entries: dict[str, Entry] = {}
        self.deleted: set[str] = set()
        self.subscribers: dict[tuple[str, str], Subscriber] = {}
        self.broken = ""
        self.times = 0
        self.not_modified = 0
        self._numbers = itertools.count(1)
        self._tasks: set[asyncio.Task[None]] = set()
        for number in range(entries):
            self.add(f"Entry {number + 1} from the square", f"The {number + 1}. <b>story</b>.")

    def add(self, title: str, text: str, id_: str = "", image: str = "") -> Entry:
        """A new entry, the newest."""
        number = next(self._numbers)
        entry = Entry(id_ or f"entry-{number}", title, text, datetime.now(UTC), image)
        self.entries[entry.id] = entry
        return entry

    def newest(self) -> list[Entry]:
        """The entries as feeds have them."""
        return list(reversed(self.entries.values()))

    def fails(self) -> str:
        """How this request fails, or ''."""
        how = self.broken
        if how and self.times > 0:
            self.times -= 1
            if not self.times:
                self.broken = ""
        return how

    def later(self, work: Awaitable[None]) -> None:
        """Runs `work` beside the answer."""
        task = asyncio.ensure_future(_quietly(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Ends what runs beside."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be set."""
    parser.add_argument("--entries", type=int, default=12, help="how many there are at first")
    parser.add_argument("--no-hub", action="store_true", help="names no WebSub hub")


def build(args: argparse.Namespace) -> Starlette:
    """The application; `app.state.publisher` is its memory."""
    publisher = Publisher(args.entries, hub=not args.no_hub)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await publisher.stop()

    app = Starlette(
        lifespan=lifespan,
        routes=[
            Route("/", _home),
            Route("/feed.{format}", _feed),
            Route("/moved.{format}", _feed, name="moved"),
            Route("/posts/{id:path}", _page),
            Route("/hub", _hub, methods=["POST"]),
            Route("/sim/{verb}", _control, methods=["POST"]),
        ],
    )
    app.state.publisher = publisher
    return app


async def _home(request: Request) -> Response:
    links = "".join(
        f'<link rel="alternate" type="{kind}" href="/feed.{name}">' for name, kind in TYPES.items()
    )
    page = f"<!doctype html><html><head><title>The square</title>{links}</head><body></body></html>"
    return Response(page, media_type="text/html")


async def _page(request: Request) -> Response:
    publisher: Publisher = request.app.state.publisher
    id_ = request.path_params["id"]
    if id_ in publisher.deleted:
        return Response("gone", 410)
    entry = publisher.entries.get(id_)
    if entry is None:
        return Response("not found", 404)
    page = f"<!doctype html><title>{escape(entry.title)}</title><p>{escape(entry.text)}</p>"
    return Response(page, media_type="text/html")


async def _feed(request: Request) -> Response:
    publisher: Publisher = request.app.state.publisher
    name = request.path_params["format"]
    if name not in TYPES:
        return Response("not found", 404)
    body, headers = _document(publisher, name, str(request.base_url).rstrip("/"))
    if (how := publisher.fails()) and request.scope["path"].startswith("/feed"):
        return _failure(how, name, body, headers)
    tags = [each.strip() for each in request.headers.get("if-none-match", "").split(",")]
    since = request.headers.get("if-modified-since", "")
    # RFC 9110, 13.1.3: the date counts only where no tag is sent
    same = headers["etag"] in tags if tags != [""] else since == headers["last-modified"]
    if same:
        publisher.not_modified += 1
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=TYPES[name])


def _failure(how: str, name: str, body: bytes, headers: dict[str, str]) -> Response:
    if how == "429":
        return Response("slow down", 429, {"retry-after": str(RETRY_AFTER_S)})
    if how == "moved":
        return RedirectResponse(f"/moved.{name}", 301)
    if how == "slow":
        return StreamingResponse(_dripped(body), headers=headers, media_type=TYPES[name])
    if how == "page":
        return Response("<!doctype html><html><body>Hello</body></html>", media_type="text/html")
    if how == "cut":
        return Response(body[: len(body) // 2], headers=headers, media_type=TYPES[name])
    if how == "garbage":
        return Response(bytes(range(256)) * 4, media_type=TYPES[name])
    return Response(how, 410 if how == "gone" else 500)


async def _dripped(body: bytes) -> AsyncIterator[bytes]:
    for at in range(len(body)):
        yield body[at : at + 1]
        await asyncio.sleep(1)


def _document(publisher: Publisher, name: str, base: str) -> tuple[bytes, dict[str, str]]:
    made = {"rss": _rss, "atom": _atom, "json": _json}[name](publisher, base)
    body = made.encode()
    newest = max((entry.at for entry in publisher.entries.values()), default=datetime.now(UTC))
    headers = {
        "etag": f'"{hashlib.sha256(body).hexdigest()[:20]}"',
        "last-modified": format_datetime(newest, usegmt=True),
        "cache-control": "max-age=0",
    }
    if publisher.hub:
        headers["link"] = f'<{base}/hub>; rel="hub", <{base}/feed.{name}>; rel="self"'
    return body, headers


def _rss(publisher: Publisher, base: str) -> str:
    hub = f'<atom:link rel="hub" href="{base}/hub"/>' if publisher.hub else ""
    items = "".join(
        f"<item><title>{escape(each.title)}</title><link>{base}/posts/{each.id}</link>"
        f'<guid isPermaLink="false">{escape(each.id)}</guid>'
        f"<pubDate>{format_datetime(each.at)}</pubDate>"
        f"<description>{escape(each.text)}</description>"
        + (
            f'<enclosure url="{escape(each.image)}" type="image/png" length="1"/>'
            * bool(each.image)
        )
        + "</item>"
        for each in publisher.newest()
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"'
        ' xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>The square</title>'
        f"<link>{base}/</link><description>News</description><language>en</language>{hub}"
        f'<atom:link rel="self" href="{base}/feed.rss"/>{items}</channel></rss>'
    )


def _atom(publisher: Publisher, base: str) -> str:
    hub = f'<link rel="hub" href="{base}/hub"/>' if publisher.hub else ""
    entries = "".join(
        f"<entry><id>tag:square.example,2026:{escape(each.id)}</id>"
        f"<title>{escape(each.title)}</title>"
        f'<link href="{base}/posts/{each.id}"/><updated>{each.at.isoformat()}</updated>'
        f'<summary type="html">{escape(each.text)}</summary>'
        + (f'<link rel="enclosure" type="image/png" href="{escape(each.image)}"/>')
        * bool(each.image)
        + "<author><name>The desk</name></author></entry>"
        for each in publisher.newest()
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"'
        f' xml:lang="en"><title>The square</title><id>{base}/</id>{hub}'
        f'<link rel="self" href="{base}/feed.atom"/><link href="{base}/"/>{entries}</feed>'
    )


def _json(publisher: Publisher, base: str) -> str:
    told: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "The square",
        "home_page_url": f"{base}/",
        "feed_url": f"{base}/feed.json",
        "language": "en",
        "items": [
            {
                "id": each.id,
                "url": f"{base}/posts/{each.id}",
                "title": each.title,
                "content_html": each.text,
                "date_published": each.at.isoformat(),
                **({"image": each.image} if each.image else {}),
            }
            for each in publisher.newest()
        ],
    }
    if publisher.hub:
        told["hubs"] = [{"type": "WebSub", "url": f"{base}/hub"}]
    return msgspec.json.encode(told).decode()


async def _control(request: Request) -> Response:
    publisher: Publisher = request.app.state.publisher
    base = str(request.base_url).rstrip("/")
    verb = request.path_params["verb"]
    try:
        told = msgspec.json.decode(await request.body() or b"{}", type=dict[str, Any])
        if verb == "post":
            entry = publisher.add(
                told["title"], told.get("text", ""), told.get("id", ""), told.get("image", "")
            )
        elif verb == "edit":
            entry = publisher.entries[told["id"]]
            entry.title = told.get("title", entry.title)
            entry.text = told.get("text", entry.text)
        elif verb == "delete":
            entry = publisher.entries.pop(told["id"])
            publisher.deleted.add(entry.id)
        elif verb in ("break", "mend"):
            how = str(told["how"]) if verb == "break" else ""
            if how and how not in FAILURES:
                return JSONResponse({"error": f"how is one of {', '.join(FAILURES)}"}, 422)
            publisher.broken, publisher.times = how, int(told.get("times", 0))
            return JSONResponse({"broken": how})
        else:
            return JSONResponse({"error": "post, edit, delete, break or mend"}, 404)
    except (msgspec.DecodeError, KeyError, ValueError) as error:
        return JSONResponse({"error": f"{type(error).__name__}: {error}"}, 422)
    publisher.later(_push(publisher, base))
    return JSONResponse(msgspec.to_builtins(entry))


async def _hub(request: Request) -> Response:
    publisher: Publisher = request.app.state.publisher
    form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
    if form.get("hub.mode") != "subscribe" or not form.get("hub.callback"):
        return Response("hub.mode and hub.callback are missing", 400)
    if not form.get("hub.topic", "").startswith(str(request.base_url)):
        return Response("this hub knows no such topic", 404)
    if len(form.get("hub.secret", "")) >= 200:
        return Response("hub.secret is too long", 400)
    asked = Subscriber(
        form["hub.callback"],
        form["hub.topic"],
        form.get("hub.secret", ""),
        min(int(form.get("hub.lease_seconds", "864000")), 864000),
    )
    publisher.later(_verify(publisher, asked))
    return Response(status_code=202)


async def _verify(publisher: Publisher, asked: Subscriber) -> None:
    """Section 5.3: did the owner of the callback ask for this?"""
    challenge = secrets.token_urlsafe(24)
    params = {
        "hub.mode": "subscribe",
        "hub.topic": asked.topic,
        "hub.challenge": challenge,
        "hub.lease_seconds": str(asked.lease_s),
    }
    async with (
        aiohttp.ClientSession() as session,
        session.get(asked.callback, params=params) as answer,
    ):
        if answer.status == 200 and await answer.text() == challenge:
            publisher.subscribers[asked.callback, asked.topic] = asked


async def _push(publisher: Publisher, base: str) -> None:
    """Section 7: the whole feed, signed with each subscriber's secret."""
    async with aiohttp.ClientSession() as session:
        for key, each in list(publisher.subscribers.items()):
            name = each.topic.rpartition(".")[2]
            body, _ = _document(publisher, name, base)
            mac = hmac.new(each.secret.encode(), body, getattr(hashlib, SIGNATURE)).hexdigest()
            headers = {
                "content-type": TYPES[name],
                "link": f'<{base}/hub>; rel="hub", <{each.topic}>; rel="self"',
                "x-hub-signature": f"{SIGNATURE}={mac}",
            }
            async with session.post(each.callback, data=body, headers=headers) as answer:
                if answer.status == 410:
                    del publisher.subscribers[key]


async def _quietly(work: Awaitable[None]) -> None:
    try:
        await work
    except (aiohttp.ClientError, OSError, TimeoutError):
        return  # a subscriber that cannot be reached is the subscriber's loss
