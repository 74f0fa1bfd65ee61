"""What panic was pressed to and the store does not have, in a small file of the data folder: a
restart, also one by a crash, takes it up.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from parvis.engine.whole_file import sync_folder, write_whole

NAME = "panic.json"


class Pressed(msgspec.Struct, frozen=True):
    """Covered or not, since when, by whom."""

    on: bool
    by: str
    since_ms: int


class Presses:
    """The file of one data folder. It is there only while something waits."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME

    def read(self) -> dict[str, Pressed]:
        """By wall. Raises `OSError`, or `msgspec.DecodeError` when it is damaged."""
        try:
            body = self.path.read_bytes()
        except FileNotFoundError:
            return {}
        return msgspec.json.decode(body, type=dict[str, Pressed])

    def write(self, presses: Mapping[str, Pressed]) -> None:
        """On disk when it returns: whole, or as it was before. Raises `OSError`."""
        if presses:
            write_whole(self.path, msgspec.json.encode(presses))
        elif self.path.exists():
            self.path.unlink()
            sync_folder(self.path.parent)
