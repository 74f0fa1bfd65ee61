"""The API of screens: what they report, how they are, panic and who answered it."""

from __future__ import annotations

import re
from functools import partial
from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from parvis.core.screen import TAB, Heard, Report
from parvis.flow import panic
from parvis.plug.plain import one_line
from parvis.web.admit import Bucket, household
from parvis.web.asked import actor_of, lang_of, no_wall, wall_of
from parvis.web.entry import Entry, Query, answer, body_of
from parvis.web.guard import visitor_of
from parvis.web.names import names
from parvis.web.problem import Failed
from parvis.web.room import Room
from parvis.web.screens import (
    FORGET_MS,
    Screen,
    browser_of,
    is_secure,
    is_up,
    present,
    screens_of,
)
from parvis.web.snapshots import Held

SCREEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
REPORTS_PER_S, REPORTS_AT_ONCE = 1.0, 20.0
"""Of one screen: one in 15 s, and at once when something happens."""
ADDRESS_PER_S, ADDRESS_AT_ONCE = 50.0, 500.0
NEW_PER_S, NEW_AT_ONCE = 100 / 86_400, 100.0
"""Names never heard before, of one network address: a venue's screens and some, each day. Anybody
may report as a screen, and made-up names must not fill a wall.
"""
PLAYER = "wall/player.js"


class Screens(msgspec.Struct, frozen=True):
    """The wall's screens, by name."""

    screens: tuple[Screen, ...]


class ChangeScreen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Another name, or none: forgotten until it is heard again."""

    name: Annotated[str, Meta(max_length=80)] = ""
    forget: bool = False


class Heeded(msgspec.Struct, frozen=True):
    """What the screen should know: whether it should be covered, and the player's version here."""

    panic: bool
    version: str


