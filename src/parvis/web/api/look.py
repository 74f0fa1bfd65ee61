"""A brand tried out: its computed look, and whether each pair of colours can be read, unsaved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from parvis.core.contrast import LEAST, ink_on, is_colour, ratio
from parvis.core.look import Brand, Look, faults_of, look_of
from parvis.core.wall import Wall
from parvis.core.wire import Snapshot
from parvis.web.api.walls import merged
from parvis.web.asked import lang_of, no_wall, wall_of, word
from parvis.web.entry import Entry, Query, answer
from parvis.web.pages.pages import page
from parvis.web.pages.wall import wall_page
from parvis.web.problem import Failed
from parvis.web.room import Room
from parvis.web.said import told
from parvis.web.snapshots import Held

LONGEST = 4096
"""Of a brand in an address; a logo's picture is longer, and changes no contrast."""


class Repair(msgspec.Struct, frozen=True):
    """One way to mend a pair: a sentence, and the settings of the brand that do it."""

    says: str
    brand: dict[str, Any]


class Pair(msgspec.Struct, frozen=True):
    """A ground and the words on it. `ratio` is rounded down, so that what fails never seems to
    pass.
    """

    id: str
    pair: str
    ratio: float
    ok: bool
    ground: str
    ink: str
    repair: Repair | None = None


class Preview(msgspec.Struct, frozen=True):
    """What a brand comes to. `faults` are sentences on what else keeps it from being saved."""

    tokens: Look
    contrast: tuple[Pair, ...]
    faults: tuple[str, ...] = ()


_BRAND = Query(
    "brand",
    "Settings of the brand as JSON; what is left out stays as the wall has it.",
    {"type": "string", "maxLength": LONGEST},
)
_LANG = Query("lang", "en or fr.", {"type": "string", "maxLength": 35})


class LookApi:
    """What a wall would look like."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._engine = room.engine

    def entries(self) -> list[Entry]:
        """Every route."""
        return [
            Entry(
                method="GET", path="/api/walls/{wall}/preview", handle=self.preview, who="viewer",
                about="The look of a brand, and its contrast, without saving it.",
                gives=Preview, query=(_BRAND, _LANG),
            ),
            Entry(method="GET", path="/preview/{wall}", handle=self.page, who="viewer"),
            Entry(method="GET", path="/preview/{wall}/still", handle=self.still, who="viewer"),
        ]  # fmt: skip

    async def preview(self, request: Request) -> Response:
        """GET /api/walls/{wall}/preview."""
        wall = await wall_of(self._engine, request)
        said = lang_of(request, wall.lang)
        brand = brand_of(request, wall)
        unread = set(unreadable_of(brand))
        faults = tuple(says for _, says in faults_of(brand) if says not in unread)
        look = look_of(brand)
        return answer(told(Preview(look, pairs_of(brand, look, said), faults), said))

    async def page(self, request: Request) -> Response:
        """The wall's own page with an unsaved brand and layout, to be framed by the studio."""
        wall = await wall_of(self._engine, request)
        held = await self._room.snapshots.of(wall.id)
        if held is None:
            raise no_wall(request)
        layout = word(request, "layout", 40) or wall.layout
        if layout not in self._room.layouts:
            raise Failed(422, f"There is no layout {layout!r}.")
        brand = brand_of(request, wall)
        still = f"/preview/{quote(wall.id)}/still"
        body = wall_page(_worn(held, brand, layout), 0, self._room.static, live=still)
        return page(request, body, ancestors="'self'")

    async def still(self, request: Request) -> Response:
        """What such a page follows: nothing. Streams of several drafts would take all the
        connections that a browser opens to one server, and bring the saved look back.
        """
        return Response(b"", 200, {"cache-control": "no-store"}, media_type="text/event-stream")


def brand_of(request: Request, wall: Wall) -> Brand:
    """The wall's brand with the asked settings; 422 for one of which nothing can be drawn."""
    given = word(request, "brand", LONGEST) or "{}"
    try:
        asked = msgspec.json.decode(given, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise Failed(422, f"brand must be a JSON object: {error}.") from error
    brand = merged(wall.brand, asked, "brand")
    colours = (brand.ground, brand.ink, *brand.fields, *brand.inks)
    for name, says in faults_of(brand):
        if any(colour and not is_colour(colour) for colour in colours):
            raise Failed(422, f"{name}: {says}.")
    return brand


def _worn(held: Held, brand: Brand, layout: str) -> Held:
    snapshot: Snapshot = held.snapshot
    face = msgspec.structs.replace(
        snapshot.wall,
        theme=brand.theme,
        scheme=brand.scheme,
        look=look_of(brand),
        layout=layout,
    )
    worn = msgspec.structs.replace(snapshot, wall=face)
    return Held(worn, msgspec.json.encode(worn))


def unreadable_of(brand: Brand) -> Iterator[str]:
    """The faults that are pairs of colours."""
    for name, says in faults_of(brand):
        if name in ("ink", "inks") and "reach a contrast" in says:
            yield says


def pairs_of(brand: Brand, look: Look, lang: str) -> tuple[Pair, ...]:
    """Every pair that words stand in, the ground's first."""
    words = _FR if lang.startswith("fr") else _EN
    found = [_pair("ink", words.ground, look.ground, look.ink, words, {"ink": ""})]
    found.append(_pair("soft", words.soft, look.ground, look.soft, words, {"ink": ""}))
    for at, (field, ink) in enumerate(zip(look.fields, look.inks, strict=True)):
        inks = [*brand.inks, *[""] * len(brand.fields)][: len(brand.fields)]
        if at < len(inks):
            inks[at] = ""
        label = words.field.format(at + 1)
        found.append(_pair(f"field{at + 1}", label, field, ink, words, {"inks": inks}))
    return tuple(found)


def _pair(id_: str, label: str, ground: str, ink: str, words: _Words, mend: dict[str, Any]) -> Pair:
    reached = ratio(ground, ink)
    ok = reached >= LEAST
    repair = None if ok else Repair(words.repair.format(ink_on(ground)), mend)
    return Pair(id_, label, int(reached * 10) / 10, ok, ground, ink, repair)


class _Words(msgspec.Struct, frozen=True):
    ground: str
    soft: str
    field: str
    repair: str


_EN = _Words(
    "Words on the ground", "Quiet words on the ground", "Words on field {}", "Write in {} there."
)
_FR = _Words(
    "Texte sur le fond", "Texte discret sur le fond", "Texte sur la couleur {}", "Y écrire en {}."
)
