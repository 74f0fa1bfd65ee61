"""The API of a wall's sources, and of what an installation has to add."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from parvis.core.errors import Refused
from parvis.core.person import may
from parvis.core.wall import Basis, SourceSpec, Wall
from parvis.engine import Health, Write
from parvis.engine.change import DropSource, PutSource
from parvis.plug.manifest import Manifest, check_settings
from parvis.web.asked import actor_of, lang_of, wall_of
from parvis.web.entry import Entry, answer, body_of
from parvis.web.problem import Failed
from parvis.web.room import Room
from parvis.web.said import told
from parvis.web.secrets import Key, check_complete, check_led, masked, sealed

MAX_SOURCES = 50
"""Of one wall."""
Secrets = dict[str, Annotated[str, Meta(pattern="^[A-Z][A-Z0-9_]{1,99}$")]]


class AddSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new source. `keys` are its credentials, sealed at once and never told again; `secrets`
    names environment variables that hold them, which only an owner may.
    """

    plugin: Annotated[str, Meta(max_length=40)]
    settings: dict[str, Any] = {}
    basis: Basis = "platform_terms"
    secrets: Secrets = {}
    keys: dict[str, Key] = {}


class ChangeSource(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Other settings (all of them), other keys (null takes one away), on or off, or no more; its
    posts stay.
    """

    settings: dict[str, Any] | None = None
    basis: Basis | None = None
    enabled: bool | None = None
    drop: bool = False
    keys: dict[str, Key | None] = {}


class Sources(msgspec.Struct, frozen=True):
    """The wall's sources, and how each is."""

    sources: tuple[SourceSpec, ...]
    health: tuple[Health, ...]


class Plugins(msgspec.Struct, frozen=True):
    """What this installation has, as each `plugin.toml` says it."""

    sources: tuple[Manifest, ...]
    bridges: tuple[Manifest, ...]
    formats: tuple[str, ...]
    layouts: tuple[str, ...]
    checks: tuple[str, ...]


class SourcesApi:
    """Sources of one room's walls."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._engine = room.engine

    def entries(self) -> list[Entry]:
        """Every route."""
        sources = "/api/walls/{wall}/sources"
        return [
            Entry(
                method="GET", path="/api/plugins", handle=self.plugins, who="viewer",
                about="What can be added to a wall.", gives=Plugins,
            ),
            Entry(
                method="GET", path=sources, handle=self.sources, who="viewer",
                about="The wall's sources, and how each is.", gives=Sources,
            ),
            Entry(
                method="POST", path=sources, handle=self.add, who="editor",
                about="Add a source.", takes=AddSource, gives=Sources,
            ),
            Entry(
                method="POST", path=f"{sources}/{{source}}", handle=self.change, who="editor",
                about="Change a source, or remove it.", takes=ChangeSource, gives=Sources,
            ),
        ]  # fmt: skip

    async def plugins(self, request: Request) -> Response:
        """GET /api/plugins."""
        room = self._room
        return answer(
            Plugins(
                tuple(room.sources.values()),
                tuple(room.bridges.values()),
                tuple(room.formats),
                tuple(room.layouts),
                tuple(room.road.checks),
            )
        )

    async def sources(self, request: Request) -> Response:
        """GET /api/walls/{wall}/sources."""
        return await self._all(await wall_of(self._engine, request), request)

    async def _all(self, wall: Wall, request: Request) -> Response:
        sources = [masked(spec) for spec in await self._engine.sources(wall.id)]
        there = Sources(tuple(sources), tuple(await self._engine.health(wall.id)))
        return answer(told(there, lang_of(request, wall.lang)))

    async def add(self, request: Request) -> Response:
        """POST /api/walls/{wall}/sources."""
        asked = await body_of(request, AddSource)
        wall = await wall_of(self._engine, request)
        if asked.secrets and not may(actor_of(request).role, "owner"):
            raise Failed(403, "Only an owner may name secrets; ask one to add this source.")
        manifest = self._manifest(asked.plugin)
        known = [credential.name for credential in manifest.credentials]
        for name in asked.secrets:
            if name not in known:
                raise Failed(422, f"{manifest.id} has no credential {name[:40]!r}.")
        check_complete(manifest, {**asked.secrets, **asked.keys})
        async with self._room.road.lane(wall.id):  # of two at once, each gets a name of its own
            write = await self._added(wall, manifest, asked)
            await self._engine.write(write)
        await self._room.moved(wall.id)
        return await self._all(wall, request)

    async def _added(self, wall: Wall, manifest: Manifest, asked: AddSource) -> Write:
        if len(await self._engine.sources(wall.id)) >= MAX_SOURCES:
            raise Failed(422, f"This wall has {MAX_SOURCES} sources already; remove one.")
        every = [
            source
            for other in await self._engine.walls()
            for source in await self._engine.sources(other.id)
        ]
        taken = {source.id for source in every}
        wanted = f"{wall.id}-{manifest.id}".replace("_", "-")
        name, number = wanted, 2
        while name in taken:
            name, number = f"{wanted}-{number}", number + 1
        settings = check_settings(manifest, _apart(manifest, asked.settings, every, name))
        spec = SourceSpec(
            name, wall.id, manifest.id, settings, dict(asked.secrets), asked.basis, org=wall.org
        )
        return Write((PutSource(sealed(self._room.seal, spec, manifest, asked.keys)),))

    async def change(self, request: Request) -> Response:
        """POST /api/walls/{wall}/sources/{source}."""
        asked = await body_of(request, ChangeSource)
        wall = await wall_of(self._engine, request)
        id_ = request.path_params["source"]
        held = {source.id: source for source in await self._engine.sources(wall.id)}.get(id_)
        if held is None:
            raise Failed(404, f"There is no source {id_[:80]!r} on the wall {wall.id}.")
        if asked.drop:
            return await self._write(request, wall, Write((DropSource(id_),)))
        settings = held.settings
        if asked.settings is not None or asked.keys:
            manifest = self._manifest(held.plugin)
            settings = check_settings(
                manifest, held.settings if asked.settings is None else asked.settings
            )
            check_led(actor_of(request), manifest, held, settings, asked.keys)
            held = sealed(self._room.seal, held, manifest, asked.keys)
            check_complete(manifest, held.secrets)
        spec = msgspec.structs.replace(
            held,
            settings=settings,
            basis=asked.basis or held.basis,
            enabled=held.enabled if asked.enabled is None else asked.enabled,
        )
        return await self._write(request, wall, Write((PutSource(spec),)))

    async def _write(self, request: Request, wall: Wall, write: Write) -> Response:
        await self._engine.write(write)
        await self._room.moved(wall.id)
        return await self._all(wall, request)

    def _manifest(self, plugin: str) -> Manifest:
        manifest = self._room.sources.get(plugin)
        if manifest is None:
            known = ", ".join(self._room.sources)
            raise Refused(f"There is no source called {plugin!r}; there are {known}.")
        return manifest


def _apart(
    manifest: Manifest, given: dict[str, Any], every: Sequence[SourceSpec], id_: str
) -> dict[str, Any]:
    """The settings given; what would make two sources one becomes the source's own id, where it is
    the usual and another source has that already.
    """
    alike = [source.settings for source in every if source.plugin == manifest.id]
    own = {
        setting.name: id_
        for setting in manifest.settings
        if setting.apart
        and given.get(setting.name, setting.default) == setting.default
        and any(held.get(setting.name) == setting.default for held in alike)
    }
    return {**given, **own}
