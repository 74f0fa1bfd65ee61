"""Puts the house together: settings in, everything that runs out."""

from __future__ import annotations

import os
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from starlette.types import ASGIApp

from parvis.core.errors import Refused
from parvis.core.ports import Clock
from parvis.core.wall import BridgeSpec, SourceSpec
from parvis.engine import Engine, Write
from parvis.engine.change import Remember
from parvis.engine.embedded.owner import Owner
from parvis.engine.open import open_engine
from parvis.engine.store import wall_clock
from parvis.flow.collect import Collector
from parvis.flow.desk import Desk
from parvis.flow.recheck import duty_of
from parvis.flow.road import Road
from parvis.flow.tell import Teller
from parvis.plug.bridge import Bridge
from parvis.plug.check import Check
from parvis.plug.darkroom import Darkroom
from parvis.plug.find import find
from parvis.plug.format import Format
from parvis.plug.http import Http
from parvis.plug.layout import Layout
from parvis.plug.source import Source
from parvis.run.declaring import Declaring
from parvis.run.event_tables import Known
from parvis.run.open_extension import open_bridge, open_source, seal_of
from parvis.run.settings import Settings
from parvis.web.admit import Admission
from parvis.web.app import build_app
from parvis.web.auth import Keyring, key_of
from parvis.web.away import Away
from parvis.web.cover import Panics
from parvis.web.covers import Covers
from parvis.web.guard import Guard
from parvis.web.live.hub import Hub
from parvis.web.media import Media
from parvis.web.names import name_of
from parvis.web.pages.plain import STUDIO
from parvis.web.presses import Presses
from parvis.web.reach import Reach
from parvis.web.room import Room, static_folder
from parvis.web.snapshots import Snapshots
from parvis.web.static_files import Static
from parvis.web.watch import Watches

SALT = ("house", "salt")


def known() -> Known:
    """What this installation has; extensions that do not hold are left out, as `find` logs."""
    opened = {id_: cast(Format, found.open()) for id_, found in find("format").items()}
    return Known(
        sources={id_: found.manifest for id_, found in find("source").items()},
        formats={id_: found.manifest for id_, found in find("format").items()},
        opened=opened,
        layouts={id_: found.manifest for id_, found in find("layout").items()},
        checks={id_: found.manifest for id_, found in find("check").items()},
        bridges={id_: found.manifest for id_, found in find("bridge").items()},
    )


@dataclass(slots=True)
class House:
    """Everything of one process. `start` and `stop` bracket its life; `key` is the owner's."""

    settings: Settings
    known: Known
    engine: Engine
    http: Http
    road: Road
    collector: Collector
    teller: Teller
    hub: Hub
    admission: Admission
    room: Room
    app: ASGIApp
    key: str
    declaring: Declaring
    darkroom: Darkroom
    clock: Clock
    reach: Reach
    owner: Owner | None = None

    async def start(self) -> None:
        """Take up the work."""
        await self.road.start()
        await self.room.panics.take_up()
        await self.collector.start()
        await self.teller.start()
        for wall in await self.engine.walls():
            await self.hub.warm(wall.id)
            # a screen may be restarted while the store is away: its wall is known before that
            await self.room.snapshots.of(wall.id)

    async def stop(self) -> None:
        """Finish what was accepted, then let go of everything."""
        await self.hub.stop()
        await self.collector.stop()
        await self.teller.stop()
        await self.road.stop()
        await self.close()

    async def close(self) -> None:
        """Let go of a house that was not started."""
        await self.darkroom.close()
        await self.http.close()
        await self.engine.close()
        if self.owner is not None:
            self.owner.release()


async def open_house(settings: Settings, *, clock: Clock = wall_clock) -> House:
    """Own the data folder and open everything in it; nothing runs yet. Raises `Refused`."""
    folder = settings.folder
    has = known()
    admission = Admission(
        public_url=settings.public_url,
        hosts=settings.hosts,
        trusted_proxies=settings.trusted_proxies,
    )
    _make(folder)
    owner = Owner(folder) if settings.engine.startswith(("postgresql", "postgres")) else None
    try:
        engine = await open_engine(
            settings.engine or folder, clock=clock, blobs_dir=folder / "blobs"
        )
    except BaseException:
        if owner is not None:
            owner.release()
        raise
    http = Http(public_url=settings.public_url, allow_private=settings.allow_private, clock=clock)
    try:
        return await _furnish(settings, has, admission, engine, http, owner, clock)
    except BaseException:
        await http.close()
        await engine.close()
        if owner is not None:
            owner.release()
        raise


