"""The API of what the team does beside deciding: pin, feature, undo."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from parvis.engine import Act
from parvis.flow.undo import Undone
from parvis.web.api.types import ActId, PostKey
from parvis.web.asked import actor_of, lang_of, must_stand, wall_of
from parvis.web.entry import Entry, answer, body_of
from parvis.web.room import Room
from parvis.web.said import told


class Pinning(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Keep a shown post on the wall's front, or no longer."""

    post: PostKey
    on: bool
    act: ActId = ""


class Pinned(msgspec.Struct, frozen=True):
    """How it is now."""

    post: str
    on: bool


class Featuring(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Give a shown post the light for so many seconds; 0 takes it away."""

    post: PostKey
    seconds: Annotated[int, Meta(ge=0, le=3600)]
    act: ActId = ""


class Featured(msgspec.Struct, frozen=True):
    """Until when, by the server's clock."""

    until_ms: int


class Acts(msgspec.Struct, frozen=True):
    """What you did last, newest first."""

    acts: tuple[Act, ...]


class Last(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which gesture: its `together`; '' is the last one."""

    of: ActId = ""


class ActsApi:
    """Acts of people on a wall, and the way back."""

    def __init__(self, room: Room) -> None:
        self._engine = room.engine
        self._desk = room.desk

    def entries(self) -> list[Entry]:
        """Every route."""
        wall = "/api/walls/{wall}"
        return [
            Entry(
                method="GET", path=f"{wall}/acts", handle=self.acts, who="viewer",
                about="What you did last on this wall.", gives=Acts,
            ),
            Entry(
                method="POST", path=f"{wall}/posts/pin", handle=self.pin, who="moderator",
                about="Keep a post on the wall's front.", takes=Pinning, gives=Pinned,
            ),
            Entry(
                method="POST", path=f"{wall}/posts/feature", handle=self.feature, who="moderator",
                about="Give a post the light now.", takes=Featuring, gives=Featured,
            ),
            Entry(
                method="POST", path=f"{wall}/undo", handle=self.undo, who="moderator",
                about="Take back your last act on this wall.", takes=Last, gives=Undone,
            ),
            Entry(
                method="POST", path=f"{wall}/redo", handle=self.redo, who="moderator",
                about="Do again what you took back last.", takes=Last, gives=Undone,
            ),
        ]  # fmt: skip

    async def acts(self, request: Request) -> Response:
        """GET /api/walls/{wall}/acts."""
        wall = await wall_of(self._engine, request)
        return answer(Acts(tuple(await self._engine.acts(wall.id, actor_of(request).by))))

    async def pin(self, request: Request) -> Response:
        """POST /api/walls/{wall}/posts/pin."""
        asked = await body_of(request, Pinning)
        wall = await wall_of(self._engine, request)
        await must_stand(self._engine, wall.id, asked.post)
        by = actor_of(request).by
        await self._desk.pin(wall.id, asked.post, asked.on, by=by, id=asked.act)
        return answer(Pinned(asked.post, asked.on))

    async def feature(self, request: Request) -> Response:
        """POST /api/walls/{wall}/posts/feature."""
        asked = await body_of(request, Featuring)
        wall = await wall_of(self._engine, request)
        await must_stand(self._engine, wall.id, asked.post)
        by = actor_of(request).by
        until_ms = await self._desk.feature(wall.id, asked.post, asked.seconds, by=by, id=asked.act)
        return answer(Featured(until_ms))

    async def undo(self, request: Request) -> Response:
        """POST /api/walls/{wall}/undo."""
        asked = await body_of(request, Last)
        wall = await wall_of(self._engine, request)
        done = await self._desk.undo(wall.id, by=actor_of(request).by, of=asked.of)
        return answer(told(done, lang_of(request, wall.lang)))

    async def redo(self, request: Request) -> Response:
        """POST /api/walls/{wall}/redo."""
        asked = await body_of(request, Last)
        wall = await wall_of(self._engine, request)
        done = await self._desk.redo(wall.id, by=actor_of(request).by, of=asked.of)
        return answer(told(done, lang_of(request, wall.lang)))
