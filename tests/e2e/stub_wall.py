"""A wall without the house behind it: one page, one snapshot, one stream, in the test's hand."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import Any, cast

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from parvis.core.look import Brand, look_of
from parvis.core.post import Author
from parvis.core.wire import (
    Card,
    CardPolicy,
    FormatFace,
    Message,
    Reset,
    Snapshot,
    WallFace,
    apply,
)
from parvis.plug.find import find
from parvis.plug.layout import Layout
from parvis.web.pages.look import look_sheet
from parvis.web.pages.wall import wall_page
from parvis.web.reach import qr_svg
from parvis.web.snapshots import Held
from parvis.web.static_files import Static
from tests.waiting import until

STATIC = Path(__file__).parents[2] / "src" / "parvis" / "static"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; form-action 'self'; require-trusted-types-for 'script';"
    " trusted-types lit-html parvis"
)


STATIC_FILES = Static(STATIC)


def layout_of(name: str) -> Layout:
    """The server half of a layout."""
    return cast(Layout, find("layout")[name].open())


def card_of(name: str, order: int, text: str, **more: object) -> Card:
    """A card of a Mastodon post that asks for name and handle."""
    fields: dict[str, object] = {
        "author": Author(
            key=f"mastodon:example.org:{name}",
            handle=f"{name.split()[0].lower()}@example.org",
            name=name,
        ),
        "policy": CardPolicy(must_show=("name", "handle")),
        **more,
    }
    return Card(
        post=f"mastodon:example.org:{order}",
        network="mastodon",
        text=text,
        order=order,
        shown_at_ms=1_790_000_000_000 + order,
        created_at_ms=1_790_000_000_000 + order,
        **fields,  # type: ignore[arg-type]
    )


def face_of(**more: object) -> WallFace:
    """The wall `hall`."""
    fields: dict[str, object] = {
        "title": "Confluence 26",
        "lang": "en",
        "hashtags": ("confluence26",),
    }
    brand = msgspec.convert(
        {
            "theme": more.get("theme", "conference"),
            "scheme": more.get("scheme", "light"),
            **dict(more.pop("brand", {})),  # type: ignore[call-overload]
        },
        Brand,
    )
    fields["look"] = msgspec.to_builtins(look_of(brand))
    return msgspec.convert(
        {
            "wall": "hall",
            "layout": "masonry",
            "theme": "conference",
            "scheme": "light",
            **fields,
            **more,
        },
        WallFace,
    )


class StubWall:
    """The wall's state and its listeners; everything is called from the test's thread."""

    def __init__(
        self, face: WallFace, cards: Iterable[Card] = (), formats: Iterable[FormatFace] = ()
    ) -> None:
        newest_first = tuple(sorted(cards, key=lambda card: -card.order))
        self.snapshot = Snapshot(seq=10, wall=face, cards=newest_first, formats=tuple(formats))
        self.portal = False
        self.join = ""
        self.port = 0
        self.follows: list[int] = []
        self.votes: list[dict[str, str]] = []
        self.reports: list[dict[str, Any]] = []
        self.version = ""
        self.away = False
        self.ahead_ms = 0
        self.url = ""
        self._lines: set[asyncio.Queue[bytes | None]] = set()
        self._frames: list[tuple[int, bytes]] = []
        self.loop: asyncio.AbstractEventLoop | None = None

    @property
    def listening(self) -> int:
        """Open streams."""
        return len(self._lines)

    def send(self, *messages: Message) -> None:
        """Apply and send, all in one chunk."""
        chunk = b""
        for message in messages:
            self.snapshot = apply(self.snapshot, message, self.snapshot.seq + 1)
            frame = b"id: %d\ndata: %s\n\n" % (self.snapshot.seq, msgspec.json.encode(message))
            self._frames.append((self.snapshot.seq, frame))
            chunk += frame
        self._put(chunk)

    def raw(self, chunk: bytes) -> None:
        """Bytes on every stream, whatever they are."""
        self._put(chunk)

    def forget(self) -> None:
        """What was sent can no longer be replayed: a reader from before is told to reset."""
        self._frames.clear()

    def cut(self) -> None:
        """End every stream."""
        self._put(None)

    def _put(self, chunk: bytes | None) -> None:
        assert self.loop is not None

        def put() -> None:
            for line in self._lines:
                line.put_nowait(chunk)

        self.loop.call_soon_threadsafe(put)

    async def live(self, request: Request) -> Response:
        if self.portal:
            return HTMLResponse("<h1>Welcome to the hotel</h1>")
        after = int(request.query_params["after"])
        self.follows.append(after)
        return StreamingResponse(
            self._stream(after),
            media_type="text/event-stream",
            headers={
                "Cache-Control": "no-store",
                "x-parvis-now": str(time.time_ns() // 1_000_000 + self.ahead_ms),
            },
        )

    async def _stream(self, after: int) -> AsyncIterator[bytes]:
        line: asyncio.Queue[bytes | None] = asyncio.Queue()
        missed = [frame for seq, frame in self._frames if seq > after]
        if after < self.snapshot.seq and len(missed) < self.snapshot.seq - after:
            yield b"data: %s\n\n" % msgspec.json.encode(Reset())
            return
        self._lines.add(line)
        try:
            yield b": \n\n" + b"".join(missed)
            while (chunk := await line.get()) is not None:
                yield chunk
        finally:
            self._lines.discard(line)

    async def page(self, request: Request) -> Response:
        if self.away:
            return HTMLResponse("<h1>Welcome to the hotel</h1>")
        wall = self.snapshot.wall
        plans = layout_of(wall.layout).plans()
        held = Held(self.snapshot, msgspec.json.encode(self.snapshot))
        first = min(len(self.snapshot.cards), layout_of(wall.layout).first(wall.capacity))
        body = wall_page(held, first, STATIC_FILES, plans=plans, join=self.join)
        return HTMLResponse(body, headers={"Content-Security-Policy": POLICY})

    async def look(self, request: Request) -> Response:
        wall = self.snapshot.wall
        plans = layout_of(wall.layout).plans()
        sheet = look_sheet(wall, plans, reached=bool(self.join))
        return Response(sheet, media_type="text/css")

    async def code(self, request: Request) -> Response:
        return Response(qr_svg(self.join), media_type="image/svg+xml")

    async def worker(self, request: Request) -> Response:
        body = (STATIC / "wall" / "sw.js").read_bytes()
        return Response(body, media_type="text/javascript")

    async def phone(self, request: Request) -> Response:
        face = self.snapshot.wall
        tags = " ".join(f"#{tag}" for tag in face.hashtags)
        body = f'<main><h1>{escape(face.title)}</h1><p class="tags">{escape(tags)}</p></main>'
        return self._html(
            face, body, "phone/phone.css", ["phone/phone.js", "formats/poll.phone.js"]
        )

    def _html(self, face: WallFace, body: str, style: str, scripts: list[str]) -> Response:
        snapshot = msgspec.json.encode(self.snapshot).decode().replace("<", "\\u003c")
        loaded = "".join(f'<script src="/static/{name}" defer></script>' for name in scripts)
        rtl = "rtl" if face.lang in ("ar", "he") else "ltr"
        return HTMLResponse(
            f'<!doctype html><html lang="{face.lang}" dir="{rtl}" data-theme="{face.theme}"'
            f' data-scheme="{face.scheme}"><head><meta charset="utf-8"><title>{escape(face.title)}'
            '</title><meta name="viewport" content="width=device-width, initial-scale=1">'
            f'<link rel="stylesheet" href="/static/{style}"></head><body>{body}'
            f'<script type="application/json" id="parvis-snapshot">{snapshot}</script>{loaded}',
            headers={"Content-Security-Policy": POLICY},
        )

    async def whole(self, request: Request) -> Response:
        return Response(msgspec.json.encode(self.snapshot), media_type="application/json")

    async def report(self, request: Request) -> Response:
        self.reports.append(json.loads(await request.body()))
        return JSONResponse({"panic": False, "version": self.version})

    async def vote(self, request: Request) -> Response:
        self.votes.append(json.loads(await request.body()))
        return JSONResponse({"ok": True})

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/w/hall", self.page),
                Route("/w/hall/{screen}/report", self.report, methods=["POST"]),
                Route("/look/hall.css", self.look),
                Route("/qr/hall.svg", self.code),
                Route("/sw.js", self.worker),
                Route("/healthz", lambda request: Response("ok")),
                Route("/p/hall", self.phone),
                Route("/p/hall/{format}/vote", self.vote, methods=["POST"]),
                Route("/live/hall", self.live),
                Route("/api/walls/hall/snapshot", self.whole),
                Mount("/static", StaticFiles(directory=STATIC)),
            ]
        )


@contextmanager
def served(wall: StubWall, port: int = 0, certificate: Path | None = None) -> Iterator[StubWall]:
    """The stub on a port of the loopback, in a thread of its own; encrypted with a certificate."""
    config = uvicorn.Config(
        wall.app(),
        port=port,
        log_level="warning",
        lifespan="off",
        ssl_certfile=certificate,
    )
    server = uvicorn.Server(config)
    started: Future[str] = Future()

    async def run() -> None:
        wall.loop = asyncio.get_running_loop()
        serving = asyncio.create_task(server.serve())
        await until(lambda: server.started or serving.done(), 20)
        scheme = "https" if certificate else "http"
        wall.port = server.servers[0].sockets[0].getsockname()[1]
        started.set_result(f"{scheme}://127.0.0.1:{wall.port}")
        await serving

    thread = threading.Thread(target=asyncio.run, args=(run(),), daemon=True)
    thread.start()
    wall.url = started.result(20)
    try:
        yield wall
    finally:
        wall.cut()
        server.should_exit = server.force_exit = True
        thread.join(20)


async def listening(stub: StubWall, times: int = 1) -> None:
    """Wait until the page follows the wall, for the `times`-th time."""
    await until(lambda: len(stub.follows) >= times and stub.listening == 1, 15)
