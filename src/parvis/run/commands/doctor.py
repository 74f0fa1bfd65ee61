"""`parvis doctor`: looks at everything a person can mend, and says what to mend."""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

import msgspec
from cryptography.x509 import load_pem_x509_certificates

import parvis
from parvis.core.errors import Later, Refused
from parvis.engine.embedded.engine import FILE
from parvis.engine.embedded.owner import owner_of
from parvis.engine.store import wall_clock
from parvis.plug.find import shelf
from parvis.run import local_call
from parvis.run.certificate import context_of
from parvis.run.open_extension import open_bridge, open_source, seal_of
from parvis.run.progress import Wait
from parvis.run.sentence import with_nearest, with_since
from parvis.run.settings import Settings, load
from parvis.run.welcome import NOBODY, ONLY_HERE, is_only_here
from parvis.run.wire_up import House, open_house
from parvis.web.reach import CertificateNow
from parvis.web.room import static_folder

SUMMARY = "look at settings, folder, certificate, sources and bridges, and say what to mend"
EXAMPLE = "parvis doctor --data parvis-data"
DISK_BYTES = 500_000_000
ASKING = "asking sources and bridges"
STANDS_ON = ("uvicorn", "starlette", "sqlalchemy", "aiohttp", "uvloop")


class Finding(NamedTuple):
    """One line: whether it is well, and a sentence."""

    ok: bool
    says: str
    note: bool = False
    """Nothing is broken, but somebody may have meant otherwise."""

    @property
    def mark(self) -> str:
        """How its line begins."""
        if self.note:
            return "note"
        return "ok  " if self.ok else "MEND"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which installation."""
    parser.add_argument("--data", metavar="DIR", help="the data folder (./parvis-data)")


def run(args: argparse.Namespace) -> int:
    """Print the findings; 0 when all is well, 1 when something is to mend."""
    findings: list[Finding] = []
    try:
        settings = load({"data": args.data})
    except Refused as refused:
        findings.append(Finding(False, str(refused)))
    else:
        findings += [*_versions(), *_folder(settings), *_front_end(), *_address(settings)]
        findings += [*_certificate(settings), *_contact(settings)]
        with Wait({ASKING: 5.0}).step(ASKING):
            findings += _sources(settings)
    for finding in findings:
        print(f"{finding.mark}  {finding.says}")
    return 0 if all(finding.ok for finding in findings) else 1


def _versions() -> Iterator[Finding]:
    yield Finding(True, f"parvis {parvis.__version__}, Python {platform.python_version()}.")
    stands = []
    for name in STANDS_ON:
        try:
            stands.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            if name != "uvloop" or sys.platform != "win32":
                yield Finding(False, f"{name} is not installed; install parvis again.")
    yield Finding(True, f"{', '.join(stands)}, SQLite {sqlite3.sqlite_version}.")
    for trouble in shelf().troubles:
        yield Finding(False, trouble)


def _folder(settings: Settings) -> Iterator[Finding]:
    folder = settings.folder
    if not folder.exists():
        yield Finding(True, f"The data folder {folder} does not exist yet; `up` makes it.")
        return
    if not folder.is_dir() or not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield Finding(False, f"The data folder {folder} cannot be written; change its rights.")
        return
    running = local_call.is_served(folder)
    who = f"served by process {owner_of(folder)}" if running else "not in use"
    yield Finding(True, f"The data folder {folder.resolve()} is {who}.")
    free = shutil.disk_usage(folder).free
    yield Finding(
        free > DISK_BYTES,
        f"{free / 1e9:.1f} GB are free on its disk"
        + ("." if free > DISK_BYTES else "; make room, a full disk stops the wall's intake."),
    )
    key = folder / "key"
    if key.exists() and os.name == "posix" and key.stat().st_mode & 0o077:
        yield Finding(False, f"Others may read {key}; run `chmod 600 {key}`.")
    yield from _store(settings)


def _store(settings: Settings) -> Iterator[Finding]:
    if settings.engine:
        return
    file = settings.folder / FILE
    if not file.exists():
        yield Finding(True, "There is no store yet; `up` makes it.")
        return
    try:
        store = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, timeout=10)
        try:
            said = [row[0] for row in store.execute("PRAGMA quick_check(3)")]
        finally:
            store.close()
    except sqlite3.Error as error:
        said = [str(error)]
    size = file.stat().st_size / 1e6
    if said == ["ok"]:
        yield Finding(True, f"The store is sound ({size:.1f} MB).")
    else:
        yield Finding(False, f"The store is damaged ({said[0]}); stop parvis, restore a backup.")


def _front_end() -> Iterator[Finding]:
    player = static_folder() / "wall" / "player.js"
    if player.is_file():
        yield Finding(True, "The front end is built.")
    else:
        yield Finding(False, "The front end is not built; run `./parvis up` from the clone.")


def _address(settings: Settings) -> Iterator[Finding]:
    if settings.public_url:
        yield Finding(True, f"Phones and webhooks come to {settings.public_url}.")
    elif is_only_here(_listens_at(settings), settings.public_url):
        yield Finding(True, ONLY_HERE, note=True)
    else:
        yield Finding(
            True,
            "No public_url is set: phones open this machine's own address, and no network can push"
            " to it.",
        )


def _certificate(settings: Settings) -> Iterator[Finding]:
    """How the one is that parvis gets for itself, or that is given."""
    if not settings.tls:
        yield from _given(settings)
        return
    try:
        now = _certificate_there(settings) or _certificate_here(settings)
    except (Refused, Later) as failed:
        yield Finding(False, str(failed))
        return
    broken_since = not now.healthy and now.since_ms
    yield Finding(now.healthy, with_since(now.says, now.since_ms) if broken_since else now.says)


def _given(settings: Settings) -> Iterator[Finding]:
    """Whether it can be served with, and until when."""
    try:
        if context_of(settings) is None:
            return
    except Refused as failed:
        yield Finding(False, str(failed))
        return
    name = settings.tls_cert
    pem = Path(name).expanduser().read_bytes()
    ends = load_pem_x509_certificates(pem)[0].not_valid_after_utc
    if ends.timestamp() * 1000 <= wall_clock():
        yield Finding(False, f"The certificate {name} ended on {ends:%Y-%m-%d}; give another one.")
    else:
        yield Finding(True, f"The certificate {name} can be used until {ends:%Y-%m-%d}.")


def _contact(settings: Settings) -> Iterator[Finding]:
    if not settings.contact:
        yield Finding(True, NOBODY, note=True)


def _certificate_there(settings: Settings) -> CertificateNow | None:
    reply = local_call.call(settings.folder, "GET", "/api/served")
    said = reply.value().get("certificate") if reply is not None else None
    return msgspec.convert(said, CertificateNow) if said else None


def _certificate_here(settings: Settings) -> CertificateNow:
    from parvis.run.acme.automatic import state_of  # its tools come with an extra

    try:
        return state_of(settings, wall_clock())
    except OSError as error:
        raise Refused(
            f"The folder certificates in the data folder cannot be read ({error.strerror}); change"
            " its rights."
        ) from error


def _listens_at(settings: Settings) -> str:
    """Where the process that runs does, else where the next one will."""
    try:
        reply = local_call.call(settings.folder, "GET", "/api/served")
        return str(reply.value()["address"]) if reply is not None else f"//{_host(settings)}"
    except (Refused, Later):
        return ""  # the sources' line says so


def _host(settings: Settings) -> str:
    return f"[{settings.host}]" if ":" in settings.host else settings.host


def _sources(settings: Settings) -> list[Finding]:
    try:
        if local_call.is_served(settings.folder):
            return _asked_there(settings)
        if not settings.engine and not (settings.folder / FILE).exists():
            return []
        return asyncio.run(_asked_here(settings))
    except (Refused, Later) as failed:
        return [Finding(False, str(failed))]


def _asked_there(settings: Settings) -> list[Finding]:
    walls = local_call.call(settings.folder, "GET", "/api/walls")
    findings: list[Finding] = []
    for wall in walls.value()["walls"] if walls is not None else ():
        reply = local_call.call(settings.folder, "GET", f"/api/walls/{wall['id']}/health")
        said = reply.value() if reply is not None else {"sources": (), "bridges": ()}
        for health in said["sources"]:
            says = with_nearest(health["says"], health.get("nearest", ""))
            place = f"{wall['id']}, source {health['source']}"
            findings.append(_finding(place, health["healthy"], says, health["since_ms"]))
        for health in said["bridges"]:
            says = health["says"] + _aside(health["aside"])
            place = f"{wall['id']}, bridge {health['bridge']}"
            findings.append(_finding(place, health["healthy"], says, health["since_ms"]))
    return findings


def _finding(place: str, healthy: bool, says: str, since_ms: int) -> Finding:
    """How a source or a bridge is; what is broken says since when, where that is known."""
    broken_since = not healthy and since_ms
    return Finding(healthy, f"{place}: {with_since(says, since_ms) if broken_since else says}")


def _aside(events: int) -> str:
    return f" Set aside, because they could not be told: {events}." if events else ""


async def _asked_here(settings: Settings) -> list[Finding]:
    house = await open_house(settings)
    findings: list[Finding] = []
    try:
        for wall in await house.engine.walls():
            rows = await house.engine.health(wall.id)
            since_ms = {row.source: row.since_ms for row in rows if not row.healthy}
            for spec in await house.engine.sources(wall.id):
                if not spec.enabled:
                    continue
                place = f"{wall.id}, source {spec.id}"
                try:
                    source = open_source(
                        spec, engine=house.engine, http=house.http, clock=house.clock,
                        base=settings.public_url, darkroom=house.darkroom, seal=seal_of(settings),
                    )  # fmt: skip
                except Refused as refused:
                    findings.append(_finding(place, False, f"{refused}", since_ms.get(spec.id, 0)))
                    continue
                probe = await source.probe()
                await source.close()
                says = with_nearest(probe.says, probe.nearest)
                findings.append(_finding(place, probe.ok, says, since_ms.get(spec.id, 0)))
            findings += await _bridges(house, wall.id)
    finally:
        await house.close()
    return findings


async def _bridges(house: House, wall: str) -> list[Finding]:
    """Whether each can be opened, and how it was last; asking the receiver would tell it
    something.
    """
    findings: list[Finding] = []
    healths = {health.bridge: health for health in await house.engine.bridge_health(wall)}
    for spec in await house.engine.bridges(wall):
        if not spec.enabled:
            continue
        place = f"{wall}, bridge {spec.id}"
        try:
            bridge = open_bridge(
                spec,
                engine=house.engine,
                http=house.http,
                clock=house.clock,
                darkroom=house.darkroom,
                seal=seal_of(house.settings),
            )
        except (Refused, Later) as error:
            findings.append(Finding(False, f"{place}: {error}"))
            continue
        await bridge.close()
        health = healths.get(spec.id)
        if health is None:
            findings.append(Finding(True, f"{place}: it can be opened, and has told nothing yet."))
        else:
            says = health.says + _aside(health.aside)
            findings.append(_finding(place, health.healthy, says, health.since_ms))
    return findings
