"""Handlers of the pages that people and screens open."""

from __future__ import annotations

import gzip
import hashlib
import re
import secrets
from collections import OrderedDict
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from parvis.plug.door import Form
from parvis.plug.manifest import Manifest
from parvis.web.entry import Entry
from parvis.web.page_phone import phone_page
from parvis.web.page_plain import notice_page, sentence_page, studio_page
from parvis.web.page_wall import wall_page
from parvis.web.room import Room
from parvis.web.snapshots import Held
from parvis.web.static_files import same, takes_gzip
from parvis.web.words import words_of

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self';"
    " frame-ancestors {ancestors}; require-trusted-types-for 'script';"
    " trusted-types lit-html parvis"
)
PERMISSIONS = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(),"
    " magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
)
WORTH_PACKING = 1_000
HELD = 64
_SCREEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


def page(
    request: Request,
    body: bytes,
    status: int = 200,
    *,
    ancestors: str = "'none'",
    cache: str = "no-store",
    mark: str = "",
    packed: bytes | None = None,
) -> Response:
    """HTML with everything that keeps it harmless."""
    headers = {
        "content-security-policy": CSP.format(ancestors=ancestors),
        "cross-origin-opener-policy": "same-origin",
        "permissions-policy": PERMISSIONS,
        "cache-control": cache,
        "vary": "accept-encoding",
    }
    if mark:
        headers["etag"] = f'W/"{mark}"'
        if same(request, mark):
            return Response(None, 304, headers)
    if takes_gzip(request) and len(body) >= WORTH_PACKING:
        headers["content-encoding"] = "gzip"
        body = packed or gzip.compress(body, 6, mtime=0)
    return Response(body, status, headers, media_type="text/html")


class Pages:
    """The pages of one room."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._walls: OrderedDict[tuple[str, str], tuple[str, bytes, bytes]] = OrderedDict()

    def entries(self) -> list[Entry]:
        """What is served, and for whom."""
        found = [
            Entry(method="GET", path="/", handle=self.home, who="anyone"),
            Entry(method="GET", path="/w/{wall}", handle=self.wall, who="anyone"),
            Entry(method="GET", path="/w/{wall}/{screen}", handle=self.wall, who="anyone"),
            Entry(method="GET", path="/p/{wall}", handle=self.phone, who="anyone"),
            Entry(method="GET", path="/notice/{wall}", handle=self.notice, who="anyone"),
            Entry(method="GET", path="/studio", handle=self.studio, who="anyone"),
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
        first = self._room.first(held.snapshot.wall.layout, held.snapshot.wall.capacity)
        scripts = self._room.static.address("wall/player.js")
        mark = hashlib.sha256(held.body + scripts.encode() + b"%d" % first).hexdigest()[:20]
        kept = self._walls.get(name)
        if kept is None or kept[0] != mark:
            body = wall_page(held, first, self._room.static, screen)
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

    async def phone(
        self, request: Request, says: Mapping[str, str] | None = None, status: int = 200
    ) -> Response:
        """The audience's page."""
        held = await self._room.snapshots.of(request.path_params["wall"])
        if held is None:
            return self.nothing(request, wall=True)
        specs = await self._room.engine.sources(held.snapshot.wall.wall)
        networks = [name for spec in specs if spec.enabled and (name := self._network(spec.plugin))]
        body = phone_page(
            held,
            self._room.static,
            forms=await self._forms(held),
            networks=list(dict.fromkeys(networks)),
            who=secrets.token_hex(16),
            done=request.query_params.get("done", "") if not says else "",
            says=says,
        )
        return page(request, body, status)

    async def notice(self, request: Request) -> Response:
        """The privacy notice."""
        engine = self._room.engine
        wall = await engine.wall(request.path_params["wall"])
        if wall is None:
            return self.nothing(request, wall=True)
        lang = "fr" if wall.lang.startswith("fr") else "en"
        sources = [
            (_name(self._room.sources, spec.plugin, lang), spec)
            for spec in await engine.sources(wall.id)
        ]
        told = {
            _name(self._room.bridges, spec.plugin, lang)
            for spec in await engine.bridges(wall.id)
            if spec.enabled
        }
        formats = await engine.formats(wall.id)
        body = notice_page(
            wall, sources, formats, sorted(told), self._room.contact, self._room.static
        )
        return page(request, body, cache="no-cache")

    async def studio(self, request: Request) -> Response:
        """The back office's shell; says nothing that needs the key."""
        return page(request, studio_page(self._room.static), cache="no-cache")

    async def icon(self, request: Request) -> Response:
        """Browsers ask by themselves; none is an answer they remember."""
        return Response(None, 204, {"cache-control": "public, max-age=86400"})

    def nothing(self, request: Request, *, wall: bool = False) -> Response:
        """404 in the visitor's language."""
        lang = "fr" if request.headers.get("accept-language", "").lower().startswith("fr") else "en"
        words = words_of(lang)
        sentence = words.no_wall if wall else words.no_page
        return page(request, sentence_page(sentence, lang, self._room.static), 404)

    async def _forms(self, held: Held) -> dict[str, Form]:
        """The plain form of each format that has one now."""
        forms: dict[str, Form] = {}
        for face in held.snapshot.formats:
            format_ = self._room.formats.get(face.plugin)
            state = await self._room.engine.format_state(held.snapshot.wall.wall, face.format)
            if format_ is not None and state is not None:
                form = format_.form(state[0])
                if form is not None:
                    forms[face.format] = form
        return forms

    def _network(self, plugin: str) -> str:
        """The network's name where people post to a hashtag; '' for feeds and webhooks."""
        manifest = self._room.sources.get(plugin)
        if manifest is None or not any(each.name in TAG_SETTINGS for each in manifest.settings):
            return ""
        return manifest.name.en


TAG_SETTINGS = ("tag", "tags", "hashtag", "hashtags")
"""A source with one of these settings listens for what people post with a hashtag."""


def _name(known: Mapping[str, Manifest], plugin: str, lang: str) -> str:
    """How people call the extension."""
    manifest = known.get(plugin)
    return str(getattr(manifest.name, lang)) if manifest is not None else plugin
