"""Finds extensions: built-in ones by their folders, outside packages by entry point; both are
treated alike.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import MappingProxyType
from typing import Any

from parvis.core.errors import Later, Refused
from parvis.plug.bridge import Bridge
from parvis.plug.check import Check
from parvis.plug.format import Format
from parvis.plug.layout import Layout
from parvis.plug.manifest import KINDS, Kind, Manifest, read_manifest
from parvis.plug.source import Source
from parvis.plug.tools import Tools

GROUP = "parvis.extensions"
Opened = Source | Check | Format | Layout | Bridge

_CLASSES: Mapping[Kind, type[Opened]] = {
    "source": Source,
    "check": Check,
    "format": Format,
    "layout": Layout,
    "bridge": Bridge,
}
_log = logging.getLogger("parvis.plug")


@dataclass(frozen=True, slots=True)
class Found:
    """One extension on disk, not imported yet. `package` is its import name, `folder` where
    `plugin.toml` lies.
    """

    manifest: Manifest
    package: str
    folder: Path

    def open(self, tools: Tools | None = None) -> Opened:
        """The extension itself; sources and bridges need `tools`. Raises `Refused` when its code
        does not hold.
        """
        kind = self.manifest.kind
        try:
            module = importlib.import_module(self.package)
        except Exception as error:
            raise Refused(
                f"The extension {self.manifest.id} ({self.package}) cannot be imported:"
                f" {type(error).__name__}: {_one_line(error)}; mend or remove it."
            ) from error
        opener: Any = getattr(module, f"open_{kind}", None)
        if not callable(opener):
            raise Refused(f"{self.package} has no open_{kind}; write it in its __init__.py.")
        try:
            opened: object = opener(tools) if kind in ("source", "bridge") else opener()
        except (Refused, Later):
            raise
        except Exception as error:
            raise Refused(
                f"The extension {self.manifest.id} could not be opened:"
                f" {type(error).__name__}: {_one_line(error)}; mend or remove it."
            ) from error
        if not isinstance(opened, _CLASSES[kind]):
            raise Refused(
                f"open_{kind} of {self.package} gives no {kind.capitalize()}; return one."
            )
        return opened


@dataclass(frozen=True, slots=True)
class Shelf:
    """Everything that was found. `troubles`: one sentence for each extension that was left out."""

    found: Mapping[Kind, Mapping[str, Found]]
    troubles: tuple[str, ...] = ()


def find(kind: Kind) -> Mapping[str, Found]:
    """The extensions of one kind by id, built-in ones first."""
    return shelf().found[kind]


@cache
def shelf() -> Shelf:
    """All extensions of this installation, looked up once a process; troubles are logged once."""
    looked = look(Path(__file__).parent.parent, entry_points(group=GROUP))
    for trouble in looked.troubles:
        _log.warning("plug.extension_left_out", extra={"why": trouble})
    return looked


def look(house: Path, outside: Iterable[EntryPoint] = ()) -> Shelf:
    """The extensions in the folders of `house` (import name `parvis`) and those of `outside`
    packages.
    """
    found: dict[Kind, dict[str, Found]] = {kind: {} for kind in KINDS}
    troubles: list[str] = []
    for place in [*_built_in(house), *_packages(outside, troubles)]:
        try:
            each = Found(read_manifest(place.folder / "plugin.toml"), place.package, place.folder)
        except Refused as refused:
            troubles.append(str(refused))
            continue
        manifest = each.manifest
        if place.kind and manifest.kind != place.kind:
            troubles.append(
                f"{each.folder} lies among the {place.kind}s"
                f" but says it is a {manifest.kind}; move it."
            )
        elif first := found[manifest.kind].get(manifest.id):
            troubles.append(
                f"{each.package} is left out: the {manifest.kind} {manifest.id!r} is already"
                f" {first.package}; give it another id."
            )
        else:
            found[manifest.kind][manifest.id] = each
    return Shelf(MappingProxyType(found), tuple(troubles))


@dataclass(frozen=True, slots=True)
class _Place:
    package: str
    folder: Path
    kind: Kind | None = None


def _built_in(house: Path) -> Iterator[_Place]:
    for kind in KINDS:
        for toml in sorted((house / f"{kind}s").glob("*/plugin.toml")):
            yield _Place(f"parvis.{kind}s.{toml.parent.name}", toml.parent, kind)


def _packages(outside: Iterable[EntryPoint], troubles: list[str]) -> Iterator[_Place]:
    for entry in sorted(outside, key=lambda each: (each.name, each.value)):
        folder = _folder_of(entry)
        if folder is None:
            troubles.append(
                f"The entry point {entry.name} = {entry.value} has no plugin.toml beside its code;"
                " add it or uninstall the package."
            )
        else:
            yield _Place(entry.value, folder)


def _folder_of(entry: EntryPoint) -> Path | None:
    top, *rest = entry.value.split(".")
    roots: list[Path] = []
    if entry.dist is not None:
        roots.append(Path(str(entry.dist.locate_file(top))))
    try:
        spec = importlib.util.find_spec(
            top
        )  # of the top package: looking up a child would import it
    except (ImportError, ValueError):
        spec = None
    if spec is not None:
        roots += [Path(each) for each in spec.submodule_search_locations or ()]
    folders = [root.joinpath(*rest) for root in roots]
    return next((folder for folder in folders if (folder / "plugin.toml").is_file()), None)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or "no reason given"
