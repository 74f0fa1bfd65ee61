"""The API: everything that the studio and scripts do. Errors are problem+json of one sentence."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from parvis.core.wire import Snapshot
from parvis.web.api import types
from parvis.web.api.acts import ActsApi
from parvis.web.api.look import LookApi
from parvis.web.api.now import NowApi
from parvis.web.api.numbers import NumbersApi
from parvis.web.api.people import PeopleApi
from parvis.web.api.queue import QueueApi
from parvis.web.api.screens import ScreensApi
from parvis.web.api.served import served
from parvis.web.api.sources import SourcesApi
from parvis.web.api.walls import WallsApi
from parvis.web.api.write import WriteApi
from parvis.web.asked import actor_of, lang_of, no_wall, wall_of
from parvis.web.entry import Entry, Query, answer, body_of, read_body
from parvis.web.names import names
from parvis.web.problem import Failed
from parvis.web.room import Applied, Room
from parvis.web.said import told
from parvis.web.static_files import same

MAX_EVENT_FILE = 512 * 1024
TOML = "application/toml"

_POST = Query(
    "post",
    "The post's key, its permalink, or the last part of its key.",
    {"type": "string", "minLength": 1, "maxLength": 512},
    required=True,
)
_DRY = Query("dry", "1: only say what would change.", {"type": "string", "enum": ["0", "1"]})


class Api:
    """The API of one room."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._engine = room.engine

    def entries(self) -> list[Entry]:
        """Every route, with who may and what it takes and gives."""
        room = self._room
        screens = ScreensApi(room)
        parts = (
            WallsApi(room),
            SourcesApi(room),
            QueueApi(room),
            ActsApi(room),
            WriteApi(room),
            screens,
            NowApi(room, screens),
            NumbersApi(room),
            LookApi(room),
            PeopleApi(room),
        )
        return [*self._reads(), *self._acts(), *(e for part in parts for e in part.entries())]

    def _reads(self) -> list[Entry]:
        wall = "/api/walls/{wall}"
        return [
            Entry(
                method="GET", path=f"{wall}/snapshot", handle=self.snapshot, who="anyone",
                about="The wall as a fresh screen gets it.", gives=Snapshot,
            ),
            Entry(
                method="GET", path=f"{wall}/health", handle=self.health, who="viewer",
                about="How each source and each bridge of the wall is.", gives=types.Healths,
            ),
            Entry(
                method="GET", path="/api/served", handle=self.served, who="owner",
                about="Where this process listens, and how the sources of each wall are.",
                gives=types.Served,
            ),
            Entry(
                method="GET", path="/api/trace", handle=self.trace, who="viewer",
                about="A post's whole journey, also once it was withdrawn.", gives=types.Trace,
                query=(_POST,),
            ),
        ]  # fmt: skip

    def _acts(self) -> list[Entry]:
        return [
            Entry(
                method="POST", path="/api/posts/withdraw", handle=self.withdraw, who="moderator",
                about="Take a post off every wall, for good.", takes=types.Withdraw,
                gives=types.Withdrawn,
            ),
            Entry(
                method="POST", path="/api/apply", handle=self.apply, who="owner",
                about="Apply an event file.", takes=TOML, gives=Applied, query=(_DRY,),
            ),
        ]  # fmt: skip

    # reads ----------------------------------------------------------------------------------------
    async def snapshot(self, request: Request) -> Response:
        """GET /api/walls/{wall}/snapshot."""
        held = await self._room.snapshots.of(request.path_params["wall"])
        if held is None:
            raise no_wall(request)
        mark = f"{held.snapshot.wall.wall}.{held.snapshot.seq}"
        headers = {"etag": f'"{mark}"', "cache-control": "no-cache"}
        if same(request, mark):
            return Response(None, 304, headers)
        return Response(held.body, 200, headers, media_type="application/json")

    async def health(self, request: Request) -> Response:
        """GET /api/walls/{wall}/health."""
        wall = await wall_of(self._engine, request)
        sources = tuple(await self._engine.health(wall.id))
        there = types.Healths(sources, tuple(await self._engine.bridge_health(wall.id)))
        return answer(told(there, lang_of(request, wall.lang)))

    async def served(self, request: Request) -> Response:
        """GET /api/served."""
        return answer(await served(self._room))

    async def trace(self, request: Request) -> Response:
        """GET /api/trace."""
        post = request.query_params.get("post", "")
        if not 0 < len(post) <= 512:
            raise Failed(422, "Say which post: ?post=KEY, of at most 512 characters.")
        key = await self._room.road.key_of(post)
        steps = await self._room.road.trace(key)
        if not steps:
            raise Failed(404, types.NO_TRACE.format(post=post))
        said = await names(self._engine, {step.by for step in steps})
        return answer(told(types.Trace(key, tuple(steps), said), lang_of(request)))

    # acts -----------------------------------------------------------------------------------------
    async def withdraw(self, request: Request) -> Response:
        """POST /api/posts/withdraw."""
        asked = await body_of(request, types.Withdraw)
        if not await self._engine.placements(asked.post):
            raise Failed(404, f"There is no post {asked.post} on any wall.")
        walls = await self._room.road.withdraw(asked.post, by=actor_of(request).by, why=asked.why)
        return answer(types.Withdrawn(walls))

    async def apply(self, request: Request) -> Response:
        """POST /api/apply."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip()
        if kind not in (TOML, "text/plain"):
            raise Failed(415, f"Send the event file as {TOML}.")
        try:
            text = (await read_body(request, MAX_EVENT_FILE)).decode()
        except UnicodeDecodeError as error:
            raise Failed(422, "The event file is not UTF-8 text; save it as UTF-8.") from error
        return answer(await self._room.apply(text, request.query_params.get("dry") == "1"))
