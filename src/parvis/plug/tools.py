"""What an extension is handed when it is opened: small tools, no engine and no other
extension.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from parvis.core.ports import Clock, Memory, Shelf, Vault

if TYPE_CHECKING:
    from parvis.plug.darkroom import Darkroom
    from parvis.plug.http import Http


@dataclass(frozen=True, slots=True)
class Tools:
    """`settings` are already checked against the manifest's schema and filled with its defaults."""

    settings: dict[str, Any]
    http: Http
    vault: Vault
    memory: Memory
    clock: Clock
    shelf: Shelf
    darkroom: Darkroom
    public_url: str = ""
    """Address of this source's doors as the outside reaches them, ending in '/', or '' when none is
    configured.
    """
