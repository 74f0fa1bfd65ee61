"""What every kind of extension must hold."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from parvis.plug.find import Found, Opened
from parvis.plug.http import Http
from parvis.plug.manifest import Kind, Manifest, read_manifest
from parvis.plug.testkit.fakes import MemoryVault, folder_of, tools
from parvis.plug.testkit.quality import read_quality


class ExtensionContract:
    """Subclass it as `Test…` with `folder = __file__`; `settings` and `secrets` open it."""

    folder: ClassVar[str | Path]
    settings: ClassVar[Mapping[str, Any]] = {}
    secrets: ClassVar[Mapping[str, str]] = {}
    kind: ClassVar[Kind]

    @property
    def place(self) -> Path:
        """The extension's folder."""
        return folder_of(self.folder)

    @property
    def manifest(self) -> Manifest:
        """Its manifest."""
        return read_manifest(self.place / "plugin.toml")

    def open(self, http: Http | None = None) -> Opened:
        """A fresh one, with fakes for tools."""
        found = Found(self.manifest, package_of(self.place), self.place)
        vault = MemoryVault(self.secrets)
        return found.open(tools(self.settings, folder=self.place, vault=vault, http=http))

    def test_manifest_is_valid(self) -> None:
        """plugin.toml is understood and of this kind."""
        manifest = self.manifest
        assert manifest.kind == self.kind, f"kind is {manifest.kind}, not {self.kind}"
        assert manifest.id == self.place.name, "the folder is named as the id"

    def test_quality_is_stated(self) -> None:
        """quality.toml answers every rule."""
        assert read_quality(self.place / "quality.toml", self.kind)

    def test_settings_are_documented(self) -> None:
        """doc.md names every setting and credential."""
        text = (self.place / "doc.md").read_text(encoding="utf-8")
        assert len(text.split()) >= 20, "doc.md says too little"
        manifest = self.manifest
        names = [each.name for each in manifest.settings]
        names += [each.name for each in manifest.credentials]
        missing = [name for name in names if not re.search(rf"`{re.escape(name)}`", text)]
        assert not missing, f"doc.md does not name `{'`, `'.join(missing)}`"

    def test_fixtures_are_readable(self) -> None:
        """There are fixtures and none is empty."""
        files = [path for path in (self.place / "fixtures").rglob("*") if path.is_file()]
        assert files, "there are no fixtures"
        assert all(path.stat().st_size for path in files if "broken" not in path.parts)

    def test_it_opens(self) -> None:
        """open_… gives an extension of its kind, each time another one or the same."""
        assert type(self.open()) is type(self.open())


def package_of(folder: Path) -> str:
    """The import name of `folder`, whose packages have an `__init__.py` or lie on the path."""
    parts = [folder.name]
    above = folder.parent
    roots = {Path(each).resolve() for each in sys.path if each}
    while above not in roots and above != above.parent:
        parts.insert(0, above.name)
        above = above.parent
    if above == above.parent:
        sys.path.insert(0, str(folder.parent))
        return folder.name
    return ".".join(parts)
