"""A server half of the studio's API in the test's hand: what it answers is a fixture, what it is
asked is kept.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from parvis.plug.multipart import is_multipart, parse
from tests.e2e.studio import crowd
from tests.e2e.studio.fake_answers import Answers, problem
from tests.waiting import until

STATIC = Path(__file__).parents[3] / "src" / "parvis" / "static"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src"
    " 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self';"
    " require-trusted-types-for 'script'; trusted-types lit-html parvis"
)
PASSWORD = "four words you know"
FIRST = "first-token"
KEY = "a-secret-key-of-the-studio"
WALL_CSS = (
    "html{background:var(--ground,#241329);color:var(--ink,#fdf3ea);font:600 6vmin system-ui}"
    "body{margin:0;padding:4vmin}b{color:var(--f1,#f5bd55)}p{border-radius:calc(var(--k-radius,0)"
    "*1vmin);background:var(--f1,#37203d);color:var(--o1,#fff);padding:3vmin;margin:2vmin 0}"
)


class FakeDesk(Answers):
    """One wall, `hall`; everything is called from the test's thread but the answers."""

    def __init__(self, *, many: int = 0, dark: bool = False, ill: bool = False) -> None:
        self.now_ms = int(time.time() * 1000)
        self.items = crowd.evening(self.now_ms, many=many)
        self.screens = crowd.screens(self.now_ms, dark=dark)
        self.sources = crowd.sources(self.now_ms, ill=ill)
        self.me: dict[str, Any] | None = {
            "name": "Maud Lannuzel",
            "email": "maud@veillees.example",
            "role": "owner",
            "lang": "en",
            "first_run": False,
        }
        self.fresh = False
        self.walls = [self._line()]
        self.rev = 7
        self.brand: dict[str, Any] = {"theme": "festival", "scheme": "dark"}
        self.policy: dict[str, Any] = {"mode": "approve_first", "trusted": [], "words": []}
        self.specs = [
            {"id": "phone", "plugin": "phone", "settings": {}, "basis": "consent", "enabled": True},
            {
                "id": "mastodon",
                "plugin": "mastodon",
                "settings": {"server": "mastodon.example", "tags": ["VeilleesDuPort"], "limit": 40},
                "basis": "platform_terms",
                "enabled": True,
            },
            {
                "id": "journal",
                "plugin": "feed",
                "settings": {"url": "https://journal.example/feed.xml"},
                "basis": "licence",
                "enabled": True,
            },
        ]
        self.bridges: list[dict[str, Any]] = []
        self.bridge_health: list[dict[str, Any]] = []
        self.people = [
            {
                "id": "p1",
                "name": "Maud Lannuzel",
                "email": "maud@veillees.example",
                "role": "owner",
            },
            {"id": "p2", "name": "Idris", "email": "idris@veillees.example", "role": "moderator"},
        ]
        self.secure = True
        self.panic = False
        self.slow_screens = 0
        self.claims: dict[str, dict[str, Any]] = {}
        self.done: list[tuple[str, list[tuple[str, str]], str]] = []
        self.asked: list[tuple[str, Any]] = []
        self.keys: set[str] = set()
        self.langs: list[str] = []
        self.fail: dict[str, tuple[int, str]] = {}
        self.silent: set[str] = set()
        self.dead = self.dead_stream = False
        self.version = "one"
        self.url = ""
        self.loop: asyncio.AbstractEventLoop | None = None
        self._lines: set[asyncio.Queue[bytes | None]] = set()

    # the test's hand ------------------------------------------------------------------------------
    def of(self, path: str) -> list[Any]:
        """What was sent to an address, by its end."""
        return [body for asked, body in self.asked if asked.endswith(path)]

    def state(self, key: str) -> str:
        """Of one post."""
        return str(
            next(one for one in self.items if one["post"]["key"] == key)["placement"]["state"]
        )

    def tell(self) -> None:
        """What is now, to everybody who watches."""
        self._put(b"data: %s\n\n" % json.dumps(self.now()).encode())

    def cut(self) -> None:
        """End every stream."""
        self._put(None)

    def die(self) -> None:
        """Answer nobody, until `live`."""
        self.dead = True
        self.cut()

    def live(self) -> None:
        """Answer again."""
        self.dead = False

    def empty(self) -> None:
        """A wall nobody wrote to and no screen opened."""
        self.items, self.screens, self.sources, self.specs = [], [], [], []

    @property
    def watching(self) -> int:
        """Open streams."""
        return len(self._lines)

    def _put(self, chunk: bytes | None) -> None:
        assert self.loop is not None

        def put() -> None:
            for line in self._lines:
                line.put_nowait(chunk)

        self.loop.call_soon_threadsafe(put)

    # what is ------------------------------------------------------------------------------------
    def counts(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for one in self.items:
            state = one["placement"]["state"]
            counts[state] = counts.get(state, 0) + 1
        return counts

    def now(self) -> dict[str, Any]:
        counts = self.counts()
        return {
            "counts": counts,
            "waiting": counts.get("pending", 0) + counts.get("new", 0),
            "screens": self.screens,
            "sources": self.sources,
            "bridges": self.bridge_health,
            "panic": self._panic(None),
            "names": {},
            "version": self.version,
            "recent": [{"post": "x", "state": "approved", "at_ms": self.now_ms - 40_000}],
        }

    def _line(self, wall: str = "hall", title: str = "Veillées du Port") -> dict[str, Any]:
        return {
            "id": wall,
            "title": title,
            "lang": "fr",
            "mode": "approve_first",
            "hashtags": ["VeilleesDuPort"],
            "panic": False,
            "counts": {},
            "layout": "masonry",
            "brand": {},
            "on_air": True,
            "screens": {"up": 4, "dark": 0},
            "waiting": 0,
            "p50_ms": 800,
        }

    def whole(self) -> dict[str, Any]:
        line = self.walls[0]
        return {
            "id": line["id"],
            "title": line["title"],
            "lang": line["lang"],
            "hashtags": line["hashtags"],
            "policy": self.policy,
            "brand": self.brand,
            "layout": line["layout"],
            "capacity": 50,
            "retention_days": 30,
            "sources": self.specs,
            "formats": [],
            "bridges": self.bridges,
            "rev": self.rev,
        }

    # answers ------------------------------------------------------------------------------------
    async def api(self, request: Request) -> Response:
        path = request.url.path
        body: Any
        kind = request.headers.get("content-type", "")
        if is_multipart(kind):
            body = [
                (each.name, each.file or each.text) for each in parse(kind, await request.body())
            ]
        else:
            body = json.loads(await request.body() or b"null")
        self.keys.add(request.headers.get("authorization", ""))
        self.langs.append(request.headers.get("accept-language", ""))
        if request.method == "POST":
            self.asked.append((path, body))
        if self.dead:
            return Response(status_code=503)
        for end, (status, says) in self.fail.items():
            if path.endswith(end):
                return problem(status, says)
        await until(lambda: not any(path.endswith(end) for end in self.silent), 60)
        door = self._door(path, body)
        if door is not None:
            return door
        if self.me is None:
            return problem(401, "", first_run=self.fresh)
        answer = self._wall(path, body, request)
        return answer if isinstance(answer, Response) else JSONResponse(answer)

    def _door(self, path: str, body: Any) -> Response | None:
        if path == "/api/me":
            self.me = {**self.me, **(body or {})} if self.me else None
            given = JSONResponse(self.me)
            return given if self.me else problem(401, "", first_run=self.fresh)
        if path == "/api/sign-in":
            if body["password"] != PASSWORD:
                return problem(401, "")
            self.me = {
                "name": "Maud Lannuzel",
                "email": body["email"],
                "role": "owner",
                "lang": "en",
            }
            return JSONResponse(self.me)
        if path == "/api/first":
            if body["token"] != FIRST:
                return problem(422, "This link was used already; start parvis to get another.")
            self.me = {**body, "role": "owner"}
            return JSONResponse(self.me)
        if path == "/api/invite":
            self.me = {"name": "Idris", "email": "i@v.example", "role": "moderator", "lang": "fr"}
            return JSONResponse(self.me)
        if path == "/api/reset":
            self.me = {"name": "Idris", "email": "i@v.example", "role": "moderator", "lang": "en"}
            return JSONResponse(self.me)
        if path == "/api/sign-out":
            self.me = None
            return JSONResponse({})
        return None

    def _wall(self, path: str, body: Any, request: Request) -> Any:
        query = request.query_params
        if path == "/api/walls":
            if body:
                self.walls.append(self._line("new", body["title"]))
                self.empty()
                return self.walls[-1]
            return {"walls": self.walls}
        if path == "/api/plugins":
            return {"sources": crowd.PLUGINS, "bridges": crowd.BRIDGES}
        if path == "/api/settings":
            return self._settings()
        if path.startswith("/api/people"):
            return self._people(path, body)
        if path == "/api/trace":
            return {
                "steps": [
                    {"at_ms": self.now_ms - 60_000, "event": "post.seen", "by": "mastodon"},
                    {
                        "at_ms": self.now_ms - 59_000,
                        "event": "post.decided",
                        "by": "rule:wordlist",
                        "why": "A word may be an insult.",
                        "state": "pending",
                    },
                ]
            }
        end = path.removeprefix("/api/walls/").partition("/")[2]
        if end == "":
            return self._change(body) if body else self.whole()
        if end in ("queue", "posts"):
            return self._page(query)
        if end == "now":
            return self.now()
        if end == "why":
            return self._why(query["post"])
        if end in ("claim", "release"):
            return self._claim(end, body)
        if end.startswith("posts/"):
            return self._act(end, body)
        if end == "acts":
            return self._acts()
        if end in ("undo", "redo"):
            return self._undo(body)
        if end.startswith("screens"):
            return self._screen(end, body)
        if end == "panic":
            return self._panic(body)
        if end == "preview":
            return self._preview(json.loads(query["brand"]))
        if end == "numbers":
            return crowd.numbers(self.now_ms) if self.items else {"figures": []}
        if end.startswith("numbers/"):
            return self._rows(end.split("/")[1], query)
        if end.startswith("sources"):
            return self._source(end, body)
        return problem(404, f"There is nothing at {path}.")

    async def watch(self, request: Request) -> Response:
        if self.dead or self.dead_stream:
            return Response(status_code=503)
        return StreamingResponse(self._stream(), media_type="text/event-stream")

    async def _stream(self) -> AsyncIterator[bytes]:
        line: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._lines.add(line)
        try:
            yield b"data: %s\n\n" % json.dumps(self.now()).encode()
            while (chunk := await line.get()) is not None:
                yield chunk
        finally:
            self._lines.discard(line)

    async def page(self, request: Request) -> Response:
        if self.dead:
            return Response(status_code=503)
        return HTMLResponse(
            '<!doctype html><html lang="en"><head><meta charset="utf-8">'
            "<title>parvis studio</title>"
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            '<link rel="icon" href="data:,">'
            '<link rel="stylesheet" href="/static/studio/studio.css">'
            "</head><body><parvis-studio></parvis-studio>"
            '<script src="/static/studio/studio.js" defer></script></body></html>',
            headers={"Content-Security-Policy": POLICY},
        )

    async def wall_page(self, request: Request) -> Response:
        posts = "".join(f"<p>{text}</p>" for text in ("La mer écoute aussi", "Who is it?"))
        return HTMLResponse(
            '<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>wall</title>'
            '<link rel="icon" href="data:,"><link rel="stylesheet" href="/wall.css"></head>'
            f"<body><b>#VeilléesDuPort</b>{posts}</body></html>",
            headers={
                "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:;"
                " frame-ancestors 'self'"
            },
        )

    async def drawn(self, request: Request) -> Response:
        name = request.path_params["name"]
        return Response(crowd.picture(name), media_type="image/svg+xml")

    async def sheet(self, request: Request) -> Response:
        return Response(WALL_CSS, media_type="text/css")

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/studio", self.page),
                Route("/w/{wall}", self.wall_page),
                Route("/w/{wall}/{screen}", self.wall_page),
                Route("/preview/{wall}", self.wall_page),
                Route("/wall.css", self.sheet),
                Route("/m/{name}.svg", self.drawn),
                Route("/api/walls/{wall}/watch", self.watch),
                Route("/api/{rest:path}", self.api, methods=["GET", "POST"]),
                Mount("/static", StaticFiles(directory=STATIC)),
            ]
        )


@contextmanager
def served(desk: FakeDesk) -> Iterator[FakeDesk]:
    """The fake on a free port of the loopback, in a thread of its own."""
    server = uvicorn.Server(uvicorn.Config(desk.app(), port=0, log_level="error", lifespan="off"))
    started: Future[str] = Future()

    async def run() -> None:
        desk.loop = asyncio.get_running_loop()
        serving = asyncio.create_task(server.serve())
        await until(lambda: server.started or serving.done(), 20)
        started.set_result(f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}")
        await serving

    thread = threading.Thread(target=asyncio.run, args=(run(),), daemon=True)
    thread.start()
    desk.url = started.result(20)
    try:
        yield desk
    finally:
        desk.cut()
        server.should_exit = server.force_exit = True
        thread.join(20)
