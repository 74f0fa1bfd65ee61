"""The API: everything that the studio and scripts do. Errors are problem+json of one sentence."""

from __future__ import annotations

from typing import Any, get_args

from starlette.requests import Request
from starlette.responses import Response

from parvis.core.verdict import State
from parvis.core.wall import Wall
from parvis.core.wire import Snapshot
from parvis.web import api_types as types
from parvis.web.entry import Entry, Query, answer, body_of, read_body
from parvis.web.problem import Failed
from parvis.web.room import Applied, Room
from parvis.web.static_files import same

BY = "person:owner"
STATES: tuple[str, ...] = get_args(State)
MAX_PAGE = 200
MAX_EVENT_FILE = 512 * 1024
TOML = "application/toml"

_STATE = Query("state", "States, separated by commas.", {"type": "string", "maxLength": 120})
_BEFORE = Query(
    "before", "Only posts below this order.", {"type": "integer", "minimum": 0, "maximum": 2**62}
)
_LIMIT = Query("limit", "Posts a page.", {"type": "integer", "minimum": 1, "maximum": MAX_PAGE})
_POST = Query(
    "post", "The post's key.", {"type": "string", "minLength": 1, "maxLength": 512}, required=True
)
_DRY = Query("dry", "1: only say what would change.", {"type": "string", "enum": ["0", "1"]})


