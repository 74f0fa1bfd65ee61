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
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import escape

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from parvis.sim import Guide
from parvis.sim.feeds.control import control
from parvis.sim.feeds.document import TYPES, document
from parvis.sim.feeds.hub import hub
from parvis.sim.feeds.publisher import Publisher

SUMMARY = "A publisher of RSS, Atom and JSON feeds, with a WebSub hub."
EXAMPLE = "parvis sim feeds --port 3001 --entries 5"
RETRY_AFTER_S = 7
CALLS = (
    ("post", '{"title": "Hello", "text": "From the square"}'),
    ("edit", '{"id": "entry-1", "title": "Hello again"}'),
    ("delete", '{"id": "entry-1"}'),
    ("break", '{"how": "500", "times": 3}'),
    ("mend", "{}"),
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be set."""
    parser.add_argument("--entries", type=int, default=12, help="how many there are at first")
    parser.add_argument("--no-hub", action="store_true", help="names no WebSub hub")


def guide(base: str, args: argparse.Namespace) -> Guide:
    """A feed for each format; the source may have any of them."""
    addresses = tuple(f"{base}/feed.{name}" for name in TYPES)
    return Guide(addresses, "feed", f'{{ url = "{addresses[0]}" }}', CALLS)


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
            Route("/hub", hub, methods=["POST"]),
            Route("/sim/{verb}", control, methods=["POST"]),
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
    body, headers = document(publisher, name, str(request.base_url).rstrip("/"))
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
