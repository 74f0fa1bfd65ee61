"""The API of walls: all of them, a first one in three questions, one whole, and its settings."""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import Sequence
from statistics import median
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from parvis.core.errors import Conflict
from parvis.core.event import WallChanged
from parvis.core.look import Brand, faults_of
from parvis.core.screen import TAB
from parvis.core.wall import BridgeSpec, FormatSpec, Mode, Policy, SourceSpec, Wall
from parvis.engine import Engine, Write
from parvis.engine.change import Change, PutSource, PutWall, Told
from parvis.flow.edit import Faster, Mark, edit, mark_of, marked
from parvis.plug.manifest import check_settings
from parvis.plug.plain import one_line
from parvis.web.asked import actor_of, wall_of
from parvis.web.entry import Entry, answer, body_of
from parvis.web.names import names
from parvis.web.problem import Failed, Several
from parvis.web.room import Room
from parvis.web.screens import is_up, present
from parvis.web.secrets import masked

TRIES = 20
PACE_MS = 10 * 60 * 1000
KINDS: dict[str, tuple[str, ...]] = {
    "event": ("masonry", "plain"),
    "shop": ("spotlight", "plain"),
    "office": ("masonry", "plain"),
    "site": ("masonry", "plain"),
}
"""Which layout a wall of this kind begins with: the first that is installed."""

