"""The API of what the team writes itself: words, and pictures or one film through the darkroom."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from parvis.core.post import BLOB, Media
from parvis.flow import staff
from parvis.plug.darkroom import Developed, Unfit
from parvis.plug.multipart import BadForm, Part, is_multipart, parse
from parvis.plug.plain import clean, one_line
from parvis.web.api.types import ActId
from parvis.web.asked import actor_of, wall_of
from parvis.web.entry import Entry, answer, body_of, read_body
from parvis.web.problem import Failed
from parvis.web.room import Room

MAX_TEXT = 2_000
MAX_ALT = 500
MAX_PICTURES = 4
MAX_BYTES = 26 * 1024 * 1024


class Writing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A post of the team's own, shown at once in the wall's name. With pictures or a film it is a
    form (multipart/form-data): these fields, files named `photo` (up to four) or `film` (one), and
    an `alt` for each picture, in their order.
    """

    text: Annotated[str, Meta(max_length=MAX_TEXT)] = ""
    lang: Annotated[str, Meta(max_length=35)] = ""
    act: ActId = ""


class WrittenPost(msgspec.Struct, frozen=True):
    """Its key."""

    post: str


class WriteApi:
    """One route, in JSON or as a form."""

    def __init__(self, room: Room) -> None:
        self._engine = room.engine
        self._desk = room.desk
        self._shelf = room.road.shelf
        self._darkroom = room.darkroom

    def entries(self) -> list[Entry]:
        """Every route."""
        return [
            Entry(
                method="POST", path="/api/walls/{wall}/posts/write", handle=self.write,
                who="moderator", about="Write a post of the team's own.", takes=Writing,
                gives=WrittenPost,
            ),
        ]  # fmt: skip

    async def write(self, request: Request) -> Response:
        """POST /api/walls/{wall}/posts/write."""
        files: list[Part] = []
        alts: list[str] = []
        if is_multipart(kind := request.headers.get("content-type", "")):
            asked, files, alts = _form(kind, await read_body(request, MAX_BYTES))
        else:
            asked = await body_of(request, Writing)
        wall = await wall_of(self._engine, request)
        text = clean(asked.text).strip()
        if not (text or files):
            raise Failed(422, "The post has no words; write some.")
        by = actor_of(request).by
        key = staff.key_of(wall.id, f"{by} {asked.act}" if asked.act else "")
        media = await self._media(key, files, alts)
        post = await self._desk.write(
            wall.id, text, asked.lang, by=by, id=asked.act, key=key, media=media
        )
        return answer(WrittenPost(post))

    async def _media(self, key: str, files: list[Part], alts: list[str]) -> tuple[Media, ...]:
        """Everything opened in the darkroom first, so that nothing is kept of a post that fails."""
        if not files:
            return ()
        if self._darkroom is None:
            raise Failed(503, "This server takes no pictures just now.", 30.0)
        made: list[tuple[Part, Developed]] = []
        try:
            for at, part in enumerate(files):
                develop = self._darkroom.film if part.name == "film" else self._darkroom.picture
                made.append((part, await develop(part.body, f"{key} {at}")))
        except Unfit as unfit:
            raise Failed(422, str(unfit)) from unfit
        found: list[Media] = []
        for at, (part, each) in enumerate(made):
            kept = await self._shelf.keep(each.body, each.mime, key)
            found.append(
                Media(
                    type="video" if part.name == "film" else "image",
                    url=BLOB + kept,
                    mime=each.mime,
                    alt=one_line(alts[at], MAX_ALT) if at < len(alts) else "",
                    w=each.w,
                    h=each.h,
                    duration_s=each.duration_s,
                )
            )
        return tuple(found)


def _form(kind: str, body: bytes) -> tuple[Writing, list[Part], list[str]]:
    """The fields, the files that are there, and the words for each; 422 in one sentence."""
    try:
        parts = parse(kind, body)
    except BadForm as error:
        raise Failed(422, f"The form cannot be read: {error}") from error
    fields = {part.name: part.text for part in parts if part.file is None}
    files = [part for part in parts if part.file is not None and part.body]
    pictures = [part for part in files if part.name == "photo"]
    films = [part for part in files if part.name == "film"]
    if len(pictures) > MAX_PICTURES or len(films) > 1 or (pictures and films):
        raise Failed(422, f"A post has up to {MAX_PICTURES} pictures, or one film.")
    given = {name: fields[name] for name in ("text", "lang", "act") if name in fields}
    try:
        writing = msgspec.convert(given, Writing)
    except msgspec.ValidationError as error:
        raise Failed(422, f"The form is not what this address takes: {error}.") from error
    alts = [part.text for part in parts if part.name == "alt" and part.file is None]
    return writing, [*pictures, *films], alts