class Press(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Cover every screen of the wall, or uncover them."""

    on: bool


class Pressed(msgspec.Struct, frozen=True):
    """The sequence that told the screens; one whose `covered_seq` has reached it has answered.
    `stored` is false while the store cannot write: the screens of this process are told, it is
    written as soon as that can be, and a stop of the process before then forgets it.
    """

    seq: int
    stored: bool = True


class Answers(msgspec.Struct, frozen=True):
    """Of the screens that are up: how many were asked, have answered, and who has not."""

    asked: int
    covered: int
    missing: tuple[str, ...]


class PanicState(msgspec.Struct, frozen=True):
    """Whether the wall is covered, since when, by whom (`name`), and who answered; not `stored`
    while this process alone knows.
    """

    on: bool
    since_ms: int
    by: str
    name: str
    seq: int
    screens: Answers
    stored: bool = True


class ScreensApi:
    """Screens of one room."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._engine = room.engine
        self._by_screen = Bucket(REPORTS_PER_S, REPORTS_AT_ONCE)
        self._by_address = Bucket(ADDRESS_PER_S, ADDRESS_AT_ONCE)
        self._by_newcomer = Bucket(NEW_PER_S, NEW_AT_ONCE)

    def entries(self) -> list[Entry]:
        """Every route."""
        wall = "/api/walls/{wall}"
        lang = Query("lang", "en or fr.", {"type": "string", "maxLength": 35})
        return [
            Entry(
                method="POST", path="/w/{wall}/{screen}/report", handle=self.report, who="anyone",
                about="A screen says how it is.", takes=Report, gives=Heeded,
            ),
            Entry(
                method="GET", path=f"{wall}/screens", handle=self.screens, who="viewer",
                about="The wall's screens, and how each is.", gives=Screens, query=(lang,),
            ),
            Entry(
                method="POST", path=f"{wall}/screens/{{screen}}", handle=self.change, who="editor",
                about="Name a screen, or forget it.", takes=ChangeScreen, gives=Screens,
            ),
            Entry(
                method="POST", path=f"{wall}/panic", handle=self.press, who="moderator",
                about="Cover every screen, or uncover them.", takes=Press, gives=Pressed,
                also_away=True,
            ),
            Entry(
                method="GET", path=f"{wall}/panic", handle=self.panic, who="viewer",
                about="Whether the wall is covered, and who answered.", gives=PanicState,
                also_away=True,
            ),
        ]  # fmt: skip

    async def report(self, request: Request) -> Response:
        """POST /w/{wall}/{screen}/report."""
        name = request.path_params["screen"]
        address = visitor_of(request.scope).address
        wait_s = max(
            self._by_address.take(household(address)),
            self._by_screen.take(f"{request.path_params['wall'][:80]}/{name[:80]}"),
        )
        if wait_s:
            raise Failed(429, "This screen reports too often; wait a moment.", wait_s)
        if SCREEN.fullmatch(name) is None:
            raise Failed(404, "A screen's name has letters, digits, - and _, at most 64 of them.")
        report = await body_of(request, Report)
        wall = await wall_of(self._engine, request)
        heard = Heard(
            name, name, self._room.clock(), report, browser_of(request), is_secure(request)
        )
        await self._keep(wall.id, heard, household(address))
        cover = self._room.covers.pending(wall.id)
        return answer(Heeded(cover.on if cover is not None else wall.panic, self._version()))

    async def _keep(self, wall: str, heard: Heard, whose: str) -> None:
        """A known screen always; a new one as far as its network's budget goes. 429."""
        hear, tab = self._engine.hear_screen, heard.id.startswith(TAB)
        if await hear(wall, heard, dark_ms=FORGET_MS, new=tab):
            return
        wait_s = 0.0 if tab else self._by_newcomer.take(whose)
        if wait_s:
            raise Failed(
                429, "Many new screens came from this network today; this one is not kept.", wait_s
            )
        if tab or not await hear(wall, heard, dark_ms=FORGET_MS):
            raise Failed(429, "This wall has many screens already; forget some in the studio.", 60)

    async def screens(self, request: Request) -> Response:
        """GET /api/walls/{wall}/screens."""
        wall = await wall_of(self._engine, request)
        lang = lang_of(request, wall.lang)
        return answer(Screens(tuple(await self.list(wall.id, lang))))

    async def list(self, wall: str, lang: str) -> list[Screen]:
        """All of them."""
        pressed = await panic.state(self._engine, wall)
        now_ms = self._room.clock()
        return await screens_of(
            self._engine, wall, pressed, now_ms, version=self._version(), lang=lang
        )

    async def change(self, request: Request) -> Response:
        """POST /api/walls/{wall}/screens/{screen}."""
        asked = await body_of(request, ChangeScreen)
        wall = await wall_of(self._engine, request)
        id_ = request.path_params["screen"]
        if asked.forget:
            there = await self._engine.forget_screen(wall.id, id_)
        else:
            name = one_line(asked.name, 80)
            if not name:
                raise Failed(422, "The name has no letters; write how the team calls this screen.")
            there = await self._engine.name_screen(wall.id, id_, name)
        if not there:
            raise Failed(404, f"There is no screen {id_[:64]!r} on the wall {wall.id}.")
        return answer(Screens(tuple(await self.list(wall.id, lang_of(request, wall.lang)))))

    async def press(self, request: Request) -> Response:
        """POST /api/walls/{wall}/panic."""
        asked = await body_of(request, Press)
        held = await self._held(request)
        by = actor_of(request).by
        seq = await self._room.panics.press(held.snapshot.wall, asked.on, by=by)
        return answer(Pressed(seq)) if seq is not None else answer(Pressed(0, stored=False), 202)

    async def panic(self, request: Request) -> Response:
        """GET /api/walls/{wall}/panic."""
        held = await self._held(request)
        return answer(await self.panic_state(held.snapshot.wall.wall))

    async def _held(self, request: Request) -> Held:
        """The wall as this process knows it, also without the store; 404."""
        held = await self._room.snapshots.of(request.path_params["wall"])
        if held is None:
            raise no_wall(request)
        return held

    async def panic_state(self, wall: str) -> PanicState:
        """How it is now."""
        ask, now_ms = self._room.away.ask, self._room.clock()
        cover = self._room.covers.pending(wall)
        if cover is not None:
            pressed = panic.Panic(cover.on, cover.since_ms, cover.by)
        else:
            pressed = await panic.state(self._engine, wall)
        known = await ask(partial(present, self._engine, wall, now_ms), lambda _: [])
        up = [heard for heard in known if is_up(heard, now_ms)]
        missing = tuple(panic.missing(pressed, up)) if pressed.on else ()
        asked = len(up) if pressed.on else 0
        called = await ask(partial(names, self._engine, [pressed.by]), lambda _: {})
        name = called.get(pressed.by, "")
        answers = Answers(asked, asked - len(missing), missing)
        return PanicState(
            pressed.on, pressed.since_ms, pressed.by, name, pressed.seq, answers, cover is None
        )

    def _version(self) -> str:
        return self._room.static.mark(PLAYER)
