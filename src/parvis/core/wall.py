"""A wall, what feeds it and what stands on it, as declared by an event file or the studio."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from parvis.core.look import Brand

Mode = Literal["approve_first", "show_first", "trusted_only"]
Basis = Literal["platform_terms", "own_content", "consent", "licence", "contract"]

MOST_FLOOD = 1_000_000


class Flood(msgspec.Struct, frozen=True):
    """At most `posts` of one author within `within_s` seconds; the rest waits for a person."""

    posts: int = 5
    within_s: int = 60

    @property
    def fault(self) -> str:
        """What is wrong with it, or ''."""
        if 1 <= self.posts <= MOST_FLOOD and 1 <= self.within_s <= MOST_FLOOD:
            return ""
        return f"posts and within_s of flood must be from 1 to {MOST_FLOOD:,}"


class Policy(msgspec.Struct, frozen=True):
    """How this wall decides. `version` is a hash of the rest, written into every decision."""

    mode: Mode = "approve_first"
    trusted: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()
    checks: tuple[str, ...] = ("wordlist", "flood", "duplicate")
    wordlists: tuple[str, ...] = ("fr", "en")
    words: tuple[str, ...] = ()
    allow_words: tuple[str, ...] = ()
    flood: Flood = Flood()
    show_sensitive: bool = False
    show_replies: bool = False


class SourceSpec(msgspec.Struct, frozen=True):
    """One source of one wall: which extension, with which settings, on which legal basis.

    `secrets` maps a credential's name to the environment variable that holds it; values are never
    stored here.
    """

    id: str
    wall: str
    plugin: str
    settings: dict[str, Any] = {}
    secrets: dict[str, str] = {}
    basis: Basis = "platform_terms"
    enabled: bool = True
    org: str = "main"


class BridgeSpec(msgspec.Struct, frozen=True):
    """One bridge of one wall: which extension tells whom. `secrets` as for a source."""

    id: str
    wall: str
    plugin: str
    settings: dict[str, Any] = {}
    secrets: dict[str, str] = {}
    enabled: bool = True
    org: str = "main"


class FormatSpec(msgspec.Struct, frozen=True):
    """One interactive format of one wall (a poll, …)."""

    id: str
    wall: str
    plugin: str
    settings: dict[str, Any] = {}
    enabled: bool = True
    org: str = "main"


class Wall(msgspec.Struct, frozen=True):
    """A wall. `id` stands in addresses: lower-case letters, digits and hyphens."""

    id: str
    title: str
    org: str = "main"
    lang: str = "en"
    hashtags: tuple[str, ...] = ()
    layout: str = "masonry"
    policy: Policy = Policy()
    brand: Brand = Brand()
    capacity: int = 50
    retention_days: int = 30
    panic: bool = False