class Api:
    """The API of one room."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._engine = room.engine

    def entries(self) -> list[Entry]:
        """Every route, with who may and what it takes and gives."""
        return [*self._reads(), *self._acts()]

    def _reads(self) -> list[Entry]:
        wall = "/api/walls/{wall}"
        return [
            Entry(
                method="GET", path="/api/walls", handle=self.walls, who="owner",
                about="All walls.", gives=types.Walls,
            ),
            Entry(
                method="GET", path=f"{wall}/snapshot", handle=self.snapshot, who="anyone",
                about="The wall as a fresh screen gets it.", gives=Snapshot,
            ),
            Entry(
                method="GET", path=f"{wall}/queue", handle=self.queue, who="owner",
                about="Posts by state, newest first.", gives=types.Queue,
                query=(_STATE, _BEFORE, _LIMIT),
            ),
            Entry(
                method="GET", path=f"{wall}/health", handle=self.health, who="owner",
                about="How each source and each bridge of the wall is.", gives=types.Healths,
            ),
            Entry(
                method="GET", path="/api/trace", handle=self.trace, who="owner",
                about="A post's whole journey, also once it was withdrawn.", gives=types.Trace,
                query=(_POST,),
            ),
        ]  # fmt: skip

    def _acts(self) -> list[Entry]:
        wall = "/api/walls/{wall}"
        return [
            Entry(
                method="POST", path=f"{wall}/posts/decide", handle=self.decide, who="owner",
                about="Decide on a post.", takes=types.Decide, gives=types.Decided,
            ),
            Entry(
                method="POST", path=f"{wall}/panic", handle=self.panic, who="owner",
                about="Cover every screen, or uncover them.", takes=types.Panic, gives=types.Done,
            ),
            Entry(
                method="POST", path="/api/posts/withdraw", handle=self.withdraw, who="owner",
                about="Take a post off every wall, for good.", takes=types.Withdraw,
                gives=types.Withdrawn,
            ),
            Entry(
                method="POST", path="/api/apply", handle=self.apply, who="owner",
                about="Apply an event file.", takes=TOML, gives=Applied, query=(_DRY,),
            ),
        ]  # fmt: skip

    # reads ----------------------------------------------------------------------------------------
    async def walls(self, request: Request) -> Response:
        """GET /api/walls."""
        lines = [
            types.WallLine(
                id=wall.id,
                title=wall.title,
                lang=wall.lang,
                mode=wall.policy.mode,
                hashtags=wall.hashtags,
                panic=wall.panic,
                counts=dict(await self._engine.counts(wall.id)),
            )
            for wall in await self._engine.walls()
        ]
        return answer(types.Walls(tuple(lines)))

    async def snapshot(self, request: Request) -> Response:
        """GET /api/walls/{wall}/snapshot."""
        held = await self._room.snapshots.of(request.path_params["wall"])
        if held is None:
            raise _no_wall(request)
        mark = f"{held.snapshot.wall.wall}.{held.snapshot.seq}"
        headers = {"etag": f'"{mark}"', "cache-control": "no-cache"}
        if same(request, mark):
            return Response(None, 304, headers)
        return Response(held.body, 200, headers, media_type="application/json")

    async def queue(self, request: Request) -> Response:
        """GET /api/walls/{wall}/queue."""
        wall = await self._wall(request)
        states = [part for part in request.query_params.get("state", "pending").split(",") if part]
        for state in states:
            if state not in STATES:
                raise Failed(422, f"There is no state {state[:40]!r}; use {', '.join(STATES)}.")
        limit = _number(request, "limit", 50, most=MAX_PAGE, least=1)
        before = _number(request, "before", None, most=2**62)
        found = await self._engine.queue_of_wall(wall.id, states, before=before, limit=limit or 50)
        rest = found[-1].placement.order if len(found) == limit else None
        counts = dict(await self._engine.counts(wall.id))
        return answer(types.Queue(tuple(found), counts, rest))

    async def health(self, request: Request) -> Response:
        """GET /api/walls/{wall}/health."""
        wall = await self._wall(request)
        sources = tuple(await self._engine.health(wall.id))
        return answer(types.Healths(sources, tuple(await self._engine.bridge_health(wall.id))))

    async def trace(self, request: Request) -> Response:
        """GET /api/trace."""
        post = request.query_params.get("post", "")
        if not 0 < len(post) <= 512:
            raise Failed(422, "Say which post: ?post=KEY, of at most 512 characters.")
        steps = await self._room.road.trace(post)
        if not steps:
            raise Failed(404, f"No post {post} ever came here; check the key, with its host.")
        return answer(types.Trace(post, tuple(steps)))

    # acts -----------------------------------------------------------------------------------------
    async def decide(self, request: Request) -> Response:
        """POST /api/walls/{wall}/posts/decide."""
        asked = await body_of(request, types.Decide)
        wall = await self._wall(request)
        await self._known(wall.id, asked.post)
        decision = await self._room.road.decide(
            wall.id, asked.post, asked.state, by=BY, why=asked.why, rev=asked.rev
        )
        known = (await self._engine.known(wall.id, [asked.post])).get(asked.post)
        rev = known.placement.rev if known is not None and known.placement is not None else 0
        return answer(types.Decided(decision, rev))

    async def withdraw(self, request: Request) -> Response:
        """POST /api/posts/withdraw."""
        asked = await body_of(request, types.Withdraw)
        if not await self._engine.placements(asked.post):
            raise Failed(404, f"There is no post {asked.post} on any wall.")
        walls = await self._room.road.withdraw(asked.post, by=BY, why=asked.why)
        return answer(types.Withdrawn(walls))

    async def panic(self, request: Request) -> Response:
        """POST /api/walls/{wall}/panic."""
        asked = await body_of(request, types.Panic)
        wall = await self._wall(request)
        await self._room.road.panic(wall.id, asked.on, by=BY)
        return answer(types.Done())

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

    async def _wall(self, request: Request) -> Wall:
        wall = await self._engine.wall(request.path_params["wall"])
        if wall is None:
            raise _no_wall(request)
        return wall

    async def _known(self, wall: str, post: str) -> None:
        known = (await self._engine.known(wall, [post])).get(post)
        if known is None or known.placement is None:
            raise Failed(404, f"There is no post {post} on the wall {wall}; it may be withdrawn.")


def _no_wall(request: Request) -> Failed:
    name: Any = request.path_params["wall"]
    return Failed(404, f"There is no wall {str(name)[:80]!r}; GET /api/walls lists them.")


def _number(
    request: Request, name: str, default: int | None, *, most: int, least: int = 0
) -> int | None:
    given = request.query_params.get(name)
    if given is None:
        return default
    if not (
        given.isascii() and given.isdecimal() and len(given) < 20 and least <= int(given) <= most
    ):
        raise Failed(422, f"{name} must be a whole number from {least} to {most}.")
    return int(given)
