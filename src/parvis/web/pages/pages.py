"""Handlers of the pages that people and screens open."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections import OrderedDict

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from parvis.core.errors import Later
from parvis.web.entry import Entry, Handle
from parvis.web.pages.livery import livery_sheet, logo_of
from parvis.web.pages.look import look_sheet, mark_of
from parvis.web.pages.plain import sentence_page, studio_page
from parvis.web.pages.wall import wall_page
from parvis.web.problem import problem
from parvis.web.reach import qr_svg
from parvis.web.room import Room
from parvis.web.static_files import Static, same, takes_gzip
from parvis.web.tongue import tongue_of
from parvis.web.words import words_of

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:{media};"
    " font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self';"
    " frame-src {frames}; frame-ancestors {ancestors}; require-trusted-types-for 'script';"
    " trusted-types lit-html parvis"
)
PERMISSIONS = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(),"
    " magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
)
AGAIN_S = 5
"""When a page that could not be made asks again."""
WORTH_PACKING = 1_000
HELD = 64
_SCREEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


def page(
    request: Request,
    body: bytes,
    status: int = 200,
    *,
    ancestors: str = "'none'",
    frames: str = "'none'",
    cache: str = "no-store",
    mark: str = "",
    packed: bytes | None = None,
    referrer: str = "no-referrer",
    media: str = "",
) -> Response:
    """HTML with everything that keeps it harmless."""
    headers = {
        "content-security-policy": CSP.format(ancestors=ancestors, frames=frames, media=media),
        "cross-origin-opener-policy": "same-origin",
        "permissions-policy": PERMISSIONS,
        "cache-control": cache,
        "vary": "accept-encoding",
        "referrer-policy": referrer,
    }
    if mark:
        headers["etag"] = f'W/"{mark}"'
        if same(request, mark):
            return Response(None, 304, headers)
    if takes_gzip(request) and len(body) >= WORTH_PACKING:
        headers["content-encoding"] = "gzip"
        body = packed or gzip.compress(body, 6, mtime=0)
    return Response(body, status, headers, media_type="text/html")


def patiently(handle: Handle, static: Static) -> Handle:
    """The page; while the store is away and nothing is known of it, one that asks again by itself,
    without script.
    """

    async def answered(request: Request) -> Response:
        try:
            return await handle(request)
        except (Later, OSError):
            if "text/html" not in request.headers.get("accept", ""):
                raise
            lang = tongue_of(request).lang
            response = page(request, sentence_page(words_of(lang).away, lang, static), 503)
            response.headers["refresh"] = response.headers["retry-after"] = str(AGAIN_S)
            return response

    return answered


class Pages:
    """The pages of one room."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._walls: OrderedDict[tuple[str, str], tuple[str, bytes, bytes]] = OrderedDict()

    def entries(self) -> list[Entry]:
        """What is served, and for whom."""
        home = patiently(self.home, self._room.static)
        wall = patiently(self.wall, self._room.static)
        found = [
            Entry(method="GET", path="/", handle=home, who="anyone"),
            Entry(method="GET", path="/w/{wall}", handle=wall, who="anyone"),
            Entry(method="GET", path="/w/{wall}/{screen}", handle=wall, who="anyone"),
            Entry(method="GET", path="/studio", handle=self.studio, who="anyone"),
            Entry(method="GET", path="/look/{wall}.css", handle=self.look, who="anyone"),
            Entry(method="GET", path="/look/{wall}/phone.css", handle=self.livery, who="anyone"),
            Entry(method="GET", path="/look/{wall}/logo", handle=self.logo, who="anyone"),
            Entry(method="GET", path="/qr/{wall}.svg", handle=self.code, who="anyone"),
            Entry(method="GET", path="/sw.js", handle=self.worker, who="anyone"),
            Entry(method="GET", path="/favicon.ico", handle=self.icon, who="anyone"),
            Entry(
                method="GET",
                path="/static/{path:path}",
                handle=self._room.static.answer,
                who="anyone",
            ),
        ]
        if self._room.media is not None:
            found.append(
                Entry(
                    method="GET",
                    path="/media/{which}",
                    handle=self._room.media.answer,
                    who="anyone",
                )
            )
        return found

    async def home(self, request: Request) -> Response:
        """The only wall, or else the studio."""
        walls = await self._room.engine.walls()
        target = f"/w/{walls[0].id}" if len(walls) == 1 else "/studio"
        return RedirectResponse(target, 307, {"cache-control": "no-store"})

    async def wall(self, request: Request) -> Response:
        """A wall on a screen."""
        screen = request.path_params.get("screen", "")
        held = await self._room.snapshots.of(request.path_params["wall"])
        if held is None or (screen and not _SCREEN.fullmatch(screen)):
            return self.nothing(request, wall=True)
        name = (held.snapshot.wall.wall, screen)
        layout = held.snapshot.wall.layout
        first = self._room.first(layout, held.snapshot.wall.capacity)
        join = self._room.reach.join(held.snapshot.wall.wall)
        scripts = self._room.static.address("wall/player.js") + join
        mark = hashlib.sha256(held.body + scripts.encode() + b"%d" % first).hexdigest()[:20]
        kept = self._walls.get(name)
        if kept is None or kept[0] != mark:
            plans = self._room.plans(layout)
            body = wall_page(held, first, self._room.static, screen, plans=plans, join=join)
            kept = (mark, body, gzip.compress(body, 6, mtime=0))
            self._walls[name] = kept
            while len(self._walls) > HELD:
                self._walls.popitem(last=False)
        return page(
            request,
            kept[1],
            ancestors="'self'",
            cache="no-cache",
            mark=mark,
            packed=kept[2],
        )

    async def look(self, request: Request) -> Response:
        """The style sheet of a wall's look."""
        held = await self._room.snapshots.of(request.path_params["wall"])
        if held is None:
            return problem(404, "There is no such wall.")
        wall = held.snapshot.wall
        reached = bool(self._room.reach.join(wall.wall))
        return _sheet(request, look_sheet(wall, self._room.plans(wall.layout), reached=reached))

    async def livery(self, request: Request) -> Response:
        """The style sheet of what the audience's pages wear of it."""
        held = await self._room.snapshots.of(request.path_params["wall"])
        if held is None:
            return problem(404, "There is no such wall.")
        return _sheet(request, livery_sheet(held.snapshot.wall))

    async def logo(self, request: Request) -> Response:
        """The picture that the brand brings along; it may be a drawing, so it can do nothing."""
        held = await self._room.snapshots.of(request.path_params["wall"])
        found = logo_of(held.snapshot.wall) if held is not None else None
        if found is None:
            return problem(404, "This wall has no such picture.")
        headers = {
            "cache-control": "public, max-age=86400",
            "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
            "x-content-type-options": "nosniff",
        }
        return Response(found[0], 200, headers, media_type=found[1])

    async def code(self, request: Request) -> Response:
        """The QR code of a wall's phone page, where phones can reach it."""
        held = await self._room.snapshots.of(request.path_params["wall"])
        join = self._room.reach.join(held.snapshot.wall.wall) if held is not None else ""
        if not join:
            return problem(404, "No phone can reach this server at the address it listens at.")
        return Response(
            qr_svg(join), 200, {"cache-control": "no-cache"}, media_type="image/svg+xml"
        )

    async def worker(self, request: Request) -> Response:
        """The player's service worker; it stands at the root because it serves pages there."""
        file = self._room.static.file("wall/sw.js")
        if file is None:
            return problem(404, "There is no such file.")
        policy = "default-src 'none'; connect-src 'self'"
        headers = {"cache-control": "no-cache", "content-security-policy": policy}
        return Response(file.body, 200, headers, media_type=file.kind)

    async def studio(self, request: Request) -> Response:
        """The back office's shell; says nothing that needs the key. It frames the wall to show a
        draft of its look.
        """
        shell = studio_page(self._room.static)
        media = " blob:; media-src 'self'"  # a picture that is about to be sent is shown first
        return page(request, shell, frames="'self'", cache="no-cache", media=media)

    async def icon(self, request: Request) -> Response:
        """Browsers ask by themselves; none is an answer they remember."""
        return Response(None, 204, {"cache-control": "public, max-age=86400"})

    def nothing(self, request: Request, *, wall: bool = False) -> Response:
        """404 in the visitor's language."""
        lang = tongue_of(request).lang
        words = words_of(lang)
        sentence = words.no_wall if wall else words.no_page
        return page(request, sentence_page(sentence, lang, self._room.static), 404)


def _sheet(request: Request, sheet: bytes) -> Response:
    """A style sheet made here; for good under the address that has its mark."""
    kept = request.query_params.get("v") == mark_of(sheet)
    cache = "public, max-age=31536000, immutable" if kept else "no-cache"
    return Response(sheet, 200, {"cache-control": cache}, media_type="text/css; charset=utf-8")