Title = Annotated[str, Meta(min_length=1, max_length=200)]
Lang = Annotated[str, Meta(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z", max_length=35)]
Tag = Annotated[str, Meta(pattern=r"^#?[^\s#]{1,100}\Z", max_length=101)]
Tags = Annotated[tuple[Tag, ...], Meta(max_length=20)]


S = TypeVar("S", Policy, Brand)


class OnScreens(msgspec.Struct, frozen=True):
    """How many screens were heard lately, and how many were not."""

    up: int
    dark: int


class WallLine(msgspec.Struct, frozen=True):
    """A wall at a glance. `waiting`: posts that a person must decide on; `p50_ms`: half of the last
    ten minutes' cards were on the feed within so long of their arrival (null: none came).
    """

    id: str
    title: str
    lang: str
    mode: Mode
    hashtags: tuple[str, ...]
    panic: bool
    counts: dict[str, int]
    layout: str
    brand: Brand
    on_air: bool
    screens: OnScreens
    waiting: int
    p50_ms: int | None


class Walls(msgspec.Struct, frozen=True):
    """All walls."""

    walls: tuple[WallLine, ...]


class Changed(msgspec.Struct, frozen=True):
    """Who changed the settings last, and when."""

    by: str
    name: str
    at_ms: int


class WholeWall(msgspec.Struct, frozen=True):
    """All that a wall is. Send `rev` back with a change."""

    id: str
    title: str
    lang: str
    hashtags: tuple[str, ...]
    mode: Mode
    policy: Policy
    brand: Brand
    layout: str
    capacity: int
    retention_days: int
    panic: bool
    sources: tuple[SourceSpec, ...]
    formats: tuple[FormatSpec, ...]
    bridges: tuple[BridgeSpec, ...]
    rev: int
    changed: Changed


class NewWall(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A first wall in three questions: what it is called, where posts come from, who decides."""

    title: Title
    lang: Lang = "en"
    hashtags: Tags = ()
    mode: Mode = "approve_first"
    kind: Literal["event", "shop", "office", "site"] = "event"
    phone: bool = True
    mastodon: Annotated[str, Meta(max_length=300)] = ""


class Changes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What changes; `policy` and `brand` may name some of their fields alone."""

    title: Title | msgspec.UnsetType = msgspec.UNSET
    lang: Lang | msgspec.UnsetType = msgspec.UNSET
    hashtags: Tags | msgspec.UnsetType = msgspec.UNSET
    mode: Mode | msgspec.UnsetType = msgspec.UNSET
    layout: Annotated[str, Meta(max_length=40)] | msgspec.UnsetType = msgspec.UNSET
    capacity: Annotated[int, Meta(ge=1, le=500)] | msgspec.UnsetType = msgspec.UNSET
    retention_days: Annotated[int, Meta(ge=1, le=3650)] | msgspec.UnsetType = msgspec.UNSET
    policy: dict[str, Any] = {}
    brand: dict[str, Any] = {}


class ChangeWall(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A change of the wall as it was at `rev`."""

    rev: Annotated[int, Meta(ge=0, le=2**53)]
    changes: Changes


class WallsApi:
    """Walls of one room."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._engine: Engine = room.engine
        self._making = asyncio.Lock()

    def entries(self) -> list[Entry]:
        """Every route."""
        return [
            Entry(
                method="GET", path="/api/walls", handle=self.walls, who="viewer",
                about="All walls.", gives=Walls,
            ),
            Entry(
                method="POST", path="/api/walls", handle=self.make, who="editor",
                about="Make a wall.", takes=NewWall, gives=WholeWall,
            ),
            Entry(
                method="GET", path="/api/walls/{wall}", handle=self.whole, who="viewer",
                about="One wall, whole.", gives=WholeWall,
            ),
            Entry(
                method="POST", path="/api/walls/{wall}", handle=self.change, who="editor",
                about="Change a wall's settings.", takes=ChangeWall, gives=WholeWall,
            ),
        ]  # fmt: skip

    async def walls(self, request: Request) -> Response:
        """GET /api/walls."""
        lines = [await self._line(wall) for wall in await self._engine.walls()]
        return answer(Walls(tuple(lines)))

    async def _line(self, wall: Wall) -> WallLine:
        now_ms = self._room.clock()
        known = await present(self._engine, wall.id, now_ms)
        up = sum(is_up(heard, now_ms) for heard in known)
        # a page without a screen's name that was closed is no screen that went dark
        dark = sum(not is_up(heard, now_ms) and not heard.id.startswith(TAB) for heard in known)
        counts = dict(await self._engine.counts(wall.id))
        return WallLine(
            wall.id,
            wall.title,
            wall.lang,
            wall.policy.mode,
            wall.hashtags,
            wall.panic,
            counts,
            wall.layout,
            wall.brand,
            not wall.panic,
            OnScreens(up, dark),
            counts.get("pending", 0),
            await self._pace(wall.id, now_ms),
        )

    async def _pace(self, wall: str, now_ms: int) -> int | None:
        held = await self._room.snapshots.of(wall)
        if held is None:
            return None
        cards = held.snapshot.cards
        lately = {c.post: c.shown_at_ms for c in cards if c.shown_at_ms > now_ms - PACE_MS}
        known = await self._engine.known(wall, list(lately))
        waits = [
            max(0, lately[key] - each.placement.received_at_ms)
            for key, each in known.items()
            if each.placement is not None
        ]
        return round(median(waits)) if waits else None

    async def whole(self, request: Request) -> Response:
        """GET /api/walls/{wall}."""
        return answer(await self._whole(await wall_of(self._engine, request)))

    async def _whole(self, wall: Wall) -> WholeWall:
        mark = await mark_of(self._engine, wall.id)
        return WholeWall(
            wall.id,
            wall.title,
            wall.lang,
            wall.hashtags,
            wall.policy.mode,
            wall.policy,
            wall.brand,
            wall.layout,
            wall.capacity,
            wall.retention_days,
            wall.panic,
            tuple(map(masked, await self._engine.sources(wall.id))),
            tuple(await self._engine.formats(wall.id)),
            tuple(await self._engine.bridges(wall.id)),
            mark.rev,
            Changed(mark.by, await self._called(mark.by), mark.at_ms),
        )

    async def _called(self, by: str) -> str:
        return (await names(self._engine, [by])).get(by, by)

    async def make(self, request: Request) -> Response:
        """POST /api/walls."""
        asked = await body_of(request, NewWall)
        title = _titled(asked.title)
        tags = _tags(asked.hashtags)
        layouts = [name for name in KINDS[asked.kind] if name in self._room.layouts]
        wall = Wall(
            id="",
            title=title,
            lang=asked.lang,
            hashtags=tags,
            layout=layouts[0] if layouts else "plain",
            policy=Policy(mode=asked.mode),
        )
        async with self._making:  # two at once would both be the last that is allowed
            wall = await self._made(wall, asked, actor_of(request).by)
        await self._room.moved(wall.id)
        return answer(await self._whole(wall))

    async def _made(self, wall: Wall, asked: NewWall, by: str) -> Wall:
        """The wall under a name that nobody else has, also of two who make one at once."""
        for _ in range(TRIES):
            taken = {other.id for other in await self._engine.walls()}
            if len(taken) >= (most := self._room.max_walls):
                raise Failed(
                    422,
                    f"No more than {most} walls are made here (max_walls); whoever runs parvis can"
                    " raise that setting.",
                )
            named = msgspec.structs.replace(wall, id=_free(_slug(wall.title), taken))
            changes: list[Change] = [PutWall(named, new=True)]
            changes += [PutSource(source) for source in self._sources(named, asked)]
            now_ms = self._room.clock()
            changes.append(marked(named.id, Mark(1, by, now_ms)))
            told = Told(named.id, WallChanged(named.id))
            try:
                await self._engine.write(Write(tuple(changes), (told,), at_ms=now_ms))
            except Conflict:
                continue
            return named
        raise Conflict("Many walls are made just now; try again.")

    def _sources(self, wall: Wall, asked: NewWall) -> list[SourceSpec]:
        found: list[SourceSpec] = []
        if asked.phone and "phone" in self._room.sources:
            settings = check_settings(self._room.sources["phone"], {})
            found.append(SourceSpec(f"{wall.id}-phone", wall.id, "phone", settings, {}, "consent"))
        if asked.mastodon and wall.hashtags:
            given = {"server": asked.mastodon.strip(), "tags": list(wall.hashtags[:8])}
            settings = check_settings(self._room.sources["mastodon"], given)
            found.append(SourceSpec(f"{wall.id}-mastodon", wall.id, "mastodon", settings))
        return found

    async def change(self, request: Request) -> Response:
        """POST /api/walls/{wall}."""
        asked = await body_of(request, ChangeWall)
        wall = await wall_of(self._engine, request)
        self._check(asked.changes)
        by = actor_of(request).by
        try:
            await edit(
                self._room.road,
                self._room.clock,
                wall.id,
                asked.rev,
                lambda row: changed(row, asked.changes),
                by=by,
            )
        except Faster as faster:
            who = await self._called(faster.mark.by) or "Somebody"
            ago_s = max(0, self._room.clock() - faster.mark.at_ms) // 1000
            raise Failed(
                409, f"{who} changed this wall {_ago(ago_s)}: look at it again and change it again."
            ) from faster
        return answer(await self._whole(await wall_of(self._engine, request)))

    def _check(self, changes: Changes) -> None:
        layout = changes.layout
        if isinstance(layout, str) and layout not in self._room.layouts:
            raise Failed(
                422, f"There is no layout {layout!r}; there are {', '.join(self._room.layouts)}."
            )
        wanted = changes.policy.get("checks", ())
        for name in wanted if isinstance(wanted, list) else ():
            if isinstance(name, str) and name not in self._room.road.checks:
                known = ", ".join(self._room.road.checks)
                raise Failed(422, f"There is no check {name!r}; there are {known}.")


def changed(wall: Wall, changes: Changes) -> Wall:
    """The wall with these changes; 422 for a policy or a brand that is none."""
    fields: dict[str, Any] = {
        name: given
        for name in ("lang", "layout", "capacity", "retention_days")
        if (given := getattr(changes, name)) is not msgspec.UNSET
    }
    if isinstance(changes.title, str):
        fields["title"] = _titled(changes.title)
    if isinstance(changes.hashtags, tuple):
        fields["hashtags"] = _tags(changes.hashtags)
    mode = {} if changes.mode is msgspec.UNSET else {"mode": changes.mode}
    fields["policy"] = merged(wall.policy, {**changes.policy, **mode}, "policy")
    if fields["policy"].flood.fault:
        raise Failed(422, f"The policy is wrong: {fields['policy'].flood.fault}.")
    fields["brand"] = brand = merged(wall.brand, changes.brand, "brand")
    if changes.brand:
        faults = [f"The brand's {name}: {says}." for name, says in faults_of(brand)]
        if faults:
            raise Several("The brand", faults)
    return msgspec.structs.replace(wall, **fields)


def merged(held: S, given: dict[str, Any], noun: str) -> S:
    """With the given settings; 422 when there is no such setting, or it cannot be that."""
    known = held.__struct_fields__
    for name in given:
        if name not in known:
            raise Failed(422, f"A {noun} has no {name[:40]!r}; it has {', '.join(known)}.")
    try:
        return msgspec.convert({**msgspec.to_builtins(held), **given}, type(held))
    except msgspec.ValidationError as error:
        raise Failed(422, f"The {noun} is wrong: {error}.") from error


def _titled(given: str) -> str:
    title = one_line(given)
    if not title:
        raise Failed(422, "The title has no letters; write what the wall is called.")
    return title


def _tags(given: Sequence[str]) -> tuple[str, ...]:
    """Without what turns or hides the signs beside them."""
    plain = (one_line(tag, 101).lstrip("#") for tag in given)
    return tuple(dict.fromkeys(tag for tag in plain if tag))


def _slug(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-") or "wall"


def _free(wanted: str, taken: set[str]) -> str:
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted}-{number}", number + 1
    return name


def _ago(seconds: int) -> str:
    if seconds < 120:
        return f"{seconds} s ago"
    minutes = seconds // 60
    return f"{minutes} min ago" if minutes < 120 else f"{minutes // 60} h ago"
