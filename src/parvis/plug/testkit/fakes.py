"""Stand-ins for what `run` wires: a vault, a memory, blobs, and tools made of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from parvis.core.errors import Refused
from parvis.core.ports import Memory, Shelf, Vault
from parvis.plug.darkroom import Darkroom
from parvis.plug.http import Http
from parvis.plug.manifest import check_settings, read_manifest
from parvis.plug.testkit.clock import ManualClock
from parvis.plug.testkit.fake_http import FakeHttp
from parvis.plug.tools import Tools


class MemoryVault:
    """A `Vault` over a dict."""

    def __init__(self, secrets: Mapping[str, str] | None = None) -> None:
        self._secrets = dict(secrets or {})

    def secret(self, name: str) -> str:
        """The value; raises `Refused` when there is none."""
        if name not in self._secrets:
            raise Refused(f"The credential {name} is missing; give it to the test's vault.")
        return self._secrets[name]

    def has(self, name: str) -> bool:
        """Whether it is set."""
        return name in self._secrets


class DictMemory:
    """A `Memory` over a dict, `kept`."""

    def __init__(self, kept: Mapping[str, str] | None = None) -> None:
        self.kept = dict(kept or {})

    async def recall(self, name: str) -> str | None:
        """The value kept under `name`."""
        return self.kept.get(name)

    async def remember(self, name: str, value: str) -> None:
        """Keeps `value` under `name`."""
        self.kept[name] = value


class MemoryBlobs:
    """`Blobs` over a dict."""

    def __init__(self) -> None:
        self._bodies: dict[str, bytes] = {}

    async def put(self, body: bytes, mime: str) -> str:
        """The sha256 under which `body` is kept."""
        name = hashlib.sha256(body).hexdigest()
        self._bodies[name] = body
        return name

    async def open(self, sha256: str) -> bytes:
        """The bytes; raises `Refused` when there are none."""
        if sha256 not in self._bodies:
            raise Refused(f"There is no file {sha256}; it was dropped or never kept.")
        return self._bodies[sha256]

    async def drop(self, sha256: str) -> None:
        """Forgets them."""
        self._bodies.pop(sha256, None)

    async def tidy(self, before_ms: int) -> int:
        """Nothing is ever half-written here."""
        return 0


class MemoryShelf:
    """A `Shelf` over a dict; `of` tells which file belongs to which post."""

    def __init__(self) -> None:
        self.blobs = MemoryBlobs()
        self.of: dict[str, str] = {}

    async def keep(self, body: bytes, mime: str, post: str) -> str:
        """The sha256 under which `body` is kept."""
        name = await self.blobs.put(body, mime)
        self.of[name] = post
        return name


def tools(
    settings: Mapping[str, Any] | None = None,
    *,
    folder: Path | str | None = None,
    http: Http | None = None,
    vault: Vault | None = None,
    memory: Memory | None = None,
    clock: ManualClock | None = None,
    shelf: Shelf | None = None,
    darkroom: Darkroom | None = None,
    public_url: str = "",
) -> Tools:
    """Tools made of fakes; with the extension's `folder` (or a file in it) the settings are checked
    and filled.
    """
    given = dict(settings or {})
    if folder is not None:
        given = check_settings(read_manifest(folder_of(folder) / "plugin.toml"), given)
    return Tools(
        settings=given,
        http=http or FakeHttp(),
        vault=vault or MemoryVault(),
        memory=memory or DictMemory(),
        clock=clock or ManualClock(),
        shelf=shelf or MemoryShelf(),
        darkroom=darkroom or Darkroom(),
        public_url=public_url,
    )


def folder_of(place: Path | str) -> Path:
    """The folder that is, or holds the file, `place`."""
    path = Path(place).resolve()
    return path.parent if path.is_file() else path
