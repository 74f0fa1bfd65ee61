"""An event in a file: EVENT.toml, checked whole before anything of it is applied."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from parvis.core.errors import Refused
from parvis.core.look import Brand, faults_of
from parvis.core.wall import BridgeSpec, FormatSpec, Policy, SourceSpec, Wall
from parvis.plug.manifest import Manifest, check_settings
from parvis.plug.plain import one_line
from parvis.run.event_faults import Faults
from parvis.run.event_lines import Place, lines_of
from parvis.run.event_tables import (
    BridgeTable,
    Declared,
    FormatTable,
    Known,
    PolicyTable,
    SourceTable,
    WallTable,
)
from parvis.run.settings import nearest
from parvis.web.problem import Several

MAX_BYTES = 512 * 1024
_LANG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_TAG = re.compile(r"[^\s#]{1,100}")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{1,99}")


def read_file(path: Path) -> str:
    """The text of an event file; raises `Refused` naming what is wrong with it."""
    try:
        if not path.is_file() and path.exists():
            raise Refused(f"{path} is no file; name an event file.")
        if path.stat().st_size > MAX_BYTES:
            raise Refused(f"{path} is longer than {MAX_BYTES} bytes; is it an event file?")
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise Refused(f"There is no file {path}; check the name.") from error
    except UnicodeDecodeError as error:
        raise Refused(f"{path} is not UTF-8 text; save it as UTF-8.") from error
    except OSError as error:
        raise Refused(f"{path} cannot be read ({error.strerror}); check its rights.") from error


def read_event(text: str, known: Known, where: str = "The event file") -> tuple[Declared, ...]:
    """What the file declares; raises `Several` with one sentence for each fault."""
    try:
        given = tomllib.loads(text.removeprefix("\ufeff"))  # a mark that some editors put first
    except tomllib.TOMLDecodeError as error:
        raise Several(where, [f"{where} is not valid TOML: {error}; correct it."]) from error
    except RecursionError as error:
        raise Several(where, [f"{where} is nested too deeply; correct it."]) from error
    reading = Reading(known, where, lines_of(text))
    declared = reading.walls(given)
    if reading.faults:
        raise Several(where, reading.faults)
    return declared


class Reading(Faults):
    """One file being read."""

    def __init__(self, known: Known, where: str, lines: dict[Place, int]) -> None:
        super().__init__(where, lines)
        self._known = known
        self._ids: set[tuple[str, str]] = set()
        self._alike: dict[tuple[str, str], str] = {}

    def walls(self, given: Mapping[str, Any]) -> tuple[Declared, ...]:
        """All walls of the file."""
        for name in given:
            if name != "wall":
                self._fault((name,), f"there is no table {name!r}; an event file has [[wall]]")
        tables = given.get("wall", [])
        if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
            self._fault(("wall",), "a wall is written [[wall]], with two brackets")
            return ()
        if not tables:
            self._fault((), "it declares no wall; begin with [[wall]], id and title")
        declared = [self._wall(table, ("wall", at)) for at, table in enumerate(tables)]
        ids = [each.wall.id for each in declared]
        for at, name in enumerate(ids):
            if name in ids[:at]:
                self._fault(("wall", at, "id"), f"the wall {name!r} stands here twice; rename one")
        return tuple(declared)

    def _wall(self, given: dict[str, Any], at: Place) -> Declared:
        extra = ("policy", "brand", "source", "format", "bridge")
        own = {k: v for k, v in given.items() if k not in extra}
        table = self._table(own, WallTable, at, "wall", extra)
        self._check_wall(table, at)
        policy = self._table(self._sub(given, "policy", at), PolicyTable, (*at, "policy"), "policy")
        brand = self._table(self._sub(given, "brand", at), Brand, (*at, "brand"), "brand")
        self._check_policy(policy, (*at, "policy"))
        self._check_brand(brand, (*at, "brand"))
        fields = {name: getattr(policy, name) for name in PolicyTable.__struct_fields__}
        wall = Wall(
            id=table.id,
            title=table.title,
            lang=table.lang,
            hashtags=tuple(tag.lstrip("#") for tag in table.hashtags),
            layout=table.layout,
            policy=Policy(mode=table.mode, **fields),
            brand=brand,
            capacity=table.capacity,
            retention_days=table.retention_days,
        )
        sources = [
            self._source(each, (*at, "source", n), wall.id)
            for n, each in enumerate(self._tables(given, "source", at))
        ]
        formats = [
            self._format(each, (*at, "format", n), wall.id)
            for n, each in enumerate(self._tables(given, "format", at))
        ]
        for n, spec in enumerate(formats):
            if spec.id and spec.id in [other.id for other in formats[:n]]:
                self._fault(
                    (*at, "format", n, "id"),
                    f"the format {spec.id!r} stands here twice; rename one",
                )
        bridges = [
            self._bridge(each, (*at, "bridge", n), wall.id)
            for n, each in enumerate(self._tables(given, "bridge", at))
        ]
        return Declared(wall, tuple(sources), tuple(formats), tuple(bridges))

    def _check_wall(self, table: WallTable, at: Place) -> None:
        self._check_id(table.id, (*at, "id"), "wall")
        if not 0 < len(table.title.strip()) <= 200:
            self._fault((*at, "title"), "the wall needs a title of 1 to 200 characters")
        if not _LANG.fullmatch(table.lang):
            self._fault((*at, "lang"), f"lang is {table.lang!r}; write a code such as fr or en")
        for tag in table.hashtags:
            if not _TAG.fullmatch(tag.lstrip("#")) or one_line(tag) != tag:
                self._fault((*at, "hashtags"), f"{tag!r} is no hashtag; write it without blanks")
        for name, least, most in (("capacity", 1, 500), ("retention_days", 1, 3650)):
            if not least <= getattr(table, name) <= most:
                self._fault((*at, name), f"{name} must be from {least} to {most}")
        if table.layout not in self._known.layouts:
            end = nearest(table.layout, list(self._known.layouts))
            self._fault((*at, "layout"), f"there is no layout {table.layout!r}; {end}")

    def _check_brand(self, brand: Brand, at: Place) -> None:
        for name, says in faults_of(brand):
            self._fault((*at, name), says)

    def _check_policy(self, policy: PolicyTable, at: Place) -> None:
        for name in policy.checks:
            if name not in self._known.checks:
                end = nearest(name, list(self._known.checks))
                self._fault((*at, "checks"), f"there is no check {name!r}; {end}")
        if policy.flood.fault:
            self._fault((*at, "flood"), policy.flood.fault)

    def _source(self, given: dict[str, Any], at: Place, wall: str) -> SourceSpec:
        table = self._table(given, SourceTable, at, "source")
        self._check_own_id(table.id, (*at, "id"), "source")
        settings = table.settings
        manifest = self._manifest(table.plugin, self._known.sources, (*at, "plugin"), "source")
        if manifest is not None:
            settings = self._settings(manifest, table, at)
            self._secrets(manifest, table, at)
            self._check_apart(manifest, table, at)
        return SourceSpec(
            id=table.id,
            wall=wall,
            plugin=table.plugin,
            settings=settings,
            secrets=table.secrets,
            basis=table.basis,
            enabled=table.enabled,
        )

    def _check_apart(self, manifest: Manifest, table: SourceTable, at: Place) -> None:
        for setting in manifest.settings:
            if not setting.apart or setting.name in table.settings:
                continue
            other = self._alike.setdefault((manifest.id, setting.name), table.id)
            if other != table.id:
                self._fault(
                    (*at, "settings"),
                    f"the {manifest.id} sources {other!r} and {table.id!r} both leave out"
                    f" {setting.name}, so that posts with the same id would be one; write settings"
                    f' = {{ {setting.name} = "{table.id}" }} at one of them',
                )

    def _bridge(self, given: dict[str, Any], at: Place, wall: str) -> BridgeSpec:
        table = self._table(given, BridgeTable, at, "bridge")
        self._check_own_id(table.id, (*at, "id"), "bridge")
        settings = table.settings
        manifest = self._manifest(table.plugin, self._known.bridges, (*at, "plugin"), "bridge")
        if manifest is not None:
            settings = self._settings(manifest, table, at)
            self._secrets(manifest, table, at)
        return BridgeSpec(
            id=table.id,
            wall=wall,
            plugin=table.plugin,
            settings=settings,
            secrets=table.secrets,
            enabled=table.enabled,
        )

    def _format(self, given: dict[str, Any], at: Place, wall: str) -> FormatSpec:
        table = self._table(given, FormatTable, at, "format")
        self._check_id(table.id, (*at, "id"), "format")
        settings = table.settings
        manifest = self._manifest(table.plugin, self._known.formats, (*at, "plugin"), "format")
        if manifest is not None:
            before = len(self.faults)
            settings = self._settings(manifest, table, at)
            opened = self._known.opened.get(table.plugin)
            if opened is not None and len(self.faults) == before:
                try:
                    opened.start(settings)
                except Refused as refused:
                    self._fault((*at, "settings"), str(refused))
        return FormatSpec(
            id=table.id, wall=wall, plugin=table.plugin, settings=settings, enabled=table.enabled
        )

    def _settings(
        self, manifest: Manifest, table: SourceTable | FormatTable | BridgeTable, at: Place
    ) -> dict[str, Any]:
        """Filled settings; each wrong one is a fault of its own."""
        given = dict(table.settings)
        for credential in manifest.credentials:
            if credential.name in given and manifest.setting(credential.name) is None:
                del given[credential.name]
                self._fault(
                    (*at, "settings", credential.name),
                    f"{credential.name} is a secret and never stands in this file: write"
                    f' secrets = {{ {credential.name} = "NAME" }}, with the name of an environment'
                    " variable",
                )
        while True:
            try:
                return check_settings(manifest, given)
            except Refused as refused:
                wrong = _named(str(refused), given)
                self._fault((*at, "settings", wrong) if wrong else (*at, "settings"), str(refused))
                if not wrong:
                    return given
                del given[wrong]
                if (setting := manifest.setting(wrong)) is not None and setting.required:
                    return given

    def _secrets(self, manifest: Manifest, table: SourceTable | BridgeTable, at: Place) -> None:
        names = [credential.name for credential in manifest.credentials]
        for name, variable in table.secrets.items():
            place = (*at, "secrets", name)
            if name not in names:
                end = nearest(name, names) if names else "remove it"
                self._fault(place, f"{manifest.id} has no credential {name!r}; {end}")
            elif not _VARIABLE.fullmatch(variable):
                self._fault(
                    place,
                    f"the secret {name} must name the environment variable that holds it, in"
                    " capitals; its value never stands in this file",
                )
        for credential in manifest.credentials:
            if credential.required and credential.name not in table.secrets:
                self._fault(
                    at,
                    f"{manifest.id} needs the credential {credential.name}; write"
                    f' secrets = {{ {credential.name} = "NAME" }}',
                )

    def _manifest(
        self, plugin: str, known: Mapping[str, Manifest], at: Place, noun: str
    ) -> Manifest | None:
        if plugin in known:
            return known[plugin]
        end = nearest(plugin, list(known)) if known else "none is installed"
        said = f"there is no {noun} called {plugin!r}" if plugin else f"a {noun} names its plugin"
        self._fault(at, f"{said}; {end}")
        return None

    def _check_own_id(self, given: str, at: Place, noun: str) -> None:
        """An id that no other of its kind has, on any wall."""
        self._check_id(given, at, noun)
        if (noun, given) in self._ids:
            self._fault(at, f"the {noun} id {given!r} is used twice; rename one")
        self._ids.add((noun, given))


def _named(sentence: str, given: Mapping[str, Any]) -> str:
    """Which of the given settings a sentence is about."""
    for name in given:
        if re.search(rf"setting '?{re.escape(name)}'?(\W|$)", sentence):
            return name
    return ""
