"""The API of this moment: a wall as its operator watches it, and the installation's settings."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from typing import cast

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from parvis import __version__
from parvis.core.event import PostDecided
from parvis.core.person import may
from parvis.engine import BridgeHealth, Health, Step
from parvis.web.api.screens import PanicState, ScreensApi
from parvis.web.asked import lang_of, wall_of
from parvis.web.entry import Entry, answer
from parvis.web.names import names
from parvis.web.pages.plain import STUDIO
from parvis.web.problem import Failed
from parvis.web.room import Room
from parvis.web.said import told
from parvis.web.screens import Screen, is_secure

RECENT = 20
LOOK_BACK = 500
"""Facts in which the last decisions are looked for."""


class Recent(msgspec.Struct, frozen=True):
    """A decision that was just taken."""

    post: str
    state: str
    by: str
    why: str
    at_ms: int


class Now(msgspec.Struct, frozen=True):
    """A wall at this moment. `version` is that of the studio's page on the server."""

    counts: dict[str, int]
    waiting: int
    screens: tuple[Screen, ...]
    sources: tuple[Health, ...]
    bridges: tuple[BridgeHealth, ...]
    panic: PanicState
    recent: tuple[Recent, ...]
    names: dict[str, str]
    version: str


class Disk(msgspec.Struct, frozen=True):
    """Bytes of the data folder's disk."""

    free: int
    used: int


class SettingsView(msgspec.Struct, frozen=True):
    """The installation. `said` are sentences on what is lost as it is served; `page` is the version
    of the studio's page, to be sent as `X-Parvis-Page`.
    """

    public_url: str
    secure: bool
    version: str
    page: str
    data_folder: str
    disk: Disk
    engine: str
    said: tuple[str, ...]


class NowApi:
    """What is so right now."""

    def __init__(self, room: Room, screens: ScreensApi) -> None:
        self._room = room
        self._engine = room.engine
        self._screens = screens

    def entries(self) -> list[Entry]:
        """Every route."""
        wall = "/api/walls/{wall}"
        return [
            Entry(
                method="GET", path=f"{wall}/now", handle=self.now, who="viewer",
                about="The wall at this moment.", gives=Now,
            ),
            Entry(
                method="GET", path=f"{wall}/watch", handle=self.watch, who="viewer",
                about="The same as server-sent events, when something changed.", gives=Now,
            ),
            Entry(
                method="GET", path="/api/settings", handle=self.settings, who="editor",
                about="The installation, and what is lost as it is served.", gives=SettingsView,
            ),
        ]  # fmt: skip

    async def now(self, request: Request) -> Response:
        """GET /api/walls/{wall}/now."""
        wall = await wall_of(self._engine, request)
        return answer(await self._now(wall.id, lang_of(request, wall.lang)))

    async def _now(self, wall: str, lang: str) -> Now:
        counts = dict(await self._engine.counts(wall))
        recent = await self._recent(wall)
        now = Now(
            counts,
            counts.get("pending", 0),
            tuple(await self._screens.list(wall, lang)),
            tuple(await self._engine.health(wall)),
            tuple(await self._engine.bridge_health(wall)),
            await self._screens.panic_state(wall),
            recent,
            await names(self._engine, {each.by for each in recent}),
            self._room.static.mark(STUDIO),
        )
        return cast(Now, told(now, lang))

    async def _recent(self, wall: str) -> tuple[Recent, ...]:
        after = max(0, await self._engine.head(wall) - LOOK_BACK)
        facts = await self._engine.facts_after(wall, after, LOOK_BACK)
        posts: dict[str, None] = {}
        for fact in reversed(facts):
            if isinstance(fact.event, PostDecided) and len(posts) < RECENT:
                posts[fact.event.post] = None
        tales = await self._engine.tales(wall, list(posts))
        steps: list[tuple[str, Step]] = [
            (post, step)
            for post, tale in tales.items()
            for step in tale.steps
            if step.event == "post.decided"
        ]
        steps.sort(key=lambda pair: pair[1].seq, reverse=True)
        return tuple(Recent(p, s.state, s.by, s.why, s.at_ms) for p, s in steps[:RECENT])

    async def watch(self, request: Request) -> Response:
        """GET /api/walls/{wall}/watch."""
        wall = await wall_of(self._engine, request)
        lang = "fr" if lang_of(request, wall.lang).startswith("fr") else "en"
        name = f"{wall.id} {lang}"
        if self._room.watches.full(name):
            raise Failed(503, "Many are watching this wall already; close a page of the studio.", 5)

        async def build(_: str) -> bytes | None:
            if await self._engine.wall(wall.id) is None:
                return None
            return msgspec.json.encode(await self._now(wall.id, lang))

        async def allowed() -> bool:
            actor = await self._room.guard.actor(request.scope)
            return actor is not None and may(actor.role, "viewer")

        events: AsyncIterator[bytes] = self._room.watches.follow(name, build, allowed)
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        if request.method == "HEAD":
            return Response(None, 200, headers, media_type="text/event-stream")
        return StreamingResponse(events, 200, headers, media_type="text/event-stream")

    async def settings(self, request: Request) -> Response:
        """GET /api/settings."""
        room, secure = self._room, is_secure(request)
        usage = shutil.disk_usage(room.folder)
        lang = "fr" if lang_of(request).startswith("fr") else "en"
        return answer(
            SettingsView(
                room.public_url,
                secure,
                __version__,
                room.static.mark(STUDIO),
                str(room.folder),
                Disk(usage.free, usage.used),
                room.store,
                () if secure else LOST[lang],
            )
        )


LOST = {
    "en": (
        "Over plain http a screen that is reloaded while the server is away stays dark: browsers"
        " keep no offline copy.",
        "Over plain http whoever shares this network can read passwords and act in your name:"
        " set public_url to an https address.",
    ),
    "fr": (
        "En http simple, un écran rechargé pendant que le serveur est absent reste noir : le"
        " navigateur ne garde rien hors ligne.",
        "En http simple, qui partage ce réseau peut lire les mots de passe et agir en votre nom :"
        " donnez à public_url une adresse https.",
    ),
}
