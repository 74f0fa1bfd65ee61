"""The tables of an event file, and what reading one gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from parvis.core.post import DisplayPolicy
from parvis.core.wall import (
    Basis,
    BridgeSpec,
    Flood,
    FormatSpec,
    Mode,
    Policy,
    SourceSpec,
    Wall,
)
from parvis.flow.publish import NOTHING
from parvis.plug.format import Format
from parvis.plug.manifest import Manifest


class Known(msgspec.Struct, frozen=True):
    """What this installation has: manifests by id, and the formats themselves."""

    sources: Mapping[str, Manifest]
    formats: Mapping[str, Manifest]
    opened: Mapping[str, Format]
    layouts: Mapping[str, Manifest]
    checks: Mapping[str, Manifest]
    bridges: Mapping[str, Manifest]

    def policy(self, plugin: str) -> DisplayPolicy:
        """What the network of a source extension allows; nothing when the extension is gone."""
        manifest = self.sources.get(plugin)
        return manifest.policy if manifest is not None else NOTHING


class Declared(msgspec.Struct, frozen=True):
    """One wall with what feeds it, what stands on it and whom it tells."""

    wall: Wall
    sources: tuple[SourceSpec, ...]
    formats: tuple[FormatSpec, ...]
    bridges: tuple[BridgeSpec, ...] = ()


class SourceTable(msgspec.Struct, frozen=True):
    """`[[wall.source]]`."""

    id: str = ""
    plugin: str = ""
    basis: Basis = "platform_terms"
    enabled: bool = True
    settings: dict[str, Any] = {}
    secrets: dict[str, str] = {}


class BridgeTable(msgspec.Struct, frozen=True):
    """`[[wall.bridge]]`."""

    id: str = ""
    plugin: str = ""
    enabled: bool = True
    settings: dict[str, Any] = {}
    secrets: dict[str, str] = {}


class FormatTable(msgspec.Struct, frozen=True):
    """`[[wall.format]]`."""

    id: str = ""
    plugin: str = ""
    enabled: bool = True
    settings: dict[str, Any] = {}


class PolicyTable(msgspec.Struct, frozen=True):
    """`[wall.policy]`; the mode stands at the wall itself."""

    trusted: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()
    checks: tuple[str, ...] = Policy().checks
    wordlists: tuple[str, ...] = Policy().wordlists
    words: tuple[str, ...] = ()
    allow_words: tuple[str, ...] = ()
    flood: Flood = Flood()
    show_sensitive: bool = False
    show_replies: bool = False


class WallTable(msgspec.Struct, frozen=True):
    """`[[wall]]`."""

    id: str = ""
    title: str = ""
    lang: str = "en"
    hashtags: tuple[str, ...] = ()
    mode: Mode = "approve_first"
    layout: str = "masonry"
    capacity: int = 50
    retention_days: int = 30