async def _furnish(
    settings: Settings,
    has: Known,
    admission: Admission,
    engine: Engine,
    http: Http,
    owner: Owner | None,
    clock: Clock,
) -> House:
    key = key_of(settings.folder, settings.key)
    seal = seal_of(settings)
    darkroom = Darkroom()
    static = Static(static_folder())
    road = Road(
        engine,
        clock=clock,
        salt=await salt_of(engine),
        checks={id_: cast(Check, found.open()) for id_, found in find("check").items()},
        policies={id_: manifest.policy for id_, manifest in has.sources.items()},
        formats=has.opened,
    )

    def open_one(spec: SourceSpec) -> Source:
        return open_source(
            spec,
            engine=engine,
            http=http,
            clock=clock,
            base=settings.public_url,
            darkroom=darkroom,
            seal=seal,
        )

    def open_out(spec: BridgeSpec) -> Bridge:
        return open_bridge(
            spec, engine=engine, http=http, clock=clock, darkroom=darkroom, seal=seal
        )

    worker = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
    collector = Collector(
        road,
        engine,
        open_source=open_one,
        clock=clock,
        duty_of=lambda spec: duty_of(has.sources[spec.plugin]),
        worker=worker,
    )
    teller = Teller(
        engine,
        open_bridge=open_out,
        policy_of=has.policy,
        hash_of=road.post_hash,
        clock=clock,
        worker=worker,
    )
    away = Away()
    covers = Covers()
    snapshots = Snapshots(engine, away, covers)
    hub = Hub(engine, tap=snapshots.told, covers=covers)
    panics = Panics(road, clock, covers, away, Presses(settings.folder))
    keyring = Keyring(key)
    guard = Guard(engine, keyring, settings.public_url, lambda: static.mark(STUDIO), away, clock)
    watches = Watches()
    hub.stopping += [watches.stop, panics.stop]
    declaring = Declaring(engine, collector, teller, hub, has, clock)
    reach = Reach(settings.public_url)
    room = Room(
        engine=engine,
        road=road,
        desk=Desk(road, clock, name_of(engine)),
        collector=collector,
        formats=has.opened,
        layouts={id_: cast(Layout, found.open()) for id_, found in find("layout").items()},
        sources=has.sources,
        bridges=has.bridges,
        clock=clock,
        admission=admission,
        keyring=keyring,
        guard=guard,
        snapshots=snapshots,
        away=away,
        covers=covers,
        panics=panics,
        static=static,
        media=Media(engine, http.scoped("media"), guard.knows),
        darkroom=darkroom,
        seal=seal,
        public_url=settings.public_url,
        contact=settings.contact,
        max_walls=settings.max_walls,
        reach=reach,
        apply=declaring.apply,
        moved=declaring.moved,
        watches=watches,
        folder=settings.folder,
        store="postgresql" if settings.engine else "embedded",
        gauges=lambda: {"live_readers": float(hub.readers), **_of_certificate(reach, clock)},
        screens=hub.readers_of,
    )
    return House(
        settings=settings,
        known=has,
        engine=engine,
        http=http,
        road=road,
        collector=collector,
        teller=teller,
        hub=hub,
        admission=admission,
        room=room,
        app=build_app(room),
        key=key,
        declaring=declaring,
        darkroom=darkroom,
        clock=clock,
        reach=reach,
        owner=owner,
    )


def _of_certificate(reach: Reach, clock: Clock) -> dict[str, float]:
    now = reach.certificate()
    if now is None:
        return {}
    left_s = max(now.until_ms - clock(), 0) / 1000
    return {"certificate_healthy": float(now.healthy), "certificate_left_seconds": left_s}


async def salt_of(engine: Engine) -> bytes:
    """The installation's salt, made once and kept in the store, so that every node has the same."""
    kept = await engine.recall(*SALT)
    if kept is None:
        made = Remember(*SALT, secrets.token_hex(32))
        await engine.write(Write((made,), key="house salt"))
        kept = await engine.recall(*SALT)
    if kept is None:
        raise Refused("The store does not keep its salt; check the data folder.")
    try:
        return bytes.fromhex(kept)
    except ValueError as error:
        raise Refused(
            "The store's salt is damaged; restore a backup of the data folder."
        ) from error


def _make(folder: Path) -> None:
    """The data folder holds the key: only its owner looks in."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(
            f"The data folder {folder} cannot be made ({error.strerror}); give another with --data."
        ) from error
