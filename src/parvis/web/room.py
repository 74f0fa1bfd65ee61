"""What the web room is handed by `run`: everything that its handlers reach, and nothing global."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from parvis.core.ports import Clock
from parvis.core.post import DisplayPolicy
from parvis.engine import Engine
from parvis.flow.collect import Collector
from parvis.flow.desk import Desk
from parvis.flow.publish import NOTHING
from parvis.flow.road import Road
from parvis.plug.darkroom import Darkroom
from parvis.plug.format import Format
from parvis.plug.layout import Layout, Plan
from parvis.plug.manifest import Manifest
from parvis.plug.seal import Seal
from parvis.web.admit import Admission
from parvis.web.auth import Keyring
from parvis.web.away import Away
from parvis.web.cover import Panics
from parvis.web.covers import Covers
from parvis.web.guard import Guard
from parvis.web.media import Media
from parvis.web.reach import Reach
from parvis.web.snapshots import Snapshots
from parvis.web.static_files import Static
from parvis.web.watch import Watches


class Applied(msgspec.Struct, frozen=True):
    """What applying an event file changed (or, `dry`, would change): sentences, none when all was
    so already.
    """

    walls: tuple[str, ...]
    said: tuple[str, ...]
    dry: bool = False


Apply = Callable[[str, bool], Awaitable[Applied]]
"""Applies the text of an event file; the flag asks only what would change."""


async def no_apply(text: str, dry: bool) -> Applied:
    """For a room that declares nothing."""
    return Applied((), (), dry)


Moved = Callable[[str], Awaitable[None]]
"""A wall is new, or its sources changed: have them read, and follow it."""


async def no_move(wall: str) -> None:
    """For a room where nothing runs."""


def no_gauges() -> Mapping[str, float]:
    """For a room without further figures."""
    return {}


def nobody(wall: str) -> int:
    """For a room that nobody follows live."""
    return 0


@dataclass(slots=True)
class Place:
    """Where this process listens; '' until it does."""

    address: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """`sources` and `bridges` hold extensions' manifests by id, `static` the built front end."""

    engine: Engine
    road: Road
    desk: Desk
    collector: Collector
    formats: Mapping[str, Format]
    layouts: Mapping[str, Layout]
    sources: Mapping[str, Manifest]
    bridges: Mapping[str, Manifest]
    clock: Clock
    admission: Admission
    keyring: Keyring
    guard: Guard
    snapshots: Snapshots
    static: Static
    panics: Panics
    covers: Covers = field(default_factory=Covers)
    away: Away = field(default_factory=Away)
    media: Media | None = None
    darkroom: Darkroom | None = None
    seal: Seal | None = None
    public_url: str = ""
    contact: str = ""
    max_walls: int = 100
    """How many may be made over the API; an event file is the word of whoever runs parvis."""
    reach: Reach = field(default_factory=Reach)
    apply: Apply = no_apply
    moved: Moved = no_move
    watches: Watches = field(default_factory=Watches)
    folder: Path = Path()
    store: str = "embedded"
    gauges: Callable[[], Mapping[str, float]] = field(default=no_gauges)
    screens: Callable[[str], int] = field(default=nobody)
    """How many screens follow a wall now."""

    def policy(self, plugin: str) -> DisplayPolicy:
        """What the source's network allows; nothing when the extension is gone."""
        manifest = self.sources.get(plugin)
        return manifest.policy if manifest is not None else NOTHING

    @property
    def apart(self) -> tuple[str, ...]:
        """The networks whose figures may be added to no other's."""
        return tuple(sorted(id_ for id_, one in self.sources.items() if one.policy.figures_apart))

    def first(self, layout: str, capacity: int) -> int:
        """How many cards the first frame of this layout needs."""
        found = self.layouts.get(layout)
        return min(capacity, found.first(capacity)) if found is not None else min(capacity, 12)

    def plans(self, layout: str) -> tuple[Plan, ...]:
        """Where this layout's first cards stand."""
        found = self.layouts.get(layout)
        return found.plans() if found is not None else ()


def static_folder() -> Path:
    """Where the package's build put the front end."""
    return Path(__file__).parent.parent / "static"
