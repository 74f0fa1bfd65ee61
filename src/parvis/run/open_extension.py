"""Opens what is declared of extensions: each gets its own tools and nothing else of the house."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from parvis.core.errors import Refused
from parvis.core.ports import Clock
from parvis.core.wall import BridgeSpec, SourceSpec
from parvis.engine import Engine, Write
from parvis.engine.change import Remember
from parvis.flow.shelf import PostShelf
from parvis.plug.bridge import Bridge
from parvis.plug.darkroom import Darkroom
from parvis.plug.find import Found, find
from parvis.plug.http import Http
from parvis.plug.manifest import check_settings, hosts_of
from parvis.plug.seal import Seal, secret_of
from parvis.plug.source import Source
from parvis.plug.tools import Tools
from parvis.plug.vault import EnvVault
from parvis.run.settings import Settings


@dataclass(frozen=True, slots=True)
class EngineMemory:
    """An extension's few strings, kept in the store."""

    engine: Engine
    scope: str

    async def recall(self, name: str) -> str | None:
        """The value kept under `name`."""
        return await self.engine.recall(self.scope, name)

    async def remember(self, name: str, value: str) -> None:
        """Keep `value` under `name`."""
        await self.engine.write(Write((Remember(self.scope, name, value),)))


def seal_of(settings: Settings) -> Seal:
    """What opens the credentials of this installation."""
    return Seal(settings.folder, settings.seal, own_file=not settings.engine)


def open_source(
    spec: SourceSpec,
    *,
    engine: Engine,
    http: Http,
    clock: Clock,
    base: str,
    darkroom: Darkroom,
    seal: Seal,
) -> Source:
    """The source as declared; raises `Refused` when its extension, settings or secrets are not
    there.
    """
    found = find("source").get(spec.plugin)
    if found is None:
        raise Refused(f"There is no source called {spec.plugin}; install it, or remove {spec.id}.")
    url = f"{base.rstrip('/')}/in/{spec.id}/" if base else ""
    return cast(Source, found.open(_tools(found, spec, engine, http, clock, darkroom, seal, url)))


def open_bridge(
    spec: BridgeSpec, *, engine: Engine, http: Http, clock: Clock, darkroom: Darkroom, seal: Seal
) -> Bridge:
    """The bridge as declared; raises `Refused` as `open_source`."""
    found = find("bridge").get(spec.plugin)
    if found is None:
        raise Refused(f"There is no bridge called {spec.plugin}; install it, or remove {spec.id}.")
    return cast(Bridge, found.open(_tools(found, spec, engine, http, clock, darkroom, seal)))


def _tools(
    found: Found,
    spec: SourceSpec | BridgeSpec,
    engine: Engine,
    http: Http,
    clock: Clock,
    darkroom: Darkroom,
    seal: Seal,
    public_url: str = "",
) -> Tools:
    manifest = found.manifest
    settings = check_settings(manifest, spec.settings)
    memory = EngineMemory(engine, f"{manifest.kind}:{spec.id}")
    scoped = http.scoped(
        f"{manifest.kind}:{manifest.id}",
        hosts=hosts_of(manifest, settings),
        budget=manifest.budget,
        memory=memory,
    )
    return Tools(
        settings=settings,
        http=scoped,
        vault=EnvVault(
            spec.secrets,
            unseal=lambda sealed, name: seal.open(sealed, secret_of(spec.org, spec.id, name)),
        ),
        memory=memory,
        clock=clock,
        shelf=PostShelf(engine, clock),
        darkroom=darkroom,
        public_url=public_url,
    )
