"""The API of figures: a wall's numbers over a period, and the rows behind each, also as CSV."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import get_args

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from parvis.core.wall import Wall
from parvis.engine import Period
from parvis.flow.publish import NOTHING, policies_of
from parvis.stats.definitions import Figure, Lang
from parvis.stats.figures import Numbers, numbers_of
from parvis.stats.rows import COLUMNS, Page, Row, rows_of
from parvis.stats.sheet import head_of, lines_of
from parvis.web.asked import lang_of, number, one_of, wall_of, word
from parvis.web.entry import Entry, Query, answer
from parvis.web.problem import Failed
from parvis.web.room import Room

MAX_PAGE = 1000
CSV = "text/csv"
FIGURES: tuple[Figure, ...] = get_args(Figure)


def _time(name: str, about: str) -> Query:
    return Query(name, about, {"type": "integer", "minimum": 0, "maximum": 2**53})


_FROM = _time("from", "Posts that arrived at or after, ms.")
_TO = _time("to", "Posts that arrived before, ms.")
_LANG = Query("lang", "en or fr.", {"type": "string", "maxLength": 35})
_BEFORE = Query("before", "Go on from this page's `before`.", {"type": "string", "maxLength": 600})
_LIMIT = Query("limit", "Rows a page.", {"type": "integer", "minimum": 1, "maximum": MAX_PAGE})
_FORMAT = Query(
    "format",
    "csv: all rows as a file, as with `Accept: text/csv`.",
    {"type": "string", "enum": ["json", "csv"]},
)


class NumbersApi:
    """Figures and their rows."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._engine = room.engine
        self._turn = asyncio.Lock()
        """Figures read much: one at a time leaves the store's other readers to the queue."""

    def entries(self) -> list[Entry]:
        """Every route."""
        numbers = "/api/walls/{wall}/numbers"
        return [
            Entry(
                method="GET", path=numbers, handle=self.numbers, who="viewer",
                about="The wall's figures over the posts that arrived in a period.",
                gives=Numbers, query=(_FROM, _TO, _LANG),
            ),
            Entry(
                method="GET", path=f"{numbers}/{{figure}}/rows", handle=self.rows, who="viewer",
                about="The rows that a figure is the sum of, as JSON or as a CSV file.",
                gives=Page, query=(_FROM, _TO, _BEFORE, _LIMIT, _FORMAT),
            ),
        ]  # fmt: skip

    async def numbers(self, request: Request) -> Response:
        """GET /api/walls/{wall}/numbers."""
        wall = await wall_of(self._engine, request)
        period = period_of(request)
        lang: Lang = "fr" if lang_of(request, wall.lang).startswith("fr") else "en"
        async with self._turn:
            sums = await self._engine.sums(wall.id, period, wall.org, apart=self._room.apart)
        return answer(numbers_of(sums, period, wall.hashtags, lang))

    async def rows(self, request: Request) -> Response:
        """GET /api/walls/{wall}/numbers/{figure}/rows."""
        wall = await wall_of(self._engine, request)
        figure = figure_of(request)
        period = period_of(request)
        before = word(request, "before", 600)
        limit = number(request, "limit", None, most=MAX_PAGE, least=1)
        if not _wants_csv(request):
            return answer(await self._page(wall, figure, period, before, limit or 50))
        lines = self._lines(wall, figure, period, before, limit)
        first = await anext(lines)  # a fault is still told as one before anything was sent
        name = f"{wall.id}-{figure}.csv"
        headers = {
            "cache-control": "no-store",
            "content-disposition": f'attachment; filename="{name}"',
        }
        if request.method == "HEAD":
            return Response(None, 200, headers, media_type=CSV)
        return StreamingResponse(_after(first, lines), 200, headers, media_type=CSV)

    async def _page(
        self, wall: Wall, figure: Figure, period: Period, before: str, limit: int
    ) -> Page:
        async with self._turn:
            return await rows_of(
                self._engine, wall.id, figure, period,
                own=wall.hashtags, before=before, limit=limit, org=wall.org,
                apart=self._room.apart,
            )  # fmt: skip

    async def _lines(
        self, wall: Wall, figure: Figure, period: Period, before: str, limit: int | None
    ) -> AsyncIterator[str]:
        """All rows, or one page of them, a page at a time."""
        page = await self._page(wall, figure, period, before, limit or MAX_PAGE)
        yield head_of(page.columns)
        while True:
            yield lines_of(await self._passed_on(wall, page.rows), page.columns)
            if page.before is None or limit is not None:
                return
            page = await self._page(wall, figure, period, page.before, MAX_PAGE)

    async def _passed_on(self, wall: Wall, rows: tuple[Row, ...]) -> list[Row]:
        """As far as each network lets its posts leave: elsewhere the row stays, without words."""
        posts = [row.post for row in rows if row.post]
        policies = await policies_of(self._engine, wall.id, posts, self._room.policy)
        kept: list[Row] = []
        for row in rows:
            if row.post:
                leaves = policies.get(row.post, NOTHING).redistribute
            else:
                manifest = self._room.sources.get(row.network)
                leaves = manifest.policy.redistribute if manifest is not None else "full"
            kept.append(row if leaves == "full" else _bare(row, named=leaves == "ids_only"))
        return kept


def _bare(row: Row, *, named: bool) -> Row:
    post = row.post if named else ""
    return msgspec.structs.replace(row, author="", handle="", text="", post=post)


def _wants_csv(request: Request) -> bool:
    asked = one_of(request, "format", ("json", "csv"))
    return "csv" in asked or (not asked and CSV in request.headers.get("accept", ""))


async def _after(first: str, rest: AsyncIterator[str]) -> AsyncIterator[str]:
    yield first
    async for each in rest:
        yield each


def figure_of(request: Request) -> Figure:
    """The figure that the address names; 404."""
    asked = str(request.path_params["figure"])
    for figure in FIGURES:
        if figure == asked:
            return figure
    raise Failed(404, f"There is no figure {asked[:40]!r}; there are {', '.join(COLUMNS)}.")


def period_of(request: Request) -> Period:
    """From `from` on, before `to`; 422 when it has no moment."""
    free = Period()
    begins = number(request, "from", free.from_ms, most=2**53) or 0
    ends = number(request, "to", None, most=2**53)
    if ends is not None and ends <= begins:
        raise Failed(422, "The period ends before it begins: give a `to` after `from`.")
    return Period(begins, free.to_ms if ends is None else ends)
